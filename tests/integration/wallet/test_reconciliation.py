"""The books against the rails: what differs is found, kept and explained; what is on its way is no difference."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import User
from ledger.verification import LEDGER_CHECKS
from risk.models import RiskEvent
from tests.support import funds
from tests.support.told_rail import ToldRail
from tests.support.withdrawals import PayoutDesk, open_desk
from wallet.core.states import TransitionNotAllowed, WithdrawalState
from wallet.models import Deposit, Rail, RailKind, Reconciliation, ReconciliationDifference, Withdrawal
from wallet.rails.errors import DifferenceClosed, PayoutMayBeRepeated
from wallet.rails.protocol import Movement, RailUnavailable
from wallet.services import operations
from wallet.services.approvals import reject_withdrawal, state_payout
from wallet.services.payouts import send_payouts
from wallet.services.rail_rounds import reconcile_all_rails
from wallet.services.reconciliation import freeze_payouts, payouts_it_may_be, reconcile_rail, resolve_difference

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


# --- what is missing at the rail ------------------------------------------------------------------------------------


def a_day_later() -> None:
    """Everything is 25 hours older."""
    age = timedelta(hours=25)
    Deposit.objects.update(seen_at=F("seen_at") - age)
    Withdrawal.objects.update(sending_at=F("sending_at") - age, finished_at=F("finished_at") - age)


def test_what_is_missing_at_the_rail_is_looked_for_until_it_is_there(rail: Rail, far_end: ToldRail) -> None:
    credited("t1", "2", far_end)
    credited("t2:1", "3", far_end)
    funds.verified_withdrawal("owner", "3")
    half_an_hour_ago = timezone.now() - AN_HOUR / 2
    Withdrawal.objects.update(
        state=WithdrawalState.CONFIRMED, sending_at=timezone.now() - AN_HOUR, finished_at=half_an_hour_ago
    )
    payout_id = Withdrawal.objects.get().payout_id
    seen, far_end.listed = far_end.listed, []
    expected = [("missing_at_rail", name) for name in sorted(("t1", "t2:1", payout_id))]
    for _ in range(2):
        assert not reconcile_rail(rail=rail).is_even
        assert [found[:2] for found in open_differences()] == expected
        a_day_later()
    far_end.listed = [*seen, left(payout_id, "3")]
    assert reconcile_rail(rail=rail).is_even
    assert set(ReconciliationDifference.objects.values_list("resolution", flat=True)) == {"They agree again."}


# --- as after a restore ---------------------------------------------------------------------------------------------


def test_what_a_rail_said_before_a_freeze_does_not_end_it(rail: Rail, far_end: ToldRail) -> None:
    asked_before = far_end.balance

    def balance(asset: str) -> dict[str, Decimal]:
        freeze_payouts(reason="restored meanwhile")
        return asked_before(asset)

    far_end.balance = balance  # type: ignore[method-assign]
    assert reconcile_rail(rail=rail).is_even
    rail.refresh_from_db()
    assert rail.payouts_frozen_reason
    far_end.balance = asked_before  # type: ignore[method-assign]
    assert reconcile_rail(rail=rail).is_even
    rail.refresh_from_db()
    assert (rail.payouts_frozen_reason, rail.payouts_frozen_at) == ("", None)


@pytest.fixture
def desk(far_end: ToldRail, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PayoutDesk:
    return open_desk(tmp_path, monkeypatch)


@pytest.fixture
def paid_before(desk: PayoutDesk, far_end: ToldRail) -> Withdrawal:
    """Approved in the restored books, paid at a rail that would pay it again, found as a difference."""
    far_end.is_payout_idempotent = False
    credited("t1", "10", far_end)
    withdrawal = desk.approved("3")
    freeze_payouts(reason="restored")
    far_end.holds = {"BTC": "6.9998"}
    far_end.listed.append(left(withdrawal.payout_id, "3"))
    assert not reconcile_rail(rail=desk.rail).is_even
    return withdrawal


def missing(withdrawal: Withdrawal) -> ReconciliationDifference:
    rows = ReconciliationDifference.objects.filter(kind="missing_in_books", subject=withdrawal.payout_id)
    return rows.latest("pk")


def test_a_payout_that_would_be_repeated_is_not_explained_away(desk: PayoutDesk, paid_before: Withdrawal) -> None:
    staff = User.objects.get(username="staff")
    with pytest.raises(PayoutMayBeRepeated):
        resolve_difference(difference_id=missing(paid_before).pk, by=staff, reason="it was paid")
    assert payouts_it_may_be(missing(paid_before)) == [paid_before]
    # Nor is one whose explanation is older than the books.
    ReconciliationDifference.objects.update(resolved_at=timezone.now(), resolved_by=staff, resolution="it was paid")
    assert not reconcile_rail(rail=desk.rail).is_even
    assert missing(paid_before).resolved_at is None
    desk.rail.refresh_from_db()
    assert desk.rail.payouts_frozen_reason


def test_two_say_that_the_rail_has_paid_it(desk: PayoutDesk, paid_before: Withdrawal) -> None:
    first, second = desk.staff()
    said: dict[str, Any] = {
        "withdrawal_id": paid_before.pk,
        "was_sent": True,
        "external_tx_id": "out",
        "network_fee": Decimal("0.0002"),
        "reason": "it is in their list",
    }
    with pytest.raises(TransitionNotAllowed):
        state_payout(withdrawal_id=paid_before.pk, was_sent=False, by=first, reason="no")
    assert not state_payout(by=first, **said)
    assert state_payout(by=second, **said)
    funds.process()
    found = desk.found(paid_before)
    assert (found.state, found.external_tx_id) == ("CONFIRMED", "out")
    assert funds.balance("owner") == (Decimal("106.999"), 0)
    assert reconcile_rail(rail=desk.rail).is_even
    desk.rail.refresh_from_db()
    assert not desk.rail.payouts_frozen_reason
    send_payouts()
    assert [finding for check in LEDGER_CHECKS for finding in check()] == []


def test_only_over_a_frozen_rail_may_one_that_waits_have_been_sent(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    with pytest.raises(TransitionNotAllowed):
        state_payout(
            withdrawal_id=withdrawal.pk, was_sent=True, by=desk.staff()[0], reason="found", external_tx_id="out"
        )


def test_nothing_that_may_have_been_paid_is_given_back(desk: PayoutDesk, paid_before: Withdrawal) -> None:
    with pytest.raises(TransitionNotAllowed):
        desk.cancel(paid_before)
    with pytest.raises(TransitionNotAllowed):
        reject_withdrawal(withdrawal_id=paid_before.pk, by=desk.staff()[0], reason="no")
    funds.process()
    assert desk.state(paid_before) == "APPROVED"


def test_a_payout_that_ended_otherwise_can_be_explained(rail: Rail, far_end: ToldRail) -> None:
    row = funds.verified_withdrawal("owner", "3")
    Withdrawal.objects.update(state=WithdrawalState.CANCELLED)
    far_end.listed.append(left(row.payout_id, "3"))
    reconcile_rail(rail=rail)
    resolve_difference(difference_id=missing(row).pk, by=User.objects.get(username="staff"), reason="taken from them")
    assert reconcile_rail(rail=rail).is_even


# --- rounds over all rails ------------------------------------------------------------------------------------------


def test_a_rail_that_talks_nonsense_keeps_no_other_waiting(rail: Rail, far_end: ToldRail) -> None:
    """Nor is a rail asked that nothing here can speak to."""
    other = funds.open_rail("another")
    far_end.holds = {"BTC": "None"}
    silent = funds.open_rail("cards", kind=RailKind.PROCESSOR)
    assert reconcile_all_rails() == []
    for one in (rail, other, silent):
        one.refresh_from_db()
    assert "InvalidOperation" in rail.last_error
    assert "InvalidOperation" in other.last_error
    assert silent.last_error == ""
