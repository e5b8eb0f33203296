"""Payouts: each leaves once, whatever the rail says and wherever the process dies; nothing leaves that is stopped."""

import signal
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AccountState, KycStatus
from accounts.services import change_account_state, change_kyc_status
from kernel.errors import TooManyDecimals
from ledger.models import Asset
from ledger.verification import LEDGER_CHECKS
from risk.models import RiskEvent, Severity
from storage.session_locks import only_one
from tests.support import funds
from tests.support.exchange import Exchange
from tests.support.payout_process import run_round
from tests.support.withdrawals import PayoutDesk, money_and_rows, open_desk
from wallet import errors
from wallet.core.states import TransitionNotAllowed
from wallet.models import FundsMail, Rail, RailAsset, Withdrawal
from wallet.rails.protocol import PayoutRefused, PayoutUnknown, RailUnavailable
from wallet.services.approvals import approve_withdrawal, reject_withdrawal, state_payout
from wallet.services.payouts import LOCK, PayoutFailpoint, send_payouts_of
from wallet.services.reconciliation import freeze_payouts
from wallet.services.switches import resume_payouts, stop_payouts
from wallet.services.withdrawals import cancel_withdrawal

PAID = (Decimal("98.999"), Decimal(0))
LOCKED = (Decimal("98.999"), Decimal("1.001"))
UNTOUCHED = (Decimal(100), Decimal(0))


@pytest.fixture
def desk(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PayoutDesk:
    return open_desk(tmp_path, monkeypatch)


def books_are_right() -> None:
    assert [finding for check in LEDGER_CHECKS for finding in check()] == []


def test_a_fee_that_is_finer_than_the_books_is_booked_rounded_up(desk: PayoutDesk) -> None:
    desk.far_end.network_fee, desk.far_end.confirmations_seen = "0.0000000000001", 2
    withdrawal = desk.approved("1")
    desk.round()
    desk.round()
    done = desk.found(withdrawal)
    assert (done.state, done.network_fee) == ("CONFIRMED", Decimal("0.000000000001"))
    assert funds.balance("owner") == PAID
    books_are_right()


def test_from_approval_to_the_end(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    desk.round()
    sent = desk.found(withdrawal)
    assert (sent.state, sent.external_tx_id, sent.confirmations) == ("SENT", f"tx-w{withdrawal.pk}", 1)
    assert funds.balance("owner") == LOCKED
    desk.round()
    assert desk.state(withdrawal) == "SENT", "one confirmation of two"
    desk.far_end.confirmations_seen = 2
    desk.round()
    done = desk.found(withdrawal)
    assert (done.state, done.network_fee) == ("CONFIRMED", Decimal("0.0002"))
    assert funds.balance("owner") == PAID
    assert funds.system_balance("custody", "sim:hot") == Decimal("1.0002")
    assert funds.system_balance("fees") == Decimal("0.001")
    assert funds.system_balance("expenses") == Decimal("-0.0002")
    before = money_and_rows()
    desk.round()
    assert money_and_rows() == before
    assert len(desk.far_end.paid()) == desk.far_end.calls == 1
    assert list(FundsMail.objects.order_by("pk").values_list("template", flat=True))[-2:] == [
        "withdrawal_sent",
        "withdrawal_confirmed",
    ]
    books_are_right()


# --- what keeps it back ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["all", "rail:sim", "asset:BTC"])
def test_a_kill_switch_stops_it_and_lets_it_go_on(desk: PayoutDesk, scope: str) -> None:
    withdrawal = desk.approved("1")
    stop_payouts(scope=scope, by=None, reason="the books do not prove right")
    desk.round()
    assert (desk.state(withdrawal), desk.found(withdrawal).waits_for) == ("APPROVED", "KILL_SWITCH")
    assert desk.far_end.paid() == []
    resume_payouts(scope=scope, by=desk.user("staff"), reason="they do")
    desk.round()
    assert (desk.state(withdrawal), desk.found(withdrawal).waits_for) == ("SENT", "")


def test_a_frozen_rail_and_a_disabled_one_send_nothing(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    Rail.objects.update(payouts_frozen_reason="restored from a backup")
    desk.round()
    assert desk.found(withdrawal).waits_for == "RAIL_FROZEN"
    Rail.objects.update(payouts_frozen_reason="", is_enabled=False)
    desk.round()
    assert desk.found(withdrawal).waits_for == "RAIL_DISABLED"
    assert desk.far_end.calls == 0


@pytest.mark.parametrize("is_whole_asset", [True, False])
def test_an_asset_that_is_disabled_meanwhile_waits(desk: PayoutDesk, is_whole_asset: bool) -> None:
    withdrawal = desk.approved("1")
    for is_on in (False, True):
        if is_whole_asset:
            Asset.objects.filter(symbol="BTC").update(is_enabled=is_on)
        else:
            RailAsset.objects.filter(asset__symbol="BTC").update(withdrawals_enabled=is_on)
        desk.round()
        if not is_on:
            assert (desk.state(withdrawal), desk.found(withdrawal).waits_for) == ("APPROVED", "WITHDRAWALS_DISABLED")
            assert desk.far_end.calls == 0
    assert desk.state(withdrawal) == "SENT"


def test_too_little_in_the_hot_wallet_waits_and_alarms_once(desk: PayoutDesk) -> None:
    large, small = desk.approved("2"), desk.approved("1")
    desk.far_end.hot = "1.5"
    for _ in range(3):
        desk.round()
    assert (desk.state(large), desk.found(large).waits_for) == ("APPROVED", "HOT_WALLET_LOW")
    assert desk.state(small) == "SENT"
    event = RiskEvent.objects.get()
    assert (event.severity, event.count, event.asset) == (Severity.HIGH, 1, "BTC")
    desk.far_end.hot = "2"
    desk.round()
    assert desk.state(large) == "APPROVED", "the network takes its fee out of the same wallet"
    desk.far_end.hot = "2.0002"
    desk.round()
    assert desk.state(large) == "SENT"


def test_one_round_does_not_spend_the_hot_wallet_twice(desk: PayoutDesk) -> None:
    for _ in range(2):
        desk.approved("1")
    desk.far_end.hot = "1.5"
    desk.round()
    assert len(desk.far_end.paid()) == 1


def test_a_rail_that_is_away_is_waited_for(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    desk.far_end.hot = "away"
    desk.round()
    assert (desk.state(withdrawal), desk.found(withdrawal).waits_for) == ("APPROVED", "RAIL_UNAVAILABLE")
    desk.far_end.hot = None  # it does not count a hot wallet
    desk.far_end.fails_before = [RailUnavailable()]
    desk.round()
    assert (desk.state(withdrawal), desk.found(withdrawal).waits_for) == ("SENDING", "NOT_TAKEN")
    stop_payouts(scope="all", by=None, reason="test")
    desk.round()
    assert desk.far_end.calls == 1
    resume_payouts(scope="all", by=desk.user("staff"), reason="test")
    desk.round()
    assert desk.state(withdrawal) == "SENT"
    assert len(desk.far_end.paid()) == 1


def test_an_account_frozen_after_the_approval_goes_back_to_review(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    change_account_state(user=desk.user(), state=AccountState.WITHDRAW_FROZEN, by=None, reason="test")
    desk.round()
    found = desk.found(withdrawal)
    assert (found.state, found.review_reasons[-1]) == ("REVIEW", "ACCOUNT_RESTRICTED")
    assert desk.far_end.calls == 0
    # Nobody's earlier word counts, and everybody may have another one.
    for staff, state in zip(desk.staff(), ("REVIEW", "APPROVED"), strict=True):
        approve_withdrawal(withdrawal_id=withdrawal.pk, by=staff, reason="it was a mistake")
        assert desk.state(withdrawal) == state
    desk.round()
    again = desk.found(withdrawal)
    assert (again.state, again.review_reasons.count("ACCOUNT_RESTRICTED")) == ("REVIEW", 1)


def test_an_identity_rejected_after_the_approval_sends_it_back_to_review(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    change_kyc_status(user=desk.user(), kyc_status=KycStatus.REJECTED, by=None, reason="a forged passport")
    desk.round()
    found = desk.found(withdrawal)
    assert (found.state, found.review_reasons[-1]) == ("REVIEW", "IDENTITY_NOT_APPROVED")
    assert (desk.far_end.calls, funds.balance("owner")) == (0, LOCKED)


def test_what_is_being_stopped_is_not_sent(desk: PayoutDesk) -> None:
    stopped, rejected = desk.approved("1"), desk.approved("1")
    cancel_withdrawal(user=desk.user(), account_id=stopped.account_id, withdrawal_id=stopped.pk)
    reject_withdrawal(withdrawal_id=rejected.pk, by=desk.user("staff"), reason="Please call us.")
    send_payouts_of(desk.rail, desk.far_end)
    assert desk.far_end.calls == 0
    funds.process()
    assert (desk.state(stopped), desk.state(rejected)) == ("CANCELLED", "REJECTED")
    assert funds.balance("owner") == UNTOUCHED


# --- what a rail answers --------------------------------------------------------------------------------------------


def test_a_definite_refusal_gives_the_money_back_once(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    desk.far_end.fails_before = [PayoutRefused("account closed")]
    send_payouts_of(desk.rail, desk.far_end)
    send_payouts_of(desk.rail, desk.far_end)
    assert desk.state(withdrawal) == "SENDING", "the processor has not got to it"
    desk.round()
    found = desk.found(withdrawal)
    assert (found.state, found.reason) == ("FAILED", "PAYOUT_REFUSED")
    assert funds.balance("owner") == UNTOUCHED
    assert desk.far_end.calls == 1
    books_are_right()


@pytest.mark.parametrize("is_made", [True, False])
def test_an_idempotent_rail_is_asked_again_under_the_same_id(desk: PayoutDesk, is_made: bool) -> None:
    withdrawal = desk.approved("1")
    if is_made:
        desk.far_end.fails_after = [PayoutUnknown()]
        desk.far_end.forgets = True
    else:
        desk.far_end.fails_before = [PayoutUnknown()]
    desk.round()
    assert desk.state(withdrawal) == "UNKNOWN"
    desk.round()
    assert desk.state(withdrawal) == "SENT"
    assert desk.far_end.calls == 2
    assert [line["payout_id"] for line in desk.far_end.paid()] == [f"w{withdrawal.pk}"]


def test_a_refusal_of_the_second_call_proves_nothing_while_the_first_may_arrive(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    desk.far_end.fails_before = [PayoutUnknown(), PayoutRefused("no"), PayoutRefused("no")]
    desk.round()
    desk.round()
    assert desk.state(withdrawal) == "UNKNOWN"
    assert funds.balance("owner") == LOCKED
    desk.grow_old()
    desk.round()
    assert desk.state(withdrawal) == "FAILED"
    assert funds.balance("owner") == UNTOUCHED


@pytest.mark.parametrize("is_made", [True, False])
def test_another_rail_is_never_asked_again(desk: PayoutDesk, is_made: bool) -> None:
    desk.far_end.is_payout_idempotent = False
    withdrawal = desk.approved("1")
    plan = desk.far_end.fails_after if is_made else desk.far_end.fails_before
    plan.append(PayoutUnknown())
    desk.far_end.forgets = True
    for _ in range(4):
        desk.round()
        desk.grow_old()
    found = desk.found(withdrawal)
    assert (found.state, found.waits_for) == ("UNKNOWN", "NEEDS_STAFF")
    assert (desk.far_end.calls, len(desk.far_end.paid())) == (1, int(is_made))
    assert funds.balance("owner") == LOCKED
    assert RiskEvent.objects.get().count == 1
    with pytest.raises(TransitionNotAllowed):
        cancel_withdrawal(user=desk.user(), account_id=withdrawal.account_id, withdrawal_id=withdrawal.pk)
    desk.far_end.forgets = False
    desk.round()
    assert desk.state(withdrawal) == ("SENT" if is_made else "UNKNOWN"), "its list came late"


def test_what_a_rail_raises_by_mistake_is_looked_up(desk: PayoutDesk) -> None:
    desk.far_end.is_payout_idempotent = False
    withdrawal = desk.approved("1")
    desk.far_end.fails_after = [KeyError("id")]
    desk.round()
    assert desk.state(withdrawal) == "SENDING"
    desk.round()
    assert desk.state(withdrawal) == "SENT"
    assert len(desk.far_end.paid()) == 1


def test_a_queue_of_the_rail_is_asked_after(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    desk.far_end.queues = True
    for _ in range(2):
        desk.round()
    assert (desk.state(withdrawal), desk.found(withdrawal).waits_for) == ("SENDING", "QUEUED")
    desk.far_end.queues = False
    desk.round()
    assert desk.state(withdrawal) == "SENT"
    assert desk.far_end.calls == 1


def test_a_sent_one_that_fails_later_is_given_back(desk: PayoutDesk) -> None:
    withdrawal = desk.approved("1")
    desk.round()
    desk.far_end.look_up_fails = [PayoutRefused("returned")]
    desk.round()
    assert desk.state(withdrawal) == "FAILED"
    assert funds.balance("owner") == UNTOUCHED


def test_a_sent_one_that_is_not_found_any_more_becomes_unknown(
    desk: PayoutDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdrawal = desk.approved("1")
    desk.round()
    desk.far_end.forgets = True
    desk.round()
    assert desk.state(withdrawal) == "SENT", "lists may be a little late"
    with monkeypatch.context() as later:
        later.setattr("wallet.services.payouts.MISSING_AFTER", timedelta(seconds=-1))
        desk.round()
    assert desk.state(withdrawal) == "UNKNOWN"
    desk.round()
    assert desk.state(withdrawal) == "SENT"
    assert len(desk.far_end.paid()) == 1
    assert list(FundsMail.objects.order_by("pk").values_list("template", flat=True))[-3:] == [
        "withdrawal_sent",
        "withdrawal_unknown",
        "withdrawal_sent",
    ]


def test_paid_after_it_was_given_back_is_critical(desk: PayoutDesk) -> None:
    """What cannot be: a rail that said no, and pays. Nothing is changed, and people are called."""
    from wallet.rails.protocol import Payout
    from wallet.services.payout_records import note_sent

    withdrawal = desk.approved("1")
    desk.far_end.fails_before = [PayoutRefused("no")]
    desk.round()
    note_sent(desk.found(withdrawal), Payout("late"))
    assert desk.state(withdrawal) == "FAILED"
    assert RiskEvent.objects.get().severity == Severity.CRITICAL


# --- what staff say about an unknown one ----------------------------------------------------------------------------


@pytest.fixture
def unknown(desk: PayoutDesk) -> Withdrawal:
    desk.far_end.is_payout_idempotent = False
    withdrawal = desk.approved("1")
    desk.far_end.fails_before = [PayoutUnknown()]
    desk.round()
    assert desk.state(withdrawal) == "UNKNOWN"
    return withdrawal


def test_two_say_it_was_never_sent(desk: PayoutDesk, unknown: Withdrawal) -> None:
    first, second = desk.staff()
    said: dict[str, Any] = {"withdrawal_id": unknown.pk, "was_sent": False, "reason": "asked them"}
    with pytest.raises(errors.PayoutInFlight) as refused:
        state_payout(by=first, **said)
    assert str(refused.value.details["until"]) > timezone.now().isoformat()
    assert not unknown.statements.exists()
    desk.grow_old()
    with pytest.raises(errors.DecisionNeedsAnother):
        state_payout(by=desk.user(), **said)
    assert state_payout(by=first, **said) is False
    assert state_payout(by=first, **said) is False, "the same person twice is one person"
    funds.process()
    assert funds.balance("owner") == LOCKED
    assert state_payout(by=second, **said) is True
    with pytest.raises(TransitionNotAllowed):
        state_payout(by=second, **said)
    desk.round()
    assert desk.state(unknown) == "FAILED"
    assert funds.balance("owner") == UNTOUCHED


def test_two_say_it_was_sent(desk: PayoutDesk, unknown: Withdrawal, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = desk.staff()
    said: dict[str, Any] = {
        "withdrawal_id": unknown.pk,
        "was_sent": True,
        "external_tx_id": "abc",
        "network_fee": Decimal("0.001"),
    }
    desk.grow_old()
    assert not state_payout(by=first, reason="found it", **said)
    assert not state_payout(by=second, reason="no", withdrawal_id=unknown.pk, was_sent=False), "they contradict"
    assert not state_payout(by=second, reason="another", **(said | {"external_tx_id": "abd"}))
    invalid: list[dict[str, Any]] = [{"external_tx_id": " "}, {"network_fee": Decimal(-1)}]
    for wrong in invalid:
        with pytest.raises(errors.ControlInvalid):
            state_payout(by=second, reason="x", **(said | wrong))
    with pytest.raises(TooManyDecimals):
        state_payout(by=second, reason="x", **(said | {"network_fee": Decimal("0.0000000000001")}))
    assert state_payout(by=second, reason="found it, too", **said)
    desk.far_end.forgets = True
    with monkeypatch.context() as later:
        later.setattr("wallet.services.payouts.MISSING_AFTER", timedelta(seconds=-1))
        desk.round()
    found = desk.found(unknown)
    assert (found.state, found.external_tx_id, found.network_fee) == ("CONFIRMED", "abc", Decimal("0.001"))
    assert funds.balance("owner") == PAID
    books_are_right()


def test_what_was_said_of_an_earlier_time_does_not_count(
    desk: PayoutDesk, unknown: Withdrawal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rail has disproved it since."""
    desk.grow_old()
    first, second = desk.staff()
    said: dict[str, Any] = {"withdrawal_id": unknown.pk, "was_sent": False, "reason": "asked them"}
    assert not state_payout(by=first, **said)
    desk.far_end.path.write_text(f'{{"payout_id": "{unknown.payout_id}"}}\n')
    desk.round()
    assert desk.state(unknown) == "SENT"
    desk.far_end.forgets = True
    with monkeypatch.context() as later:
        later.setattr("wallet.services.payouts.MISSING_AFTER", timedelta(seconds=-1))
        desk.round()
    assert desk.state(unknown) == "UNKNOWN"
    assert not state_payout(by=second, **said)
    assert state_payout(by=first, **said)


def test_a_freeze_makes_uncertain_what_older_books_know(desk: PayoutDesk) -> None:
    """After a restore the rail may have taken later what it had not taken at the time of the backup."""
    desk.far_end.is_payout_idempotent = False
    withdrawal = desk.approved("1")
    desk.far_end.fails_before = [RailUnavailable()]
    desk.round()
    assert (desk.state(withdrawal), desk.found(withdrawal).waits_for) == ("SENDING", "NOT_TAKEN")
    desk.far_end.path.write_text(f'{{"payout_id": "{withdrawal.payout_id}"}}\n')
    freeze_payouts(reason="restored")
    desk.round()
    Rail.objects.update(payouts_frozen_reason="", payouts_frozen_at=None)
    desk.round()
    assert desk.state(withdrawal) == "SENT"
    assert len(desk.far_end.paid()) == 1


# --- kill -9 --------------------------------------------------------------------------------------------------------


def test_killed_at_every_step(exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it dies, at most one payout leaves for a withdrawal; an idempotent rail always gets there."""
    desk = open_desk(tmp_path, monkeypatch)
    path = desk.far_end.path
    around_the_call = [PayoutFailpoint.SENDING_COMMITTED, PayoutFailpoint.RAIL_CALLED]
    for is_idempotent, failpoints in ((True, list(PayoutFailpoint)), (False, around_the_call)):
        for failpoint in failpoints:
            Withdrawal.objects.update(verified_at=timezone.now() - timedelta(days=40))
            withdrawal = desk.approved("0.01", name="owner" if is_idempotent else "colleague")
            code = run_round(exchange.database, path, is_idempotent=is_idempotent, failpoint=f"{failpoint}:kill")
            assert code == -signal.SIGKILL
            desk.far_end.is_payout_idempotent = is_idempotent
            for _ in range(3):
                desk.round()
            paid = [line for line in desk.far_end.paid() if line["payout_id"] == withdrawal.payout_id]
            lost = not is_idempotent and failpoint is PayoutFailpoint.SENDING_COMMITTED
            assert len(paid) == (0 if lost else 1), failpoint
            assert desk.state(withdrawal) == ("UNKNOWN" if lost else "SENT"), failpoint
    books_are_right()

    with only_one(LOCK, desk.rail.code) as is_alone:
        assert is_alone
        late = desk.approved("0.01", name="outsider")
        assert run_round(exchange.database, path, is_idempotent=True) == 0
        assert desk.state(late) == "APPROVED", "one process sends over a rail at a time"
    connection.close()
