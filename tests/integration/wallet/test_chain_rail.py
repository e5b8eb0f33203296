"""The real simulated chain under the watcher, the processor and sweeps: deposits, payouts, reorganisations, kills."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kernel.units import to_atoms
from risk.models import RiskEvent, Severity
from tests.support import funds
from tests.support.simulated_chain import SimulatedChain
from wallet.core.operations import Party
from wallet.core.states import DepositState
from wallet.deposits.sweeping import sweep_rail
from wallet.deposits.watching import recheck_rail, watch_rail
from wallet.models import Deposit, KillSwitch, Rail, RailAsset, ReceivingAddress, SweepProposal
from wallet.rails.protocol import PayoutRefused, PayoutUnknown, RailUnavailable
from wallet.rails.simulated import SimulatedChainRail
from wallet.services import operations
from wallet.services.reconciliation import reconcile_rail

pytestmark = pytest.mark.django_db
FEE = Decimal("0.00002")


@pytest.fixture(autouse=True)
def rail(monkeypatch: pytest.MonkeyPatch, db: None) -> Rail:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    made = funds.open_rail()
    RailAsset.objects.filter(rail=made).update(confirmations=2, withdrawal_fee=Decimal("0.0001"), send_decimals=8)
    return made


@pytest.fixture
def chain(tmp_path: Path, settings: Any) -> Iterator[SimulatedChain]:
    made = SimulatedChain(tmp_path)
    settings.SIMCHAIN_URL, settings.SIMCHAIN_TOKEN = made.url, made.token
    made.start()
    yield made
    made.end()


@pytest.fixture
def address(chain: SimulatedChain, rail: Rail) -> str:
    """The owner's."""
    account = funds.account_id("owner")
    made, tag = SimulatedChainRail(rail).receiving_address("BTC", account)
    assert tag == ""
    ReceivingAddress.objects.create(rail=rail, account_id=account, address=made)
    return made


def walk(chain: SimulatedChain, *, blocks: int = 0) -> None:
    if blocks:
        chain.client.mine(blocks)
    assert watch_rail(rail_code="sim")
    funds.process()


def agrees() -> bool:
    """Do the books and the chain, as it stands just now?"""
    return reconcile_rail(rail=Rail.objects.get(pk="sim")).is_even


def pay_in(chain: SimulatedChain, address: str, amount: str, *, asset: str = "BTC") -> str:
    decimals = {"BTC": 8, "ETH": 18, "USDT": 6}[asset]
    poured = chain.client.faucet(address, asset, to_atoms(Decimal(amount), decimals))
    return str(poured["id"])


def test_one_address_for_a_user_whatever_the_asset(chain: SimulatedChain, rail: Rail, address: str) -> None:
    adapter = SimulatedChainRail(rail)
    assert adapter.receiving_address("ETH", funds.account_id("owner")) == (address, "")
    assert adapter.receiving_address("BTC", funds.account_id("colleague"))[0] != address


def test_money_from_the_faucet_is_credited(chain: SimulatedChain, address: str) -> None:
    for asset, amount in (("BTC", "0.5"), ("ETH", "1.000000000000000001"), ("USDT", "12.5")):
        pay_in(chain, address, amount, asset=asset)
    walk(chain)
    assert {row.state for row in Deposit.objects.all()} == {DepositState.PENDING}
    walk(chain, blocks=1)
    assert set(Deposit.objects.values_list("confirmations", flat=True)) == {1}
    walk(chain, blocks=1)
    assert {row.state for row in Deposit.objects.all()} == {DepositState.CREDITED}
    assert funds.balance("owner")[0] == Decimal("100.5")
    assert funds.balance("owner", "ETH")[0] == Decimal("1001.000000000000000001")
    assert funds.balance("owner", "USDT")[0] == Decimal("10000012.5")


def test_a_reorganisation_that_drops_a_credited_deposit(chain: SimulatedChain, address: str) -> None:
    dropped = pay_in(chain, address, "1")
    kept = pay_in(chain, address, "2")
    walk(chain, blocks=3)
    assert funds.balance("owner")[0] == 103
    chain.client.reorganise(3, drop=[dropped])
    walk(chain)
    assert Deposit.objects.get(external_tx_id=dropped).state == DepositState.HELD
    assert Deposit.objects.get(external_tx_id=kept).state == DepositState.CREDITED
    assert funds.balance("owner") == (102, 1)
    assert RiskEvent.objects.filter(severity=Severity.CRITICAL).count() == 1


def test_a_pending_deposit_is_dropped_and_broadcast_again(chain: SimulatedChain, address: str) -> None:
    paid = pay_in(chain, address, "1")
    walk(chain, blocks=1)
    chain.client.reorganise(1, drop=[paid])
    walk(chain)
    recheck_rail(rail_code="sim")
    assert Deposit.objects.get().state == DepositState.ORPHANED
    chain.client.broadcast_again(paid)
    walk(chain)
    assert Deposit.objects.get().state == DepositState.PENDING
    walk(chain, blocks=2)
    assert Deposit.objects.get().state == DepositState.CREDITED
    assert funds.balance("owner")[0] == 101


def test_a_chain_that_is_killed_is_walked_on_when_it_is_back(chain: SimulatedChain, address: str) -> None:
    pay_in(chain, address, "1")
    walk(chain, blocks=1)
    chain.kill()
    assert not watch_rail(rail_code="sim")
    assert Rail.objects.get(pk="sim").last_error
    chain.start()
    walk(chain, blocks=1)
    assert funds.balance("owner")[0] == 101


def test_deposits_are_swept_once_and_the_books_agree_with_the_chain(
    chain: SimulatedChain, rail: Rail, address: str
) -> None:
    adapter = SimulatedChainRail(rail)
    pay_in(chain, address, "1")
    pay_in(chain, chain.client.new_address("incoming"), "0.25")
    walk(chain, blocks=2)
    assert set(Deposit.objects.values_list("state", flat=True)) == {DepositState.CREDITED, DepositState.SUSPENSE}
    chain.client.fail_next("timeout_after_doing")
    sweep_rail(rail_code="sim")
    assert SweepProposal.objects.get().external_tx_id == ""
    assert agrees()
    sweep_rail(rail_code="sim")
    assert agrees()
    move = SweepProposal.objects.get()
    assert (move.amount, move.done_at) == (Decimal("0.9999"), None)
    assert len(chain.client.sent("incoming")["chain_transactions"]) == 1
    chain.client.mine(2)
    assert agrees()
    for _ in range(3):
        sweep_rail(rail_code="sim")
        assert agrees()
    walk(chain)
    funds.process()
    assert agrees()
    move.refresh_from_db()
    assert move.done_at is not None
    assert SweepProposal.objects.count() == 1
    assert Deposit.objects.get(state=DepositState.CREDITED).swept_operation_id == move.operation_id
    assert funds.system_balance("custody", "sim:hot") == -Decimal("0.9999")
    assert funds.system_balance("custody", "sim:incoming") == -(Decimal("0.2501") - FEE)
    assert funds.system_balance("expenses") == -FEE
    held = adapter.balance("BTC")
    assert held == {"incoming": Decimal("0.2501") - FEE, "hot": Decimal("0.9999"), "cold": Decimal(0)}
    assert len(chain.client.sent("incoming")["chain_transactions"]) == 1


@pytest.mark.parametrize("why", ["frozen", "all", "rail:sim", "asset:BTC", "too little"])
def test_what_is_stopped_or_not_worth_it_is_not_swept(chain: SimulatedChain, address: str, why: str) -> None:
    pay_in(chain, address, "0.002" if why == "too little" else "1")
    walk(chain, blocks=2)
    if why == "frozen":
        Rail.objects.filter(pk="sim").update(payouts_frozen_reason="restored")
    elif why != "too little":
        KillSwitch.objects.create(scope=why, is_on=True)
    sweep_rail(rail_code="sim")
    assert chain.client.sent("incoming")["chain_transactions"] == []
    assert not SweepProposal.objects.exists()


def test_a_refused_sweep_is_given_up_and_alarms(chain: SimulatedChain, address: str) -> None:
    pay_in(chain, address, "1")
    walk(chain, blocks=2)
    chain.client.fail_next("refuse")
    sweep_rail(rail_code="sim")
    assert SweepProposal.objects.get().done_at is not None
    assert RiskEvent.objects.get().description.startswith("BTC cannot be moved from incoming to hot on sim")
    sweep_rail(rail_code="sim")
    assert len(chain.client.sent("incoming")["chain_transactions"]) == 1


# --- payouts: what the adapter says of them ---------------------------------------------------------------------------


def pay(adapter: SimulatedChainRail, address: str, amount: str = "1", *, payout_id: str = "w1") -> Any:
    to = Party("blockchain", chain="sim", address=address)
    return adapter.payout(payout_id=payout_id, asset="BTC", network="SIM", amount=Decimal(amount), destination=to)


def test_a_payout_is_made_once_and_looked_up(chain: SimulatedChain, rail: Rail) -> None:
    adapter = SimulatedChainRail(rail)
    chain.fund("hot", "BTC", 5 * 10**8)
    outside = chain.client.new_address("outside:owner")
    first = pay(adapter, outside)
    assert pay(adapter, outside) == first
    assert (first.confirmations, first.network_fee, first.is_final) == (0, FEE, False)
    assert adapter.balance("BTC")["hot"] == 4 - FEE
    chain.client.mine(3)
    found = adapter.look_up(payout_id="w1", external_tx_id="", asset="BTC")
    assert found is not None
    assert (found.external_tx_id, found.confirmations) == (first.external_tx_id, 3)
    assert adapter.confirmations(first.external_tx_id) == 3
    assert adapter.look_up(payout_id="w2", external_tx_id="", asset="BTC") is None
    assert chain.client.balance("outside:owner", "BTC")["amount"] == str(10**8)
    (movement,) = [line for line in adapter.movements("BTC", since=datetime(2020, 1, 1, tzinfo=UTC)) if line.payout_id]
    assert (movement.payout_id, movement.amount, movement.external_tx_id) == ("w1", -1, first.external_tx_id)


def test_a_payout_that_a_reorganisation_dropped_is_broadcast_again(chain: SimulatedChain, rail: Rail) -> None:
    adapter = SimulatedChainRail(rail)
    chain.fund("hot", "BTC", 5 * 10**8)
    made = pay(adapter, chain.client.new_address("outside:owner"))
    chain.client.mine()
    chain.client.reorganise(1, drop=[made.external_tx_id])
    found = adapter.look_up(payout_id="w1", external_tx_id=made.external_tx_id, asset="BTC")
    assert found is not None
    assert (found.external_tx_id, found.confirmations) == (made.external_tx_id, 0)
    chain.client.mine()
    assert chain.client.balance("outside:owner", "BTC")["amount"] == str(10**8)


@pytest.mark.parametrize(
    ("fault", "raised", "is_sent"),
    [
        ("refuse", PayoutRefused, False),
        ("insufficient", RailUnavailable, False),
        ("http_500", PayoutUnknown, False),
        ("timeout_before", PayoutUnknown, False),
        ("timeout_after_doing", PayoutUnknown, True),
    ],
)
def test_every_failure_of_a_payout_says_what_is_known(
    chain: SimulatedChain, rail: Rail, fault: str, raised: type[Exception], is_sent: bool
) -> None:
    adapter = SimulatedChainRail(rail)
    chain.fund("hot", "BTC", 5 * 10**8)
    outside = chain.client.new_address("outside:owner")
    chain.client.fail_next(fault)
    with pytest.raises(raised):
        pay(adapter, outside)
    assert (adapter.look_up(payout_id="w1", external_tx_id="", asset="BTC") is not None) == is_sent
    pay(adapter, outside)
    assert len(chain.client.sent("hot")["chain_transactions"]) == 1


def test_payouts_that_cannot_be(chain: SimulatedChain, rail: Rail) -> None:
    adapter = SimulatedChainRail(rail)
    chain.fund("hot", "BTC", 5 * 10**8)
    outside = chain.client.new_address("outside:owner")
    with pytest.raises(PayoutRefused):
        pay(adapter, outside[:-1] + ("q" if outside[-1] != "q" else "p"))
    with pytest.raises(PayoutRefused):
        pay(adapter, outside, "0.000000001")
    with pytest.raises(RailUnavailable):
        pay(adapter, outside, "6")
    pay(adapter, outside)
    with pytest.raises(PayoutUnknown):
        pay(adapter, outside, "2")
    chain.kill()
    with pytest.raises(RailUnavailable):
        pay(adapter, outside, payout_id="w2")


def test_without_a_chain_the_rail_is_unavailable(rail: Rail, settings: Any) -> None:
    settings.SIMCHAIN_URL = ""
    with pytest.raises(RailUnavailable):
        SimulatedChainRail(rail).balance("BTC")
    assert not watch_rail(rail_code="sim")
