"""What a user does with a withdrawal that was asked for: confirm it with the second factor, or stop it.

The second factor is verified before anything is locked; then the balance processor checks everything again and locks
amount and fee. From there on only the processor moves the money, so stopping a withdrawal asks it, too: of a stop and a
payout at the same moment one finds the row in another state.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.second_factor.models import Purpose
from accounts.second_factor.services import send_email_code, verify_second_factor
from kernel.errors import BourseError
from kernel.units import plain
from wallet.core.operations import Withdraw, WithdrawReject
from wallet.core.states import TransitionNotAllowed, WithdrawalState, require_withdrawal_transition
from wallet.models import BalanceOperation, Withdrawal, WithdrawalTransition
from wallet.selectors.withdrawals import get_withdrawal
from wallet.services.destinations import party_of
from wallet.services.operations import request_operation, wait_for_outcome
from wallet.services.repeats import made_meanwhile
from wallet.services.transitions import change_state, lock_withdrawal

WAIT_SECONDS = 3.0
"""How long a request waits for the balance processor."""
UNVERIFIED_LIFETIME = timedelta(minutes=30)
"""A withdrawal that is not confirmed in that time is over: its price and its screening are those of its request."""
NOT_CONFIRMED = "It was not confirmed in time."


def verify_withdrawal(
    *, user: User, account_id: int, withdrawal_id: int, code: str, email_code: str = ""
) -> Withdrawal:
    """Confirm a withdrawal with the second factor and hand it to the balance processor; it as it is a moment later.

    The code is looked at, and used up, before anything is locked. One that is confirmed already is returned as it is.
    Raises WithdrawalNotFound, TransitionNotAllowed, and as `verify_second_factor`.
    """
    withdrawal = get_withdrawal(account_id=account_id, withdrawal_id=withdrawal_id)
    if withdrawal.verified_at is not None:
        return withdrawal
    _require_verifiable(withdrawal)

    def verified() -> Withdrawal | None:
        found = get_withdrawal(account_id=account_id, withdrawal_id=withdrawal_id)
        return found if found.verified_at is not None else None

    try:
        verify_second_factor(
            user=user,
            code=code,
            purpose=Purpose.WITHDRAWAL,
            email_code=email_code,
            subject_id=_code_subject(withdrawal),
        )
    except BourseError as refusal:
        return made_meanwhile(verified, refusal)
    with transaction.atomic():
        withdrawal = lock_withdrawal(withdrawal_id)
        if withdrawal.verified_at is not None:
            return withdrawal
        _require_verifiable(withdrawal)
        operation = _ask_to_lock(user, withdrawal)
        change_state(
            withdrawal=withdrawal, new=WithdrawalState.VERIFIED, at=timezone.now(), by=user, operation_id=operation.pk
        )
    wait_for_outcome(operation_id=operation.pk, seconds=WAIT_SECONDS)
    return get_withdrawal(account_id=account_id, withdrawal_id=withdrawal_id)


def send_withdrawal_code(*, user: User, account_id: int, withdrawal_id: int) -> datetime:
    """Send a code by e-mail that helps to confirm this withdrawal; when it expires.

    Raises WithdrawalNotFound, TransitionNotAllowed where there is nothing to confirm, and as `send_email_code`.
    """
    withdrawal = get_withdrawal(account_id=account_id, withdrawal_id=withdrawal_id)
    _require_verifiable(withdrawal)
    return send_email_code(
        user=user,
        purpose=Purpose.WITHDRAWAL,
        subject_id=_code_subject(withdrawal),
        what=f"withdrawal of {plain(withdrawal.amount)} {withdrawal.asset.symbol}",
    )


def cancel_withdrawal(*, user: User, account_id: int, withdrawal_id: int) -> Withdrawal:
    """Stop a withdrawal while that is possible; it as it is a moment later. What was locked is free again.

    One that is cancelled already is returned as it is. Raises WithdrawalNotFound, TransitionNotAllowed.
    """
    with transaction.atomic():
        get_withdrawal(account_id=account_id, withdrawal_id=withdrawal_id)
        withdrawal = lock_withdrawal(withdrawal_id)
        state = WithdrawalState(withdrawal.state)
        if state is WithdrawalState.CANCELLED:
            return withdrawal
        require_withdrawal_transition(state, WithdrawalState.CANCELLED)
        if state is WithdrawalState.REQUESTED:
            change_state(withdrawal=withdrawal, new=WithdrawalState.CANCELLED, at=timezone.now(), by=user)
            return withdrawal
        require_surely_unpaid(withdrawal)
        operation = ask_to_release(
            withdrawal=withdrawal, origin=origin_of(user), outcome=WithdrawalState.CANCELLED, reason="By the user."
        )
    outcome = wait_for_outcome(operation_id=operation.pk, seconds=WAIT_SECONDS)
    if outcome is not None and outcome.code:
        raise TransitionNotAllowed
    return get_withdrawal(account_id=account_id, withdrawal_id=withdrawal_id)


def cancel_unverified(*, at: datetime) -> int:
    """End withdrawals nobody has confirmed in time; how many."""
    late = Withdrawal.objects.filter(state=WithdrawalState.REQUESTED, requested_at__lt=at - UNVERIFIED_LIFETIME)
    ended = 0
    for withdrawal_id in list(late.order_by("pk").values_list("pk", flat=True)[:1000]):
        with transaction.atomic():
            withdrawal = lock_withdrawal(withdrawal_id)
            if withdrawal.state == WithdrawalState.REQUESTED:
                change_state(withdrawal=withdrawal, new=WithdrawalState.CANCELLED, at=at, reason=NOT_CONFIRMED)
                ended += 1
    return ended


def require_surely_unpaid(withdrawal: Withdrawal) -> None:
    """Raises TransitionNotAllowed while its rail is frozen: it may have paid what these books still mean to pay."""
    if withdrawal.rail.payouts_frozen_reason:
        raise TransitionNotAllowed("Payouts over this network are being checked at the moment. Try again later.")


def ask_to_release(*, withdrawal: Withdrawal, origin: str, outcome: WithdrawalState, reason: str) -> BalanceOperation:
    """Have the processor end a withdrawal whose money is locked; asked again, it is the same operation.

    `outcome` is REJECTED, FAILED or CANCELLED. Call it with the row locked.
    """
    # What was refused in one state may be right in a later one, so the request id counts the changes.
    changes = WithdrawalTransition.objects.filter(withdrawal=withdrawal).count()
    return request_operation(
        origin=origin,
        message=WithdrawReject(
            request_id=f"{str(outcome).lower()}:{withdrawal.pk}:{changes}",
            asset=withdrawal.asset.symbol,
            amount=withdrawal.amount,
            account_id=withdrawal.account_id,
            rail=withdrawal.rail_id,
            withdrawal_id=withdrawal.pk,
            fee=withdrawal.fee,
            outcome=str(outcome),
            reason=reason[:200],
        ),
    )


def origin_of(user: User) -> str:
    """Under which name a user's operations are in the log."""
    return f"user:{user.pk}"


def _code_subject(withdrawal: Withdrawal) -> str:
    return f"withdrawal:{withdrawal.pk}"


def _require_verifiable(withdrawal: Withdrawal) -> None:
    require_withdrawal_transition(WithdrawalState(withdrawal.state), WithdrawalState.VERIFIED)
    if withdrawal.requested_at < timezone.now() - UNVERIFIED_LIFETIME:
        raise TransitionNotAllowed(NOT_CONFIRMED)


def _ask_to_lock(user: User, withdrawal: Withdrawal) -> BalanceOperation:
    return request_operation(
        origin=origin_of(user),
        message=Withdraw(
            request_id=f"withdraw:{withdrawal.pk}",
            asset=withdrawal.asset.symbol,
            amount=withdrawal.amount,
            account_id=withdrawal.account_id,
            rail=withdrawal.rail_id,
            withdrawal_id=withdrawal.pk,
            fee=withdrawal.fee,
            destination=party_of(withdrawal),
        ),
    )
