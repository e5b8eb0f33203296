"""Calls to a rail overtake each other and their answers: what was refused is given back only if nothing can leave."""

from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from risk.models import RiskEvent, Severity
from tests.support import funds
from tests.support.payout_rail import FileRail
from tests.support.withdrawals import PayoutDesk, open_desk
from wallet.errors import PayoutInFlight
from wallet.models import Withdrawal
from wallet.rails.protocol import Payout, PayoutRefused, PayoutUnknown, RailUnavailable
from wallet.services.approvals import state_payout
from wallet.services.payouts import send_payouts_of

LOCKED = (Decimal("98.999"), Decimal("1.001"))
UNTOUCHED = (Decimal(100), Decimal(0))


class Killed(BaseException):
    """As by `kill -9`: nothing of the round goes on."""


class Interrupted(FileRail):
    """Something happens while it is asked: before it makes a payout, or before it looks one up."""

    while_called: Callable[[], None] | None = None
    while_asked: Callable[[], None] | None = None

    def payout(self, **asked: Any) -> Payout:
        if self.while_called is not None:
            self.while_called()
        return super().payout(**asked)

    def look_up(self, **asked: Any) -> Payout | None:
        if self.while_asked is not None:
            self.while_asked()
        return super().look_up(**asked)


@pytest.fixture
def desk(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PayoutDesk:
    desk = open_desk(tmp_path, monkeypatch)
    desk.far_end = Interrupted(desk.far_end.path)
    return desk


def say_never_sent(desk: PayoutDesk, withdrawal: Withdrawal) -> None:
    for staff in desk.staff():
        state_payout(withdrawal_id=withdrawal.pk, was_sent=False, by=staff, reason="they do not know it")


def test_a_refusal_proves_nothing_while_any_call_before_it_may_arrive(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    desk.far_end.fails_before = [PayoutUnknown()]
    desk.round()
    desk.grow_old()
    # Called again and again; the last one without an answer may arrive, however long ago the first one was.
    desk.far_end.fails_before = [PayoutUnknown(), PayoutRefused("no"), PayoutRefused("no")]
    for _ in range(3):
        desk.round()
        assert (desk.state(withdrawal), funds.balance("owner")) == ("UNKNOWN", LOCKED)
    desk.grow_old()
    desk.far_end.fails_before = [PayoutRefused("no")]
    desk.round()
    assert (desk.state(withdrawal), funds.balance("owner")) == ("FAILED", UNTOUCHED)


def test_a_call_that_a_process_died_in_counts_although_it_was_not_the_first(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    desk.far_end.fails_before = [RailUnavailable()]
    desk.round()
    assert desk.found(withdrawal).waits_for == "NOT_TAKEN"
    desk.grow_old()
    desk.far_end.fails_before = [Killed()]
    with pytest.raises(Killed):
        desk.round()
    desk.far_end.fails_before = [PayoutRefused("no"), PayoutRefused("no")]
    for _ in range(2):
        desk.round()
        assert (desk.state(withdrawal), funds.balance("owner")) == ("UNKNOWN", LOCKED)
    desk.grow_old()
    desk.far_end.fails_before = [PayoutRefused("no")]
    desk.round()
    assert (desk.state(withdrawal), funds.balance("owner")) == ("FAILED", UNTOUCHED)


def test_what_was_surely_not_taken_leaves_nothing_on_its_way(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    desk.far_end.fails_before = [RailUnavailable(), RailUnavailable(), PayoutRefused("no")]
    for _ in range(3):
        desk.round()
    assert (desk.state(withdrawal), funds.balance("owner")) == ("FAILED", UNTOUCHED)


@pytest.mark.parametrize("is_paid_by_the_other", [True, False])
def test_a_refusal_heard_after_another_process_went_on_changes_nothing(
    desk: PayoutDesk, is_paid_by_the_other: bool
) -> None:
    """The session with the rail's lock was lost during the call, so the next process has begun."""
    withdrawal = desk.approved("1")
    other = FileRail(desk.far_end.path, fails_before=[] if is_paid_by_the_other else [PayoutUnknown()])
    desk.far_end.while_called = lambda: send_payouts_of(desk.rail, other)  # type: ignore[attr-defined]
    desk.far_end.fails_before = [PayoutRefused("no")]
    desk.round()
    assert desk.state(withdrawal) == ("SENT" if is_paid_by_the_other else "UNKNOWN")
    assert (len(desk.far_end.paid()), funds.balance("owner")) == (int(is_paid_by_the_other), LOCKED)


def test_nobody_can_say_never_sent_while_the_rail_is_being_called(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    desk.far_end.fails_before = [PayoutUnknown()]
    desk.round()
    desk.grow_old()

    def during_the_call() -> None:
        with pytest.raises(PayoutInFlight):
            say_never_sent(desk, withdrawal)

    desk.far_end.while_called = during_the_call  # type: ignore[attr-defined]
    desk.round()
    assert (desk.state(withdrawal), len(desk.far_end.paid())) == ("SENT", 1)
    assert not withdrawal.statements.exists()


def test_what_was_never_sent_by_the_word_of_two_is_not_called_for_again(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    desk.far_end.fails_before = [PayoutUnknown()]
    desk.round()
    desk.grow_old()
    # Both have said so after the round has looked at it, and before it would call.
    desk.far_end.while_asked = lambda: say_never_sent(desk, withdrawal)  # type: ignore[attr-defined]
    desk.round()
    assert (desk.state(withdrawal), desk.far_end.calls, desk.far_end.paid()) == ("FAILED", 1, [])


def test_staff_are_called_once_when_a_rail_begins_not_to_take_a_payout(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    desk.far_end.fails_before = [RailUnavailable(details={"rail": "sim", "error": "PermissionDenied"})] * 3
    for _ in range(3):
        desk.round()
    assert (desk.state(withdrawal), desk.found(withdrawal).waits_for) == ("SENDING", "NOT_TAKEN")
    event = RiskEvent.objects.get()
    assert (event.severity, event.count, event.metadata) == (Severity.HIGH, 1, {"withdrawals": [str(withdrawal.pk)]})
    assert event.description == "sim does not take payouts of BTC; they wait: PermissionDenied"
    desk.round()
    assert desk.state(withdrawal) == "SENT"


def test_what_was_not_taken_is_not_called_for_again_before_there_is_money(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    desk.far_end.fails_before = [RailUnavailable()]
    desk.round()
    desk.far_end.hot = "1"
    desk.round()
    assert (desk.found(withdrawal).waits_for, desk.far_end.calls) == ("NOT_TAKEN", 1)
    desk.far_end.hot = "1.0002"
    desk.round()
    assert desk.state(withdrawal) == "SENT"


def test_calls_made_before_they_were_noted_are_taken_as_just_begun(desk: PayoutDesk) -> None:
    not_taken, unknown, waiting = (desk.approved("1", name=name) for name in ("owner", "colleague", "outsider"))
    desk.far_end.fails_before = [RailUnavailable(), PayoutUnknown(), RailUnavailable()]
    desk.round()
    Withdrawal.objects.filter(pk=waiting.pk).update(state="APPROVED", waits_for="")
    Withdrawal.objects.update(called_at=None)
    import_module("wallet.migrations.0009_last_call_of_a_payout").take_calls_as_just_begun(apps, None)
    assert [desk.found(one).called_at is None for one in (not_taken, unknown, waiting)] == [True, False, True]
    desk.far_end.fails_before = [PayoutRefused("no")] * 2
    desk.round()
    assert (desk.state(not_taken), desk.state(unknown)) == ("FAILED", "UNKNOWN")
