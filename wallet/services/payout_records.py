"""What a round of payouts writes down about one withdrawal: each a database transaction of its own.

What a rail has said must not get lost to a deadlock or a broken connection, so each is tried some times; if it is lost
all the same, the next round finds SENDING and looks the payout up.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from accounts.models import AccountState, KycStatus
from risk.models import RiskEventType, Severity
from risk.services import record_risk_event
from wallet.core.amounts import rounded_up
from wallet.core.operations import OperationKind, WithdrawConfirm
from wallet.core.states import FINAL_STATES, WithdrawalState
from wallet.core.withdrawal_rules import ReviewReason
from wallet.models import BalanceOperation, OperationOutcome, RailAsset, Withdrawal, WithdrawalTransition
from wallet.rails.protocol import Payout, PayoutRefused
from wallet.services.operations import request_operation
from wallet.services.transitions import change_state, lock_withdrawal, tell_stream
from wallet.services.withdrawals import ask_to_release

log = logging.getLogger(__name__)

HOT_WALLET_LOW = "HOT_WALLET_LOW"
NOT_TAKEN = "NOT_TAKEN"
QUEUED = "QUEUED"
_TRIES = 5
_PAUSE_SECONDS = 0.2
_W = WithdrawalState
_ENDED = frozenset({_W.FAILED, _W.REJECTED, _W.CANCELLED})


def note_sent(withdrawal: Withdrawal, payout: Payout) -> None:
    """SENT, or what is new about one that is. A queued one stays in SENDING until it leaves."""

    def write() -> None:
        row = lock_withdrawal(withdrawal.pk)
        state = WithdrawalState(row.state)
        told: dict[str, Any] = {
            "external_tx_id": payout.external_tx_id[:128],
            "confirmations": payout.confirmations,
        }
        if payout.network_fee is not None:
            # The books have not more than the rail has left: what is less than their smallest part counts as one.
            told["network_fee"] = rounded_up(payout.network_fee, row.asset.scale)
        if state in _ENDED:
            _alarm_paid_after_refund(row, payout)
        elif payout.is_queued:
            if state is _W.SENDING:
                _set(row, waits_for=QUEUED, **told)
        elif state in (_W.SENDING, _W.UNKNOWN):
            change_state(withdrawal=row, new=_W.SENT, at=timezone.now(), **told)
        elif state is _W.SENT and any(getattr(row, name) != value for name, value in told.items()):
            _set(row, **told)
            tell_stream(row)

    surely(write)


def note_unknown(withdrawal: Withdrawal, reason: str) -> None:
    """Nobody knows whether it was paid out. One that has gone on meanwhile is left alone."""

    def write() -> None:
        row = lock_withdrawal(withdrawal.pk)
        if row.state == withdrawal.state and row.state in (_W.SENDING, _W.SENT):
            change_state(withdrawal=row, new=_W.UNKNOWN, at=timezone.now(), reason=reason)

    surely(write)


def note_failed(withdrawal: Withdrawal, reason: str) -> None:
    """The rail had it and says that it failed: the money is given back. `reason` is for staff."""

    def write() -> None:
        row = lock_withdrawal(withdrawal.pk)
        if row.state == _W.SENT:
            change_state(withdrawal=row, new=_W.UNKNOWN, at=timezone.now(), reason=reason)
        if row.state in (_W.SENDING, _W.UNKNOWN):
            have_released(row, reason)

    surely(write)


def have_released(row: Withdrawal, reason: str) -> None:
    """Have the money of a payout that will never leave given back; call it with the row locked."""
    ask_to_release(withdrawal=row, origin=origin_of_rail(row), outcome=_W.FAILED, reason=PayoutRefused.code)
    log.warning("a payout was refused", extra={"withdrawal": row.pk, "reason": reason})


def confirm_if_final(withdrawal: Withdrawal, payout: Payout) -> None:
    """Have what is locked leave for good, once the payout is final."""

    def write() -> None:
        row = lock_withdrawal(withdrawal.pk)
        terms = RailAsset.objects.filter(rail_id=row.rail_id, asset_id=row.asset_id).first()
        needed = terms.confirmations_needed if terms else 1
        if row.state == _W.SENT and (payout.is_final or payout.confirmations >= needed):
            ask_to_confirm(row)

    surely(write)


def note_waiting(withdrawal: Withdrawal, waits_for: str) -> None:
    """Note what an approved one waits for; staff are alarmed when it begins to wait for money."""
    if withdrawal.waits_for == waits_for:
        return
    changed = Withdrawal.objects.filter(pk=withdrawal.pk, state=_W.APPROVED).update(waits_for=waits_for)
    if changed and waits_for == HOT_WALLET_LOW:
        asset = withdrawal.asset.symbol
        alarm(
            withdrawal,
            fingerprint=f"hot wallet low:{withdrawal.rail_id}:{asset}",
            description=f"Payouts of {asset} wait: the hot wallet of {withdrawal.rail_id} has too little.",
        )


def mark(withdrawal: Withdrawal, waits_for: str) -> None:
    """Note something about a payout that is under way, if its state is still what it was."""
    Withdrawal.objects.filter(pk=withdrawal.pk, state=withdrawal.state).update(waits_for=waits_for)


def is_being_ended(withdrawal: Withdrawal) -> bool:
    """Whether the balance processor has been asked to confirm or to give back, and has not answered yet."""
    outcomes = OperationOutcome.objects.values("operation_id")
    asked = BalanceOperation.objects.filter(
        account_id=withdrawal.account_id,
        kind__in=[OperationKind.WITHDRAW_CONFIRM, OperationKind.WITHDRAW_REJECT],
        pk__gt=withdrawal.pk,
        request_id__in=[f"{state.lower()}:{withdrawal.pk}:{_changes(withdrawal)}" for state in FINAL_STATES],
    )
    return asked.exclude(pk__in=outcomes).exists()


def why_restricted(withdrawal: Withdrawal) -> ReviewReason | None:
    """Why staff have to look at one that had been approved: what was decided about its account since."""
    user = withdrawal.account.user
    assert user is not None
    if not user.is_active or user.state in (AccountState.WITHDRAW_FROZEN, AccountState.CLOSED):
        return ReviewReason.ACCOUNT_RESTRICTED
    return None if user.kyc_status == KycStatus.APPROVED else ReviewReason.IDENTITY_NOT_APPROVED


def last_change_at(withdrawal: Withdrawal) -> datetime:
    """When it changed its state last."""
    transition = WithdrawalTransition.objects.filter(withdrawal=withdrawal).order_by("-pk").first()
    return transition.at if transition else withdrawal.requested_at


def origin_of_rail(withdrawal: Withdrawal) -> str:
    """Under which name what a rail says is in the log."""
    return f"rail:{withdrawal.rail_id}"


def alarm(withdrawal: Withdrawal, *, fingerprint: str, description: str, severity: Severity = Severity.HIGH) -> None:
    """Have staff look at it."""
    now = timezone.now()
    record_risk_event(
        event_type=RiskEventType.WITHDRAWAL,
        severity=severity,
        fingerprint=fingerprint,
        description=description,
        first_seen_at=now,
        last_seen_at=now,
        metadata={"withdrawals": [str(withdrawal.pk)]},
        asset=withdrawal.asset.symbol,
    )


def ask_to_confirm(withdrawal: Withdrawal) -> None:
    """Have what is locked leave for good. Asked again, also with another fee, it is the first operation."""
    origin = origin_of_rail(withdrawal)
    request_id = f"confirmed:{withdrawal.pk}:{_changes(withdrawal)}"
    if BalanceOperation.objects.filter(origin=origin, request_id=request_id).exists():
        return
    request_operation(
        origin=origin,
        message=WithdrawConfirm(
            request_id=request_id,
            asset=withdrawal.asset.symbol,
            amount=withdrawal.amount,
            account_id=withdrawal.account_id,
            rail=withdrawal.rail_id,
            withdrawal_id=withdrawal.pk,
            fee=withdrawal.fee,
            external_tx_id=withdrawal.external_tx_id,
            network_fee=withdrawal.network_fee or Decimal(0),
        ),
    )


def surely(write: Callable[[], None]) -> None:
    """Write it down in a database transaction of its own, trying again where the session was lost."""
    for left in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                write()
        except (OperationalError, InterfaceError):
            if not left:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _changes(withdrawal: Withdrawal) -> int:
    return WithdrawalTransition.objects.filter(withdrawal=withdrawal).count()


def _alarm_paid_after_refund(withdrawal: Withdrawal, payout: Payout) -> None:
    alarm(
        withdrawal,
        fingerprint=f"paid after refund:{withdrawal.pk}",
        description=(
            f"Withdrawal {withdrawal.pk} was given back, and the rail says it was paid: {payout.external_tx_id[:90]}"
        ),
        severity=Severity.CRITICAL,
    )


def _set(withdrawal: Withdrawal, **fields: object) -> None:
    for name, value in fields.items():
        setattr(withdrawal, name, value)
    withdrawal.save(update_fields=list(fields))
