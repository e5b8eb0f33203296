"""What staff decide about withdrawals: whether one in review goes out, and what became of one nobody knows about.

Both need two different people, neither of whom has asked for the withdrawal. Each says why, and each has shown a fresh
second factor before (`storage.admin.reasons`). One rejection is enough to give the money back. One that is pulled back
into review, or is unknown again, starts again: what was said before does not count.

While the payouts of a rail are frozen, as after a restore, it may have made one that the books still mean to make.
"""

from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import User
from accounts.staff import record_staff_action
from kernel.units import plain, to_atoms
from wallet.core.states import TransitionNotAllowed, WithdrawalState, require_withdrawal_transition
from wallet.errors import ControlInvalid, DecisionNeedsAnother, PayoutInFlight
from wallet.models import PayoutStatement, Withdrawal, WithdrawalDecision, WithdrawalTransition
from wallet.rails.protocol import PayoutRefused
from wallet.services.bank_files import settle_queued_payout
from wallet.services.payout_calls import in_flight_until
from wallet.services.payout_records import QUEUED, ask_to_confirm, is_being_ended, origin_of_rail
from wallet.services.transitions import change_state, lock_withdrawal
from wallet.services.withdrawals import ask_to_release, require_surely_unpaid

APPROVALS_NEEDED = 2
MAX_REASON_LENGTH = 200


def approve_withdrawal(*, withdrawal_id: int, by: User, reason: str) -> Withdrawal:
    """Agree to a withdrawal in review; with the second approval it goes out.

    Raises ReasonMissing, WithdrawalNotFound, TransitionNotAllowed, DecisionNeedsAnother.
    """
    _require_reason(reason)
    with transaction.atomic():
        withdrawal = lock_withdrawal(withdrawal_id)
        if withdrawal.state != WithdrawalState.REVIEW or is_being_ended(withdrawal):
            raise TransitionNotAllowed
        _decide(withdrawal, is_approval=True, by=by, reason=reason)
        approvals = _decisions(withdrawal).filter(is_approval=True).count()
        if approvals >= APPROVALS_NEEDED:
            change_state(
                withdrawal=withdrawal, new=WithdrawalState.APPROVED, at=timezone.now(), by=by, reason="Approved twice."
            )
    return withdrawal


def reject_withdrawal(*, withdrawal_id: int, by: User, reason: str) -> Withdrawal:
    """Turn down a withdrawal in review, or an approved one that has not gone out; the user reads `reason`.

    The balance processor gives the money back. Raises ReasonMissing, WithdrawalNotFound, TransitionNotAllowed,
    DecisionNeedsAnother.
    """
    _require_reason(reason)
    with transaction.atomic():
        withdrawal = lock_withdrawal(withdrawal_id)
        state = WithdrawalState(withdrawal.state)
        if state not in (WithdrawalState.REVIEW, WithdrawalState.APPROVED) or is_being_ended(withdrawal):
            raise TransitionNotAllowed
        require_surely_unpaid(withdrawal)
        if not _decisions(withdrawal).filter(by=by).exists():
            _decide(withdrawal, is_approval=False, by=by, reason=reason)
        else:
            _require_another(withdrawal, by)
            _note(withdrawal, "reject withdrawal", by=by, reason=reason)
        ask_to_release(
            withdrawal=withdrawal,
            origin=f"staff:{by.pk}",
            outcome=WithdrawalState.REJECTED,
            reason=reason.strip()[:MAX_REASON_LENGTH],
        )
    return withdrawal


def state_payout(
    *,
    withdrawal_id: int,
    was_sent: bool,
    by: User,
    reason: str,
    external_tx_id: str = "",
    network_fee: Decimal = Decimal(0),
) -> bool:
    """Say what became of a payout whose result is unknown; True once two people have said the same.

    It was sent, under this id of the rail and with this fee: then it is booked as paid; that can be said of one that
    waits to go out over a frozen rail as well. It was never sent: then the money is given back; nobody can know that
    while a call may still be carried out. What somebody said last counts.

    Raises ReasonMissing, WithdrawalNotFound, TransitionNotAllowed, DecisionNeedsAnother, ControlInvalid,
    PayoutInFlight.
    """
    _require_reason(reason)
    with transaction.atomic():
        withdrawal = lock_withdrawal(withdrawal_id)
        is_allowed = may_have_been_sent(withdrawal) if was_sent else withdrawal.state == WithdrawalState.UNKNOWN
        if not is_allowed or is_being_ended(withdrawal):
            raise TransitionNotAllowed
        _require_another(withdrawal, by)
        if was_sent:
            _require_sound(withdrawal, external_tx_id, network_fee)
        else:
            _require_out_of_flight(withdrawal)
        said = PayoutStatement.objects.create(
            withdrawal=withdrawal,
            by=by,
            period=_times_in(withdrawal, WithdrawalState.UNKNOWN),
            was_sent=was_sent,
            external_tx_id=external_tx_id.strip() if was_sent else "",
            network_fee=network_fee if was_sent else Decimal(0),
            reason=reason.strip()[:MAX_REASON_LENGTH],
        )
        _note(withdrawal, "payout was sent" if was_sent else "payout was never sent", by=by, reason=reason)
        if not _somebody_else_agrees(said):
            return False
        if was_sent:
            change_state(
                withdrawal=withdrawal,
                new=WithdrawalState.SENT,
                at=timezone.now(),
                by=by,
                reason="Two of the staff have found it at the rail.",
                external_tx_id=said.external_tx_id,
                network_fee=said.network_fee,
            )
            settle_queued_payout(payout_id=withdrawal.payout_id, bank_reference=said.external_tx_id, by=by)
            ask_to_confirm(withdrawal)
        else:
            ask_to_release(
                withdrawal=withdrawal,
                origin=origin_of_rail(withdrawal),
                outcome=WithdrawalState.FAILED,
                reason=PayoutRefused.code,
            )
    return True


def may_have_been_sent(withdrawal: Withdrawal) -> bool:
    """Whether staff may find at its rail what the books do not know to be sent."""
    if withdrawal.state == WithdrawalState.UNKNOWN:
        return True
    is_queued = withdrawal.state == WithdrawalState.SENDING and withdrawal.waits_for == QUEUED
    still_to_come = is_queued or withdrawal.state in (WithdrawalState.REVIEW, WithdrawalState.APPROVED)
    return still_to_come and bool(withdrawal.rail.payouts_frozen_reason)


def _decide(withdrawal: Withdrawal, *, is_approval: bool, by: User, reason: str) -> None:
    _require_another(withdrawal, by)
    if _decisions(withdrawal).filter(by=by).exists():
        raise DecisionNeedsAnother
    WithdrawalDecision.objects.create(
        withdrawal=withdrawal,
        review=_times_in(withdrawal, WithdrawalState.REVIEW),
        by=by,
        is_approval=is_approval,
        reason=reason.strip()[:MAX_REASON_LENGTH],
    )
    _note(withdrawal, "approve withdrawal" if is_approval else "reject withdrawal", by=by, reason=reason)


def _decisions(withdrawal: Withdrawal) -> QuerySet[WithdrawalDecision]:
    """Those that count: of the last time it came into review."""
    review = _times_in(withdrawal, WithdrawalState.REVIEW)
    return WithdrawalDecision.objects.filter(withdrawal=withdrawal, review=review)


def _times_in(withdrawal: Withdrawal, state: WithdrawalState) -> int:
    """How often it has come into that state."""
    return WithdrawalTransition.objects.filter(withdrawal=withdrawal, new=state).count()


def _somebody_else_agrees(said: PayoutStatement) -> bool:
    """Whether the last statement of another person, in the same period, says the same."""
    statements = PayoutStatement.objects.filter(withdrawal_id=said.withdrawal_id, period=said.period)
    others = statements.exclude(by=said.by).order_by("pk")
    last_of_each = {statement.by_id: statement for statement in others}
    return any(
        (other.was_sent, other.external_tx_id, other.network_fee)
        == (said.was_sent, said.external_tx_id, said.network_fee)
        for other in last_of_each.values()
    )


def _require_another(withdrawal: Withdrawal, by: User) -> None:
    if withdrawal.account.user_id == by.pk:
        raise DecisionNeedsAnother


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing


def _require_sound(withdrawal: Withdrawal, external_tx_id: str, network_fee: Decimal) -> None:
    if not 0 < len(external_tx_id.strip()) <= 128:
        raise ControlInvalid(details={"fields": {"external_tx_id": "The rail's id of the payout."}})
    if network_fee < 0:
        raise ControlInvalid(details={"fields": {"network_fee": "Not below zero."}})
    to_atoms(network_fee, withdrawal.asset.scale)
    require_withdrawal_transition(WithdrawalState(withdrawal.state), WithdrawalState.SENT)


def _require_out_of_flight(withdrawal: Withdrawal) -> None:
    until = in_flight_until(withdrawal)
    if until is not None:
        moment = until.isoformat(timespec="seconds").replace("+00:00", "Z")
        raise PayoutInFlight(
            f"The rail was called a short time ago, and may still carry it out until {moment}.",
            details={"until": moment},
        )


def _note(withdrawal: Withdrawal, action: str, *, by: User, reason: str) -> None:
    record_staff_action(
        by=by,
        subject_kind="withdrawal",
        subject=str(withdrawal.pk),
        action=action,
        old={"state": str(withdrawal.state)},
        new={"amount": plain(withdrawal.amount), "asset": withdrawal.asset.symbol},
        reason=reason,
    )
