"""Moving deposits from the users' addresses to the wallet that pays: `incoming` to `hot`.

A move is a row first and a chain transaction second: its id at the rail is made of the row, so whatever is repeated
after a crash or a time-out moves once. Once it is confirmed, the processor books it with the fee that it did cost, and
the deposits it carried count as swept.

What staff have not decided about stays where it is: money in suspense, and deposits that are held. Rails that cannot
move between wallets, or cannot promise to do it once, are left alone.
"""

import logging
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from kernel.units import EXACT, from_atoms
from wallet.core.operations import Sweep
from wallet.core.states import DepositState
from wallet.deposits import alarms
from wallet.deposits.cursors import displaced_of
from wallet.deposits.locks import SWEEPING, only_one
from wallet.models import Deposit, KillSwitch, OperationOutcome, Rail, RailAsset, SweepProposal
from wallet.rails.protocol import Payout, PayoutRefused, PayoutUnknown, RailAdapter, RailUnavailable
from wallet.rails.registry import adapter_of
from wallet.selectors.rails import held_by_wallet
from wallet.services.operations import request_operation
from wallet.services.switches import EVERYTHING, scope_of_asset, scope_of_rail

log = logging.getLogger(__name__)

INCOMING, HOT = "incoming", "hot"
TIMES_THE_FEE = 20
"""A move is worth its fee when it carries at least so many times as much."""
STUCK_AFTER = timedelta(minutes=15)


def sweep_rail(*, rail_code: str, adapter: RailAdapter | None = None) -> None:
    """One round over the rail's assets: begin what is worth it, go on with what was begun."""
    with only_one(SWEEPING, rail_code) as is_mine:
        rail = Rail.objects.get(pk=rail_code)
        if not is_mine or rail.payouts_frozen_reason or not rail.is_enabled:
            return
        asked = adapter or adapter_of(rail)
        if not (asked.has_blocks and asked.is_payout_idempotent):
            return
        for offer in RailAsset.objects.filter(rail=rail).select_related("asset", "rail"):
            if not _is_stopped(offer):
                _sweep(offer, asked)


def _is_stopped(offer: RailAsset) -> bool:
    scopes = (EVERYTHING, scope_of_rail(offer.rail_id), scope_of_asset(offer.asset.symbol))
    return KillSwitch.objects.filter(scope__in=scopes, is_on=True).exists()


def _sweep(offer: RailAsset, adapter: RailAdapter) -> None:
    begun = SweepProposal.objects.filter(
        rail=offer.rail, asset=offer.asset, from_wallet=INCOMING, to_wallet=HOT, done_at=None
    ).first()
    move = begun or _begin(offer)
    if move is None:
        return
    try:
        made = _made(move, offer, adapter)
    except PayoutRefused as refusal:
        SweepProposal.objects.filter(pk=move.pk, external_tx_id="").update(done_at=timezone.now())
        alarms.sweep_stuck(offer.rail, asset=offer.asset.symbol, reason=refusal.text, at=timezone.now())
        return
    except (PayoutUnknown, RailUnavailable) as problem:
        log.warning("a sweep of %s on %s waits: %s", offer.asset.symbol, offer.rail_id, problem.__cause__ or problem)
        made = None
    if made is not None and made.network_fee is not None and made.confirmations >= max(offer.confirmations, 1):
        _book(move, offer, made.network_fee)
    elif move.proposed_at < timezone.now() - STUCK_AFTER:
        reason = "it is not confirmed yet" if move.external_tx_id else "it could not be sent yet"
        alarms.sweep_stuck(offer.rail, asset=offer.asset.symbol, reason=reason, at=_quarter_hour(timezone.now()))


def _begin(offer: RailAsset) -> SweepProposal | None:
    """A new move of what is worth it; None where nothing is."""
    with transaction.atomic():
        rail = Rail.objects.select_for_update(no_key=True).get(pk=offer.rail_id)
        # What the network takes is ours to pay, and is paid out of what comes after the amount.
        free = EXACT.subtract(held_by_wallet(rail=rail, asset=offer.asset).get(INCOMING, Decimal(0)), _reserve(offer))
        worth = max(offer.min_withdrawal, EXACT.multiply(_reserve(offer), Decimal(TIMES_THE_FEE)))
        if free <= 0 or free < worth or displaced_of(rail) or _is_being_booked(offer):
            return None
        free = EXACT.subtract(free, _undecided(offer))
        steps = int(EXACT.divmod(max(free, Decimal(0)), from_atoms(1, offer.send_decimals))[0])
        amount = from_atoms(steps, offer.send_decimals)
        if amount <= 0 or amount < worth:
            return None
        return SweepProposal.objects.create(
            rail=rail, asset=offer.asset, from_wallet=INCOMING, to_wallet=HOT, amount=amount
        )


def _is_being_booked(offer: RailAsset) -> bool:
    """Has the processor not yet booked the last move? The books still have what it took away."""
    last = (
        SweepProposal.objects.filter(rail=offer.rail, asset=offer.asset, from_wallet=INCOMING).order_by("-pk").first()
    )
    if last is None or last.operation_id is None:
        return False
    return not OperationOutcome.objects.filter(pk=last.operation_id).exists()


def _reserve(offer: RailAsset) -> Decimal:
    # What users pay for a payout is set so that it covers the network's fee.
    return offer.withdrawal_fee


def _undecided(offer: RailAsset) -> Decimal:
    rows = Deposit.objects.filter(
        rail=offer.rail, asset=offer.asset, state__in=[DepositState.SUSPENSE, DepositState.HELD]
    )
    return rows.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def _made(move: SweepProposal, offer: RailAsset, adapter: RailAdapter) -> Payout | None:
    """The move at the rail: made now, or asked after. Raises PayoutRefused, PayoutUnknown, RailUnavailable."""
    asset, move_id = offer.asset.symbol, f"sweep{move.pk}"
    if move.external_tx_id:
        return adapter.look_up(payout_id=move_id, external_tx_id=move.external_tx_id, asset=asset)
    made = adapter.move(move_id=move_id, asset=asset, from_wallet=INCOMING, to_wallet=HOT, amount=move.amount)
    move.external_tx_id = made.external_tx_id
    move.save(update_fields=["external_tx_id"])
    return made


def _book(move: SweepProposal, offer: RailAsset, network_fee: Decimal) -> None:
    rail = offer.rail
    with transaction.atomic():
        operation = request_operation(
            origin=f"rail:{rail.code}",
            message=Sweep(
                request_id=f"sweep:{move.pk}",
                asset=offer.asset.symbol,
                amount=move.amount,
                rail=rail.code,
                from_purpose=rail.custody_purpose(INCOMING),
                to_purpose=rail.custody_purpose(HOT),
                network_fee=network_fee,
                external_tx_id=move.external_tx_id,
            ),
        )
        carried = Deposit.objects.filter(
            rail=rail,
            asset=offer.asset,
            state=DepositState.CREDITED,
            swept_operation_id=None,
            credited_at__lte=move.proposed_at,
        )
        locked = carried.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True)
        Deposit.objects.filter(pk__in=list(locked)).update(swept_operation_id=operation.pk)
        move.done_at, move.operation_id = timezone.now(), operation.pk
        move.save(update_fields=["done_at", "operation_id"])


def _quarter_hour(moment: datetime) -> datetime:
    """The same moment for a quarter of an hour: an alarm that is repeated with every round would only count up."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
