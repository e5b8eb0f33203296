"""Hot and cold: proposals follow what the wallets hold, and money moves once somebody of the staff has said so."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.errors import ReasonMissing
from accounts.models import StaffAction, User
from ledger.models import Asset
from tests.support import funds
from tests.support.simulated_chain import SimulatedChain
from wallet.core.operations import Sweep
from wallet.core.states import TransitionNotAllowed
from wallet.deposits.sweeping import sweep_rail
from wallet.models import BalanceOperation, RailAsset, SweepProposal
from wallet.services import operations
from wallet.services.moves import carry_out_move, drop_move, note_move, propose_moves

pytestmark = pytest.mark.django_db
FEE = Decimal("0.00002")


@pytest.fixture(autouse=True)
def offer(monkeypatch: pytest.MonkeyPatch, db: None) -> RailAsset:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    rail = funds.open_rail()
    rows = RailAsset.objects.filter(rail=rail, asset__symbol="BTC")
    rows.update(hot_target=2, send_decimals=4, confirmations=1, withdrawal_fee=Decimal("0.0001"))
    return rows.select_related("rail", "asset").get()


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.get(username="staff")


@pytest.fixture
def chain(tmp_path: Path, settings: Any) -> Iterator[SimulatedChain]:
    made = SimulatedChain(tmp_path)
    settings.SIMCHAIN_URL, settings.SIMCHAIN_TOKEN = made.url, made.token
    made.start()
    yield made
    made.end()


def open_ones() -> list[tuple[str, str, Decimal]]:
    rows = SweepProposal.objects.filter(done_at=None).order_by("pk")
    return [(row.from_wallet, row.to_wallet, row.amount) for row in rows]


@pytest.mark.parametrize(
    ("hot", "cold", "proposed"),
    [
        ("4", "0", []),
        ("4.00019", "0", [("hot", "cold", Decimal("2.0001"))]),
        ("1", "9", []),
        ("0.99999", "9", [("cold", "hot", Decimal("1"))]),
        ("0.5", "0.3", [("cold", "hot", Decimal("0.2999"))]),
        ("0.5", "0", []),
        ("0.5", None, [("cold", "hot", Decimal("1.5"))]),
        (None, "9", []),
    ],
)
def test_what_is_proposed(
    offer: RailAsset, hot: str | None, cold: str | None, proposed: list[tuple[str, str, Decimal]]
) -> None:
    held = {name: Decimal(amount) for name, amount in (("hot", hot), ("cold", cold)) if amount is not None}
    for _ in range(2):
        propose_moves(offer=offer, balances=held)
        assert open_ones() == proposed


def test_a_proposal_follows_the_balances_and_goes_when_it_is_not_needed(offer: RailAsset) -> None:
    for hot, proposed in (("5", "3"), ("6", "4")):
        propose_moves(offer=offer, balances={"hot": Decimal(hot), "cold": Decimal(0)})
        assert open_ones() == [("hot", "cold", Decimal(proposed))]
    propose_moves(offer=offer, balances={"hot": Decimal(2), "cold": Decimal(0)})
    assert open_ones() == []
    assert SweepProposal.objects.count() == 1


def test_a_move_that_staff_decided_is_made_once_and_booked(
    offer: RailAsset, staff: User, chain: SimulatedChain
) -> None:
    chain.fund("hot", "BTC", 5 * 10**8)
    sweep_rail(rail_code="sim")
    assert open_ones() == [("hot", "cold", Decimal(3))]
    assert chain.client.sent("hot")["chain_transactions"] == []
    move = SweepProposal.objects.get()
    with pytest.raises(ReasonMissing):
        carry_out_move(proposal_id=move.pk, by=staff, reason=" ")
    carry_out_move(proposal_id=move.pk, by=staff, reason="too much in it")
    with pytest.raises(TransitionNotAllowed):
        carry_out_move(proposal_id=move.pk, by=staff, reason="again")
    chain.client.fail_next("timeout_after_doing")
    for _ in range(3):
        sweep_rail(rail_code="sim")
    chain.client.mine()
    sweep_rail(rail_code="sim")
    funds.process()
    sweep_rail(rail_code="sim")
    assert len(chain.client.sent("hot")["chain_transactions"]) == 1
    move.refresh_from_db()
    assert (move.done_by, move.done_at is not None) == (staff, True)
    assert funds.system_balance("custody", "sim:cold") == -3
    assert funds.system_balance("custody", "sim:hot") == 3 + FEE
    assert funds.system_balance("expenses") == -FEE
    assert open_ones() == []
    assert StaffAction.objects.get(action="move").new["amount"] == "3"


def test_staff_name_a_move_that_they_made_themselves(offer: RailAsset, staff: User) -> None:
    propose_moves(offer=offer, balances={"hot": Decimal(5)})
    move = SweepProposal.objects.get()
    note_move(proposal_id=move.pk, external_tx_id=" tx ", network_fee=Decimal("0.001"), by=staff, reason="to the safe")
    assert funds.process() == 1
    move.refresh_from_db()
    assert move.operation_id is not None
    operation = BalanceOperation.objects.get(pk=move.operation_id)
    assert (operation.kind, operation.origin) == (Sweep.kind, f"staff:{staff.pk}")
    assert move.external_tx_id == "tx"
    assert funds.system_balance("custody", "sim:cold") == -3
    assert funds.system_balance("custody", "sim:hot") == Decimal("3.001")
    with pytest.raises(TransitionNotAllowed):
        drop_move(proposal_id=move.pk, by=staff, reason="too late")


def test_a_dropped_proposal_moves_nothing(offer: RailAsset, staff: User) -> None:
    propose_moves(offer=offer, balances={"hot": Decimal(5)})
    drop_move(proposal_id=SweepProposal.objects.get().pk, by=staff, reason="a large payout is due")
    assert open_ones() == []
    assert not BalanceOperation.objects.exists()


def test_sweeps_of_the_exchange_are_not_for_staff(offer: RailAsset, staff: User) -> None:
    asset = Asset.objects.get(symbol="BTC")
    sweep = SweepProposal.objects.create(
        rail=offer.rail, asset=asset, from_wallet="incoming", to_wallet="hot", amount=1
    )
    with pytest.raises(TransitionNotAllowed):
        carry_out_move(proposal_id=sweep.pk, by=staff, reason="faster")
