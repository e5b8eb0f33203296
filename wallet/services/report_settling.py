"""What becomes of a confirmed report of a deposit: credited, looked at by staff, or kept until it is covered."""

from decimal import Decimal
from typing import Any

from accounts.models import AccountState
from kernel.units import EXACT, plain
from ledger.models import Asset
from wallet.core import operations
from wallet.core.operations import Party
from wallet.core.states import WithdrawalState
from wallet.models import Deposit, IngestGrant, Rail, RailAsset
from wallet.notices import mail_user, tell_user
from wallet.rails.registry import adapter_of
from wallet.selectors.rails import credits_requested, held_by_books, sent_and_unbooked
from wallet.services.operations import request_operation

NOT_COVERED = "NOT_COVERED"
NEEDS_FOUR_EYES = "NEEDS_FOUR_EYES"
UNKNOWN_OWNER = "UNKNOWN_OWNER"
BELOW_MINIMUM = "BELOW_MINIMUM"
ASSET_DISABLED = "ASSET_DISABLED"
ACCOUNT_CLOSED = "ACCOUNT_CLOSED"


def settle_report(
    deposit: Deposit, grant: IngestGrant, terms: RailAsset, *, value: Decimal | None, rail_holds: Decimal
) -> None:
    """Ask the processor to credit it, or to take it into suspense; or leave it pending where it is not covered.

    `rail_holds` was asked before; the caller holds the rail's lock, so that no two deposits use the same cover.
    """
    asset, rail = deposit.asset, grant.rail
    left = EXACT.add(
        EXACT.subtract(rail_holds, held_by_books(rail=rail, asset=asset)),
        sent_and_unbooked(rail=rail, asset=asset, states=(WithdrawalState.SENT,)),
    )
    if EXACT.subtract(left, credits_requested(rail=rail, asset=asset)) < deposit.amount:
        _note(deposit, NOT_COVERED)
        return
    reason = why_not_credited(deposit, terms)
    if not reason and (value is None or value > grant.four_eyes_above):
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


def why_not_credited(deposit: Deposit, terms: RailAsset) -> str:
    """Why a deposit may not be credited without somebody looking at it; empty where it may."""
    if deposit.account is None or deposit.account.user is None:
        return UNKNOWN_OWNER
    if not (deposit.asset.is_enabled and terms.deposits_enabled):
        return ASSET_DISABLED
    if deposit.account.user.state == AccountState.CLOSED:
        return ACCOUNT_CLOSED
    return BELOW_MINIMUM if deposit.amount < terms.min_deposit else ""


def rail_holds_now(rail: Rail, asset: Asset) -> Decimal:
    """What the rail itself says it holds of an asset, all wallets together. Raises RailUnavailable."""
    total = Decimal(0)
    for amount in adapter_of(rail).balance(asset.symbol).values():
        total = EXACT.add(total, amount)
    return total


def tell_seen(deposit: Deposit) -> None:
    """Tell the user, if there is one, that money is on its way."""
    if deposit.account is None or deposit.account.user is None:
        return
    content = {
        "id": str(deposit.pk),
        "asset": deposit.asset.symbol,
        "amount": plain(deposit.amount),
        "state": str(deposit.state),
        "reason": "",
        "rail": deposit.rail_id,
        "external_tx_id": deposit.external_tx_id,
        "output_index": deposit.output_index,
    }
    tell_user(account_id=deposit.account.pk, cause_id=deposit.pk, event="deposit", content=content)
    mail_user(
        user=deposit.account.user,
        template="deposit_seen",
        context={
            "deposit_id": str(deposit.pk),
            "asset": deposit.asset.symbol,
            "amount": plain(deposit.amount),
            "rail": deposit.rail_id,
            "external_tx_id": deposit.external_tx_id,
            "reason": "",
        },
    )


def _note(deposit: Deposit, reason: str) -> None:
    if deposit.reason != reason:
        deposit.reason = reason
        deposit.save(update_fields=["reason"])
