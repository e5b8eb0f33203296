"""Transfers between two users of the exchange: at once, without a network and without a fee.

For the sender a transfer is a way out like any other: it needs the second factor, and whoever may not withdraw may not
transfer either. Whoever received it takes it out under limits of their own.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from accounts.errors import AccountClosed
from accounts.models import AccountState, KycStatus, User
from accounts.second_factor.models import Purpose
from accounts.second_factor.selectors import withdrawals_held_until
from accounts.second_factor.services import send_email_code, verify_second_factor
from kernel.errors import BourseError
from kernel.units import plain, to_atoms
from ledger.errors import IdempotencyConflict, InsufficientBalance
from ledger.models import Account, AccountKind
from ledger.selectors import asset_by_symbol, available_balance
from wallet import errors
from wallet.core.operations import InternalTransfer
from wallet.models import BalanceOperation, OperationOutcome
from wallet.services.operations import request_operation, wait_for_outcome
from wallet.services.repeats import made_meanwhile
from wallet.services.withdrawals import WAIT_SECONDS, origin_of

MAX_NOTE_LENGTH = 140
_REFUSALS: dict[str, type[BourseError]] = {
    error.code: error for error in (InsufficientBalance, AccountClosed, errors.WithdrawalsFrozen)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRequest:
    """What a user asks for: `amount` units of the asset to the user of that name."""

    request_id: str
    asset: str
    amount: Decimal
    to: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class TransferReceipt:
    """A transfer in the log of funds. `is_done` is False while the balance processor has not got to it."""

    id: int
    request: TransferRequest
    is_done: bool
    accepted_at: datetime
    is_repeat: bool


def transfer(
    *, user: User, account_id: int, request: TransferRequest, code: str, email_code: str = ""
) -> TransferReceipt:
    """Move money to another user. A repeat of the same request moves nothing again and needs no new code.

    Raises IdempotencyConflict for other content under the same request id, WithdrawalsFrozen, IdentityNotApproved,
    WithdrawalsHeld, RecipientUnknown, TransferToSelf, UnknownAsset, TooManyDecimals, InsufficientBalance, AccountClosed
    for a recipient whose account was closed this moment, and as `verify_second_factor`; then nothing moved.
    """
    message = _message(account_id, request)
    origin = origin_of(user)

    def earlier() -> BalanceOperation | None:
        return BalanceOperation.objects.filter(origin=origin, request_id=message.request_id).first()

    operation = earlier()
    is_repeat = operation is not None
    if operation is None:
        try:
            _require_may_send(user)
            _require_may_receive(message.to_account_id)
            _require_balance(account_id, request)
            verify_second_factor(
                user=user,
                code=code,
                purpose=Purpose.WITHDRAWAL,
                email_code=email_code,
                subject_id=_log_id(request.request_id),
            )
        except BourseError as refusal:
            operation, is_repeat = made_meanwhile(earlier, refusal), True
        else:
            operation = request_operation(origin=origin, message=message)
    if bytes(operation.input_hash) != message.input_hash():
        raise IdempotencyConflict(details={"request_id": request.request_id})
    outcome = wait_for_outcome(operation_id=operation.pk, seconds=WAIT_SECONDS)
    _raise_refusal(outcome)
    return TransferReceipt(operation.pk, request, outcome is not None, operation.accepted_at, is_repeat)


def send_transfer_code(*, user: User, request_id: str) -> datetime:
    """Send a code by e-mail for the transfer under this request id; when it expires. Raises as `send_email_code`."""
    return send_email_code(
        user=user, purpose=Purpose.WITHDRAWAL, subject_id=_log_id(request_id), what="transfer to another user"
    )


def _log_id(request_id: str) -> str:
    """A transfer as the log of funds and codes by e-mail name it: no withdrawal is called the same."""
    return f"transfer:{request_id}"


def _message(account_id: int, request: TransferRequest) -> InternalTransfer:
    asset = asset_by_symbol(request.asset)
    to_atoms(request.amount, asset.scale)
    found = Account.objects.filter(kind=AccountKind.USER, user__username__iexact=request.to).first()
    if found is None:
        raise errors.RecipientUnknown
    if found.pk == account_id:
        raise errors.TransferToSelf
    return InternalTransfer(
        request_id=_log_id(request.request_id),
        asset=asset.symbol,
        amount=request.amount,
        account_id=account_id,
        to_account_id=found.pk,
        note=request.note,
    )


def _require_may_send(asking: User) -> None:
    # Read anew: what staff have just frozen counts.
    user = User.objects.get(pk=asking.pk)
    if user.state == AccountState.CLOSED:
        raise AccountClosed
    if user.state == AccountState.WITHDRAW_FROZEN:
        raise errors.WithdrawalsFrozen
    if user.kyc_status != KycStatus.APPROVED:
        raise errors.IdentityNotApproved
    held_until = withdrawals_held_until(user)
    if held_until is not None and timezone.now() < held_until:
        raise errors.WithdrawalsHeld(details={"until": held_until.isoformat(timespec="seconds")})


def _require_may_receive(account_id: int) -> None:
    user = User.objects.get(account=account_id)
    if user.state == AccountState.CLOSED or not user.is_active:
        raise errors.RecipientUnknown


def _require_balance(account_id: int, request: TransferRequest) -> None:
    """Before a code is used up; what counts is what the processor finds."""
    asset = asset_by_symbol(request.asset)
    available = available_balance(account_id=account_id, asset_id=asset.pk)
    if available < request.amount:
        raise InsufficientBalance(
            details={"asset": asset.symbol, "required": plain(request.amount), "available": plain(available)}
        )


def _raise_refusal(outcome: OperationOutcome | None) -> None:
    if outcome is not None and outcome.code:
        refusal = _REFUSALS.get(outcome.code, BourseError)
        raise refusal(details=outcome.detail)
