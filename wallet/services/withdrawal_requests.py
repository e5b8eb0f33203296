"""What a user asks for before anything is locked: checked at once, written down, and waiting for the second factor."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from kernel.units import plain, to_atoms
from ledger.errors import IdempotencyConflict, InsufficientBalance
from ledger.selectors import available_balance
from wallet import errors
from wallet.core.addresses import Destination
from wallet.core.withdrawal_rules import Verdict
from wallet.models import RailAsset, RailKind, SavedAddress, Withdrawal
from wallet.rails.protocol import RailUnavailable
from wallet.rails.registry import adapter_of
from wallet.selectors.switches import is_stopped, switches_on
from wallet.services.address_book import find_or_save_first, read_destination, terms_of_network
from wallet.services.checks import check_withdrawal
from wallet.services.destinations import destination_of
from wallet.services.prices import reference_value
from wallet.services.screening import screen_address
from wallet.services.transitions import tell_state
from wallet.withdrawal_texts import REFUSALS

_LARGEST_VALUE = Decimal("99999999999999999999.99999999")
"""What the column of values has room for. No limit can be more, so what is worth more is above it all the same."""


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
    _require_elsewhere(terms, destination)
    value = reference_value(asset=terms.asset, amount=request.amount, at=at)
    if value is not None:
        value = min(value, _LARGEST_VALUE)
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
            _raise_refusal(check_withdrawal(withdrawal, at=at))
            _require_balance(withdrawal)
            tell_state(withdrawal, template="withdrawal_requested")
    except IntegrityError:
        # The same request at the same moment: the other one was first.
        earlier = _earlier(account_id, request)
        if earlier is None:
            raise
        return earlier, False
    return withdrawal, True


def _raise_refusal(verdict: Verdict) -> None:
    """Raise the error that belongs to a refusal; nothing for what is approved or goes to review."""
    if verdict.code:
        raise REFUSALS[verdict.code](details=verdict.details)


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


def _require_elsewhere(terms: RailAsset, destination: Destination) -> None:
    """Raises AddressIsOurs. A rail that does not answer is no reason to refuse: it looks again before it sends."""
    try:
        is_ours = adapter_of(terms.rail).is_own_wallet(destination.address)
    except RailUnavailable:
        return
    if is_ours:
        raise errors.AddressIsOurs


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
    above = settings.TRAVEL_RULE_ABOVE if value is None or value > Decimal(settings.TRAVEL_RULE_ABOVE) else None
    if above is not None:
        needed |= {
            "originator.name": kept.get("originator", {}).get("name"),
            "beneficiary.name": kept.get("beneficiary", {}).get("name"),
            "purpose": kept.get("purpose"),
        }
    missing = [name for name, text in needed.items() if not text]
    if missing:
        raise errors.TravelRuleRequired(fields=missing, above=above)
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
