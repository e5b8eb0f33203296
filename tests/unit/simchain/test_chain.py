"""The rules of the simulated chain: money, blocks, reorganisations, and what a repeat does."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.simchain.audit import assert_sound
from wallet.simchain import views
from wallet.simchain.chain import DROPPED, MINED, PENDING, Chain, Output
from wallet.simchain.errors import RequestRefused
from wallet.simchain.store import Store

FEE = 2_000


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    store = Store(tmp_path / "chain.sqlite")
    made = Chain(store, seed="test")
    yield made
    assert_sound(store)
    store.close()


def funded(chain: Chain, wallet: str, amount: int, asset: str = "BTC") -> str:
    address = chain.new_address(wallet=wallet, client_id=f"main:{wallet}")
    chain.pour(asset=asset, output=Output(address, amount))
    chain.mine()
    return address


def balance(chain: Chain, wallet: str, asset: str = "BTC") -> int:
    told = views.balance(chain.store, wallet=wallet, asset=asset, spendable=chain.spendable(wallet, asset))
    return int(told["amount"])


def state(chain: Chain, identity: str) -> str:
    return str(views.chain_transaction(chain.store, identity=identity)["state"])


def test_a_payment_moves_outputs_and_fee_once_it_is_in_a_block(chain: Chain) -> None:
    funded(chain, "hot", 1_000_000)
    alice, bob = (chain.new_address(wallet=f"outside:{name}") for name in ("alice", "bob"))
    outputs = [Output(alice, 300_000, "17"), Output(bob.upper(), 100_000)]
    sent = chain.send(wallet="hot", asset="BTC", outputs=outputs, client_id="payout-1")
    assert (state(chain, sent), balance(chain, "hot"), chain.spendable("hot", "BTC")) == (PENDING, 1_000_000, 598_000)
    chain.mine()
    assert state(chain, sent) == MINED
    assert balance(chain, "hot") == 1_000_000 - 400_000 - FEE
    assert (balance(chain, "outside:alice"), balance(chain, "outside:bob")) == (300_000, 100_000)
    told = views.chain_transaction(chain.store, client_id="payout-1")
    assert (told["block_number"], told["outputs"][0]["tag"], told["outputs"][1]["address"]) == (2, "17", bob)
    kinds = [row["kind"] for row in views.movements(chain.store, wallet="hot", after=0, limit=10)["movements"]]
    assert kinds == ["received", "sent", "sent", "fee"]


def test_a_repeat_of_a_payment_sends_nothing_and_another_one_under_its_id_is_refused(chain: Chain) -> None:
    funded(chain, "hot", 1_000_000)
    alice = chain.new_address(wallet="outside:alice")
    first = chain.send(wallet="hot", asset="BTC", outputs=[Output(alice, 600_000)], client_id="payout-1")
    # The wallet could not pay it twice, and its fee is another one by now: neither matters to a repeat.
    chain.set_fee(asset="BTC", fee=9)
    repeat = chain.send(wallet="hot", asset="BTC", outputs=[Output(alice, 600_000)], client_id="payout-1")
    assert repeat == first
    with pytest.raises(RequestRefused, match="CONFLICT"):
        chain.send(wallet="hot", asset="BTC", outputs=[Output(alice, 600_001)], client_id="payout-1")
    chain.mine(blocks=2)
    assert balance(chain, "outside:alice") == 600_000
    assert len(views.sent(chain.store, wallet="hot", after=0, limit=9)["chain_transactions"]) == 1


def test_an_address_is_made_once_for_an_id(chain: Chain) -> None:
    one = chain.new_address(wallet="incoming", client_id="user-7")
    assert chain.new_address(wallet="incoming", client_id="user-7") == one
    assert chain.new_address(wallet="incoming") != one
    with pytest.raises(RequestRefused, match="CONFLICT"):
        chain.new_address(wallet="hot", client_id="user-7")
    assert len(views.owned_addresses(chain.store, wallet="incoming", after=-1, limit=9)["addresses"]) == 2


@pytest.mark.parametrize(
    ("asset", "amount", "is_address_good", "max_fee", "code"),
    [
        ("BTC", 998_001, True, None, "INSUFFICIENT_FUNDS"),
        ("BTC", 0, True, None, "MALFORMED"),
        ("BTC", 10, False, None, "INVALID_ADDRESS"),
        ("BTC", 10, True, FEE - 1, "FEE_TOO_HIGH"),
        ("DOGE", 10, True, None, "UNKNOWN_ASSET"),
        ("ETH", 10, True, None, "INSUFFICIENT_FUNDS"),
    ],
)
def test_a_refusal_changes_nothing(
    chain: Chain, asset: str, amount: int, is_address_good: bool, max_fee: int | None, code: str
) -> None:
    address = funded(chain, "hot", 1_000_000)
    if not is_address_good:
        address = address[:-1] + ("q" if address[-1] != "q" else "p")
    with pytest.raises(RequestRefused, match=code):
        chain.send(wallet="hot", asset=asset, outputs=[Output(address, amount)], client_id="1", max_fee=max_fee)
    assert views.pending(chain.store, limit=9)["chain_transactions"] == []
    assert chain.spendable("hot", "BTC") == 1_000_000
    # The id was not used up.
    chain.send(wallet="hot", asset="BTC", outputs=[Output(funded(chain, "b", 1), 998_000)], client_id="1", max_fee=FEE)


def test_a_reorganisation_that_drops_a_deposit_takes_what_was_paid_from_it(chain: Chain) -> None:
    address = chain.new_address(wallet="hot")
    deposit = chain.pour(asset="BTC", output=Output(address, 50_000))
    chain.mine()
    alice = chain.new_address(wallet="outside:alice")
    spent = chain.send(wallet="hot", asset="BTC", outputs=[Output(alice, 40_000)], client_id="1")
    chain.mine()
    before = views.blocks(chain.store, first=0, limit=10)
    chain.reorganise(depth=2, drop=frozenset({deposit}))
    after = views.blocks(chain.store, first=0, limit=10)
    assert (state(chain, deposit), state(chain, spent)) == (DROPPED, PENDING)
    assert (balance(chain, "hot"), balance(chain, "outside:alice")) == (0, 0)
    assert after["tip_number"] == before["tip_number"] + 1
    assert after["blocks"][0] == before["blocks"][0]
    assert not {block["hash"] for block in after["blocks"][1:]} & {block["hash"] for block in before["blocks"][1:]}
    replaced = views.block(chain.store, block_hash=before["tip_hash"])
    assert (replaced["is_active"], replaced["chain_transactions"][0]["id"]) == (False, spent)
    chain.broadcast_again(chain_transaction_id=deposit)
    chain.mine()
    assert (state(chain, deposit), state(chain, spent), balance(chain, "outside:alice")) == (MINED, MINED, 40_000)
    moved = views.movements(chain.store, wallet="hot", after=0, limit=99)["movements"]
    assert sum(int(row["amount"]) for row in moved) == balance(chain, "hot") == 8_000
    assert [row["is_reversal"] for row in moved] == [False] * 3 + [True] * 3 + [False] * 3


def test_a_reorganisation_can_leave_everything_pending(chain: Chain) -> None:
    deposit = chain.pour(asset="ETH", output=Output(chain.new_address(wallet="hot"), 5 * 10**18))
    chain.mine()
    chain.reorganise(depth=1, is_mined_again=False)
    assert (state(chain, deposit), balance(chain, "hot", "ETH")) == (PENDING, 0)
    chain.mine()
    assert (state(chain, deposit), balance(chain, "hot", "ETH")) == (MINED, 5 * 10**18)


def test_no_deeper_than_the_first_block(chain: Chain) -> None:
    chain.mine(blocks=2)
    tip = views.status(chain.store)
    with pytest.raises(RequestRefused, match="MALFORMED"):
        chain.reorganise(depth=3)
    with pytest.raises(RequestRefused, match="NOT_FOUND"):
        chain.reorganise(depth=1, drop=frozenset({"nothing"}))
    assert views.status(chain.store) == tip


def test_the_same_steps_give_the_same_ids_and_hashes(tmp_path: Path) -> None:
    def run(folder: Path, seed: str) -> tuple[str, str]:
        store = Store(folder / "chain.sqlite")
        chain = Chain(store, seed=seed)
        identity = chain.pour(asset="BTC", output=Output(chain.new_address(wallet="hot"), 5))
        chain.mine(blocks=3)
        chain.reorganise(depth=2)
        tip = str(views.status(store)["tip_hash"])
        store.close()
        return identity, tip

    assert run(tmp_path / "a", "1") == run(tmp_path / "b", "1") != run(tmp_path / "c", "2")


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_events_leaves_it_sound(chain: Chain, seed: int) -> None:
    dice = random.Random(seed)
    wallets = {name: chain.new_address(wallet=name) for name in ("hot", "cold", "incoming", "outside:alice")}
    known: list[str] = []
    for step in range(250):
        wallet, target = dice.choice(list(wallets)), dice.choice(list(wallets.values()))
        chance = dice.random()
        if chance < 0.3:
            known.append(chain.pour(asset="BTC", output=Output(target, dice.randrange(1, 10**6))))
        elif chance < 0.6:
            outputs = [Output(target, dice.randrange(1, 10**6))]
            if chain.spendable(wallet, "BTC") >= outputs[0].amount + FEE:
                known.append(chain.send(wallet=wallet, asset="BTC", outputs=outputs, client_id=str(step)))
        elif chance < 0.85 or not known:
            chain.mine()
        elif chance < 0.95:
            depth = min(dice.randrange(1, 5), int(views.status(chain.store)["tip_number"]))
            drop = frozenset(dice.sample(known, min(len(known), dice.randrange(3))))
            if depth:
                chain.reorganise(depth=depth, drop=drop, is_mined_again=dice.random() < 0.5)
        else:
            chain.broadcast_again(chain_transaction_id=dice.choice(known))
        if step % 50 == 0:
            assert_sound(chain.store)
