"""What a user does with a withdrawal: ask for it, confirm it with the second factor, stop it.

Asking writes a row and locks nothing. The second factor is verified before anything is locked; then the balance
processor checks everything again and locks amount and fee. From there on only the processor moves the money, so
stopping a withdrawal asks it, too: of a stop and a payout at the same moment one finds the row in another state.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import AccountClosed
from accounts.models import User
from accounts.second_factor.models import Purpose
from accounts.second_factor.services import verify_second_factor
from kernel.errors import BourseError
from kernel.units import TooManyDecimals, plain, to_atoms
from ledger.errors import IdempotencyConflict, InsufficientBalance
from ledger.selectors import available_balance
from wallet import errors
from wallet.core.addresses import Destination
from wallet.core.operations import Withdraw, WithdrawReject
from wallet.core.states import TransitionNotAllowed, WithdrawalState, require_withdrawal_transition
from wallet.core.withdrawal_rules import Verdict
from wallet.models import BalanceOperation, RailAsset, RailKind, SavedAddress, Withdrawal, WithdrawalTransition
from wallet.selectors.switches import is_stopped, switches_on
from wallet.selectors.withdrawals import get_withdrawal
from wallet.services.address_book import find_or_save_first, read_destination, terms_of_network
from wallet.services.checks import check_withdrawal
from wallet.services.destinations import destination_of, party_of
from wallet.services.operations import request_operation, wait_for_outcome
from wallet.services.prices import reference_value
from wallet.services.screening import screen_address
from wallet.services.transitions import change_state, lock_withdrawal, tell_state

WAIT_SECONDS = 3.0
"""How long a request waits for the balance processor."""
UNVERIFIED_LIFETIME = timedelta(minutes=30)
"""A withdrawal that is not confirmed in that time is over: its price and its screening are those of its request."""
NOT_CONFIRMED = "It was not confirmed in time."

_REFUSALS: dict[str, type[BourseError]] = {
    error.code: error
    for error in (
        AccountClosed,
        TooManyDecimals,
        errors.WithdrawalsFrozen,
        errors.IdentityNotApproved,
        errors.WithdrawalsHeld,
        errors.WithdrawalsSuspended,
        errors.WithdrawalTooSmall,
        errors.TagRequired,
        errors.AddressNotSaved,
        errors.AddressCoolingOff,
        errors.WithdrawalRateExceeded,
        errors.WithdrawalLimitExceeded,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalRequest:
    """What a user asks for. `amount` in units is what arrives. Either `address_id` of the book or an address."""

    request_id: str
    asset: str
    network: str
    amount: Decimal
    address: str = ""
    tag: str = ""
    address_id: int | None = None
    travel_rule: Mapping[str, Any] = field(default_factory=dict)

    def input_hash(self) -> bytes:
        """Of everything but the request id: the same id with another hash is a conflict."""
        content = [
            self.asset,
            self.network,
            plain(self.amount),
            self.address.strip(),
            self.tag.strip(),
            self.address_id,
            dict(self.travel_rule),
        ]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), digest_size=32).digest()


def request_withdrawal(*, user: User, account_id: int, request: WithdrawalRequest) -> tuple[Withdrawal, bool]:
    """Write down what a user wants to withdraw, and whether it was written just now. Nothing is locked yet.

    A repeat of the same request returns the first row. Raises IdempotencyConflict for other content under the same
    request id; every refusal of `wallet.errors` and AddressInvalid, InsufficientBalance, TooManyDecimals; then nothing
    is written.
    """
    earlier = _earlier(account_id, request)
    if earlier is not None:
        return earlier, False
    at = timezone.now()
    terms = terms_of_network(asset=request.asset, network=request.network)
    if is_stopped(switches_on(), rail=terms.rail_id, asset=request.asset):
        raise errors.WithdrawalsSuspended
    to_atoms(request.amount, terms.asset.scale)
    destination = _destination(account_id, terms, request)
    value = reference_value(asset=terms.asset, amount=request.amount, at=at)
    screening = screen_address(network=terms.network, address=destination.address, tag=destination.tag, at=at)
    try:
        with transaction.atomic():
            saved = find_or_save_first(user=user, account_id=account_id, terms=terms, destination=destination, at=at)
            travel_rule = _travel_rule(terms, request, saved, value)
            withdrawal = Withdrawal.objects.create(
                account_id=account_id,
                asset=terms.asset,
                rail=terms.rail,
                request_id=request.request_id,
                input_hash=request.input_hash(),
                amount=request.amount,
                fee=terms.withdrawal_fee,
                address=destination.address,
                tag=destination.tag,
                destination=destination_of(terms, destination, travel_rule),
                reference_value=value,
                travel_rule=travel_rule,
                screening=screening,
                requested_at=at,
            )
            raise_refusal(check_withdrawal(withdrawal, at=at))
            _require_balance(withdrawal)
            tell_state(withdrawal, template="withdrawal_requested")
    except IntegrityError:
        # The same request at the same moment: the other one was first.
        earlier = _earlier(account_id, request)
        if earlier is None:
            raise
        return earlier, False
    return withdrawal, True


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
    verify_second_factor(
        user=user, code=code, purpose=Purpose.WITHDRAWAL, email_code=email_code, subject_id=str(withdrawal_id)
    )
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


def raise_refusal(verdict: Verdict) -> None:
    """Raise the error that belongs to a refusal; nothing for what is approved or goes to review."""
    if verdict.code:
        raise _REFUSALS[verdict.code](details=verdict.details)


def _earlier(account_id: int, request: WithdrawalRequest) -> Withdrawal | None:
    found = (
        Withdrawal.objects.select_related("asset", "rail")
        .filter(account_id=account_id, request_id=request.request_id)
        .first()
    )
    if found is not None and bytes(found.input_hash) != request.input_hash():
        raise IdempotencyConflict(details={"request_id": request.request_id})
    return found


def _destination(account_id: int, terms: RailAsset, request: WithdrawalRequest) -> Destination:
    """Where it goes, in the one spelling of its network."""
    if request.address_id is None:
        return read_destination(terms, address=request.address, tag=request.tag)
    saved = SavedAddress.objects.filter(
        pk=request.address_id, account_id=account_id, rail_id=terms.rail_id, deleted_at=None
    ).first()
    if saved is None:
        raise errors.SavedAddressNotFound
    # Another asset of the same rail may have addresses of another form.
    return read_destination(terms, address=saved.address, tag=saved.tag)


def _travel_rule(
    terms: RailAsset, request: WithdrawalRequest, saved: SavedAddress | None, value: Decimal | None
) -> dict[str, Any]:
    """What is kept for the Travel Rule; the book may know the beneficiary, whom a bank always asks for.

    Raises TravelRuleRequired.
    """
    kept = {name: part for name, part in dict(request.travel_rule).items() if part}
    if saved is not None and saved.beneficiary and "beneficiary" not in kept:
        kept["beneficiary"] = saved.beneficiary
    needed = {}
    if terms.rail.kind == RailKind.BANK:
        needed["beneficiary.name"] = kept.get("beneficiary", {}).get("name")
    if value is None or value > Decimal(settings.TRAVEL_RULE_ABOVE):
        needed |= {
            "originator.name": kept.get("originator", {}).get("name"),
            "beneficiary.name": kept.get("beneficiary", {}).get("name"),
            "purpose": kept.get("purpose"),
        }
    missing = [name for name, text in needed.items() if not text]
    if missing:
        raise errors.TravelRuleRequired(details={"fields": missing, "above": settings.TRAVEL_RULE_ABOVE})
    return kept


def _require_balance(withdrawal: Withdrawal) -> None:
    """To tell the user at once; what counts is what the processor finds."""
    required = withdrawal.amount + withdrawal.fee
    available = available_balance(account_id=withdrawal.account_id, asset_id=withdrawal.asset_id)
    if available < required:
        raise InsufficientBalance(
            details={
                "asset": withdrawal.asset.symbol,
                "required": plain(required),
                "available": plain(available),
            }
        )


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
