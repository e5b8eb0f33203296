"""The books against the rails: what differs is found, kept and explained; what is on its way is no difference."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import User
from risk.models import RiskEvent
from tests.support import funds
from tests.support.told_rail import ToldRail
from wallet.core.states import WithdrawalState
from wallet.models import Deposit, Rail, Reconciliation, ReconciliationDifference, Withdrawal
from wallet.rails.errors import DifferenceClosed
from wallet.rails.protocol import Movement, RailUnavailable
from wallet.services import operations
from wallet.services.rail_rounds import reconcile_all_rails
from wallet.services.reconciliation import reconcile_rail, resolve_difference

pytestmark = pytest.mark.django_db
told: Any = None
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def far_end(monkeypatch: pytest.MonkeyPatch, settings: Any, db: None) -> ToldRail:
    made = ToldRail({"BTC": "0"})
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    monkeypatch.setitem(globals(), "told", made)
    settings.RAIL_ADAPTERS = {"simulated_chain": "tests.integration.wallet.test_reconciliation.told"}
    return made


@pytest.fixture
def rail(far_end: ToldRail) -> Rail:
    return funds.open_rail()


def arrived(tx: str, amount: str) -> Movement:
    return Movement(tx, 0, "BTC", Decimal(amount), timezone.now() - AN_HOUR)


def left(payout_id: str, amount: str, tx: str = "out") -> Movement:
    return Movement(tx, 0, "BTC", -Decimal(amount), timezone.now() - AN_HOUR, payout_id=payout_id)


def open_differences() -> list[tuple[str, str, Decimal, Decimal]]:
    rows = ReconciliationDifference.objects.filter(resolved_at=None).order_by("kind", "subject")
    return [(row.kind, row.subject, row.expected, row.actual) for row in rows]


def credited(tx: str, amount: str, far_end: ToldRail) -> None:
    """A deposit an hour ago, in the books and at the rail."""
    funds.carry_out(funds.deposit("owner", amount, tx=tx))
    Deposit.objects.filter(external_tx_id=tx).update(seen_at=timezone.now() - AN_HOUR)
    assert far_end.holds is not None
    far_end.holds["BTC"] = str(Decimal(far_end.holds["BTC"]) + Decimal(amount))
    far_end.listed.append(arrived(tx, amount))


def test_equal_books_are_even(rail: Rail, far_end: ToldRail) -> None:
    credited("t1", "2", far_end)
    made = reconcile_rail(rail=rail)
    assert made.is_even
    assert made.figures["BTC"] == {"ledger": "2", "least": "2", "most": "2", "rail": "2"}
    assert open_differences() == []


def test_what_the_books_have_no_decimals_for_is_no_difference(rail: Rail, far_end: ToldRail) -> None:
    credited("t1", "2", far_end)
    far_end.holds = {"BTC": "2.0000000000005"}
    far_end.listed = [arrived("t1", "2.0000000000003"), arrived("dust", "0.0000000000002")]
    assert reconcile_rail(rail=rail).is_even
    far_end.holds = {"BTC": "2.0000000000011"}
    assert not reconcile_rail(rail=rail).is_even


def test_what_is_on_its_way_is_no_difference(rail: Rail, far_end: ToldRail) -> None:
    """Seen and not booked; sending, unknown, sent and not confirmed: whether the rail has moved it already or not."""
    credited("t1", "10", far_end)
    Deposit.objects.create(
        rail=rail, asset=Deposit.objects.get().asset, external_tx_id="t2", amount=1, seen_at=timezone.now()
    )
    funds.verified_withdrawal("owner", "3")
    for state in (WithdrawalState.SENDING, WithdrawalState.UNKNOWN):
        Withdrawal.objects.update(state=state)
        for holds in ("10", "7", "11", "8"):
            far_end.holds = {"BTC": holds}
            assert reconcile_rail(rail=rail).is_even, (state, holds)
    Withdrawal.objects.update(state=WithdrawalState.SENT, network_fee=Decimal("0.1"))
    for holds, is_even in (("6.9", True), ("7.9", True), ("10", False), ("6.8", False)):
        far_end.holds = {"BTC": holds}
        assert reconcile_rail(rail=rail).is_even is is_even, holds


def test_a_difference_is_one_row_until_it_is_gone(rail: Rail, far_end: ToldRail) -> None:
    credited("t1", "2", far_end)
    far_end.holds = {"BTC": "1.5"}
    assert not reconcile_rail(rail=rail).is_even
    assert not reconcile_rail(rail=rail).is_even
    assert open_differences() == [("balance", "", Decimal(2), Decimal("1.5"))]
    assert ReconciliationDifference.objects.count() == 1
    assert RiskEvent.objects.get().count == 2
    far_end.holds = {"BTC": "2"}
    assert reconcile_rail(rail=rail).is_even
    assert ReconciliationDifference.objects.get().resolution == "They agree again."


def test_movements_are_compared_one_by_one(rail: Rail, far_end: ToldRail) -> None:
    """Two errors of the same amount do not hide each other."""
    credited("t1", "2", far_end)
    credited("t2", "3", far_end)
    far_end.listed = [arrived("t1", "2.5"), arrived("t9", "2.5"), left("w123", "1")]
    reconcile_rail(rail=rail)
    assert open_differences() == [
        ("amount", "t1", Decimal(2), Decimal("2.5")),
        ("missing_at_rail", "t2", Decimal(3), Decimal(0)),
        ("missing_in_books", "t9", Decimal(0), Decimal("2.5")),
        ("missing_in_books", "w123", Decimal(0), Decimal(-1)),
    ]


def test_a_payout_the_books_have_not_sent_is_found(rail: Rail, far_end: ToldRail) -> None:
    """As after a restore: the rail has paid what the older books still mean to pay."""
    credited("t1", "10", far_end)
    row = funds.verified_withdrawal("owner", "3")
    Withdrawal.objects.update(state=WithdrawalState.APPROVED)
    call_command("freeze_payouts")
    far_end.holds = {"BTC": "7"}
    far_end.listed.append(left(row.payout_id, "3"))
    assert not reconcile_rail(rail=rail).is_even
    assert [found[:2] for found in open_differences()] == [("balance", ""), ("missing_in_books", row.payout_id)]
    rail.refresh_from_db()
    assert rail.payouts_frozen_reason


def test_payouts_stay_frozen_until_a_reconciliation_has_passed(rail: Rail, far_end: ToldRail) -> None:
    credited("t1", "1", far_end)
    call_command("freeze_payouts", reason="restored")
    far_end.holds = None
    with pytest.raises(RailUnavailable):
        reconcile_rail(rail=rail)
    assert reconcile_all_rails() == []
    rail.refresh_from_db()
    assert rail.payouts_frozen_reason == "restored"
    assert rail.last_error
    far_end.holds = {"BTC": "1"}
    (made,) = reconcile_all_rails(only_frozen=True)
    rail.refresh_from_db()
    assert (made.is_even, rail.payouts_frozen_reason) == (True, "")
    assert reconcile_all_rails(only_frozen=True) == []


def test_what_staff_have_explained_is_not_found_anew(rail: Rail, far_end: ToldRail) -> None:
    staff = User.objects.get(username="staff")
    far_end.listed = [arrived("t9", "2.5")]
    reconcile_rail(rail=rail)
    (difference,) = ReconciliationDifference.objects.all()
    with pytest.raises(ReasonMissing):
        resolve_difference(difference_id=difference.pk, by=staff, reason=" ")
    resolve_difference(difference_id=difference.pk, by=staff, reason="our own top-up")
    with pytest.raises(DifferenceClosed):
        resolve_difference(difference_id=difference.pk, by=staff, reason="again")
    assert reconcile_rail(rail=rail).is_even
    far_end.listed = [arrived("t9", "3")]
    assert not reconcile_rail(rail=rail).is_even
    assert Reconciliation.objects.count() == 3


def test_what_a_rail_lists_late_has_some_grace(rail: Rail, far_end: ToldRail) -> None:
    far_end.listed = [Movement("t1", 0, "BTC", Decimal(1), timezone.now())]
    funds.carry_out(funds.deposit("owner", "1", tx="t2"))
    far_end.holds = {"BTC": "1"}
    assert reconcile_rail(rail=rail).is_even
