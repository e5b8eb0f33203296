"""What becomes of a confirmed report of a deposit: credited, looked at by staff, or kept until it is covered.

How much a reporter's word is worth depends on what else there is. A payment processor's rail has nothing but reports.
Other rails say by themselves what came in: one with a list of it has to have the deposit in the list, and on a chain
the walk along its blocks decides alone.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from accounts.models import AccountState
from kernel.units import EXACT
from ledger.models import Asset
from wallet.core import operations
from wallet.core.operations import Party
from wallet.models import BalanceOperation, Deposit, IngestReport, Rail, RailAsset, RailKind
from wallet.rails.protocol import RailUnavailable
from wallet.rails.registry import adapter_of
from wallet.selectors.reports import NOT_COVERED, spoken_for
from wallet.services.operations import request_operation

NEEDS_FOUR_EYES = "NEEDS_FOUR_EYES"
UNKNOWN_OWNER = "UNKNOWN_OWNER"
BELOW_MINIMUM = "BELOW_MINIMUM"
ASSET_DISABLED = "ASSET_DISABLED"
ACCOUNT_CLOSED = "ACCOUNT_CLOSED"
LISTED_WITHIN = timedelta(days=30)
"""How far back a rail's list is read for a deposit that was reported."""


@dataclass(frozen=True, slots=True)
class RailsWord:
    """What a rail said of an asset when it was asked, and what the books said just before."""

    holds: Decimal
    spoken_for: Decimal
    listed: frozenset[tuple[str, int, Decimal]] | None
    """Transaction, output and amount of what came in; None where reports are all there is."""

    def left(self, spoken_for_now: Decimal) -> Decimal:
        """What there is to give out, by the worse of two looks at the books."""
        return EXACT.subtract(self.holds, max(self.spoken_for, spoken_for_now))


def is_walked(rail: Rail) -> bool:
    """Whether the rail is a chain: what came in there is read from its blocks, and nobody's word counts."""
    try:
        return adapter_of(rail).has_blocks
    except RailUnavailable:
        return False


def ask_rail(rail: Rail, asset: Asset) -> RailsWord:
    """What the rail holds, all wallets together. Not to be called in a database transaction. Raises RailUnavailable."""
    adapter = adapter_of(rail)
    before = spoken_for(rail=rail, asset=asset)
    total = Decimal(0)
    for amount in adapter.balance(asset.symbol).values():
        total = EXACT.add(total, amount)
    if rail.kind == RailKind.PROCESSOR:
        return RailsWord(total, before, None)
    movements = adapter.movements(asset.symbol, since=timezone.now() - LISTED_WITHIN)
    return RailsWord(total, before, frozenset((one.external_tx_id, one.output_index, one.amount) for one in movements))


def settle_report(deposit: Deposit, terms: RailAsset, word: RailsWord | None, *, value: Decimal | None) -> None:
    """Ask the processor to credit it, or to take it into suspense; or leave it pending where it is not covered.

    The rail was asked before; without its `word` nothing is covered. `value` is of now, in the reference asset. The
    caller holds the rail's lock, so that no two deposits use the same cover.
    """
    if is_requested(deposit):
        return
    if word is None or not _is_covered(deposit, word):
        _note(deposit, NOT_COVERED)
        return
    reason = why_not_credited(deposit, terms)
    if not reason and _needs_four_eyes(deposit, value):
        reason = NEEDS_FOUR_EYES
    book_deposit(deposit, reason)


def book_deposit(deposit: Deposit, reason: str) -> None:
    """Ask the processor to credit a deposit, or, with a reason, to take it into suspense. Call it in a transaction."""
    message: operations.Message
    common: dict[str, Any] = {
        "request_id": booking_id(deposit),
        "asset": deposit.asset.symbol,
        "amount": deposit.amount,
        "rail": deposit.rail_id,
        "external_tx_id": deposit.external_tx_id,
        "output_index": deposit.output_index,
    }
    if reason:
        message = operations.Suspense(**common, deposit_id=deposit.pk, reason=reason)
    else:
        message = operations.Deposit(
            **common,
            account_id=int(deposit.account_id or 0),
            confirmations=deposit.confirmations,
            source=Party(**deposit.source),
        )
    _note(deposit, reason)
    request_operation(origin=f"rail:{deposit.rail_id}", message=message)


def booking_id(deposit: Deposit) -> str:
    """The id under which the processor is asked for it, once."""
    return f"deposit:{deposit.rail_id}:{deposit.external_tx_id}:{deposit.output_index}"


def is_requested(deposit: Deposit) -> bool:
    """Whether the processor was asked already; what it was told then stays."""
    asked = BalanceOperation.objects.filter(origin=f"rail:{deposit.rail_id}", request_id=booking_id(deposit))
    return asked.exists()


def why_not_credited(deposit: Deposit, terms: RailAsset) -> str:
    """Why a deposit may not be credited without somebody looking at it; empty where it may."""
    if deposit.account is None or deposit.account.user is None:
        return UNKNOWN_OWNER
    if not (deposit.asset.is_enabled and terms.deposits_enabled):
        return ASSET_DISABLED
    if deposit.account.user.state == AccountState.CLOSED:
        return ACCOUNT_CLOSED
    return BELOW_MINIMUM if deposit.amount < terms.min_deposit else ""


def _is_covered(deposit: Deposit, word: RailsWord) -> bool:
    output = (deposit.external_tx_id, deposit.output_index, deposit.amount)
    if word.listed is not None and output not in word.listed:
        return False
    # While the rail was asked, and before this had its turn, the books may have changed.
    return word.left(spoken_for(rail=deposit.rail, asset=deposit.asset, apart_from=deposit)) >= deposit.amount


def _needs_four_eyes(deposit: Deposit, value: Decimal | None) -> bool:
    """By the strictest of the keys that spoke of it, and by the highest price.

    In any case if the cap could not count it, or if all of these keys were revoked meanwhile.
    """
    spoken = IngestReport.objects.filter(deposit=deposit).aggregate(
        threshold=Min("grant__four_eyes_above"),
        counted=Max("value"),
        good_keys=Count("pk", filter=Q(grant__api_key__revoked_at=None)),
    )
    if value is None or not spoken["counted"] or not spoken["good_keys"]:
        return True
    return bool(max(value, spoken["counted"]) > spoken["threshold"])


def _note(deposit: Deposit, reason: str) -> None:
    if deposit.reason != reason:
        deposit.reason = reason
        deposit.save(update_fields=["reason"])
