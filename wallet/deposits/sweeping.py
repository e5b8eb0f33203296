"""Moving deposits from the users' addresses to the wallet that pays, `incoming` to `hot`; and moves staff decided.

Once a move is confirmed, the processor books it with the fee that it did cost, and the deposits it carried count as
swept. What staff have not decided about stays where it is: money in suspense, and deposits that are held. Rails that
cannot move between wallets, or cannot promise to do it once, are left alone.
"""

import logging
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from kernel.units import EXACT
from storage.session_locks import only_one
from wallet.core.states import DepositState
from wallet.deposits import alarms
from wallet.deposits.cursors import displaced_of
from wallet.deposits.locks import SWEEPING
from wallet.deposits.moves import HOT, INCOMING, book_move, move_at_rail, sendable
from wallet.models import Deposit, KillSwitch, OperationOutcome, Rail, RailAsset, SweepProposal
from wallet.rails.protocol import PayoutRefused, PayoutUnknown, RailAdapter, RailUnavailable
from wallet.rails.registry import adapter_of
from wallet.selectors.rails import held_by_wallet
from wallet.services.moves import propose_moves
from wallet.services.switches import EVERYTHING, scope_of_asset, scope_of_rail

log = logging.getLogger(__name__)

TIMES_THE_FEE = 20
"""A sweep is worth its fee when it carries at least so many times as much."""
STUCK_AFTER = timedelta(minutes=15)


def sweep_rail(*, rail_code: str, adapter: RailAdapter | None = None) -> None:
    """One round over the rail's assets: go on with what was begun, begin what is worth it, propose the rest to staff.

    Raises RailUnavailable where the rail does not say what its wallets hold.
    """
    with only_one(SWEEPING, rail_code) as is_mine:
        rail = Rail.objects.get(pk=rail_code)
        if not is_mine or rail.payouts_frozen_reason or not rail.is_enabled:
            return
        asked = adapter or adapter_of(rail)
        moves_once = asked.has_blocks and asked.is_payout_idempotent
        for offer in RailAsset.objects.filter(rail=rail).select_related("asset", "rail"):
            if moves_once and not _is_stopped(offer):
                _sweep(offer, asked)
            if offer.hot_target > 0:
                propose_moves(offer=offer, balances=asked.balance(offer.asset.symbol))


def _is_stopped(offer: RailAsset) -> bool:
    scopes = (EVERYTHING, scope_of_rail(offer.rail_id), scope_of_asset(offer.asset.symbol))
    return KillSwitch.objects.filter(scope__in=scopes, is_on=True).exists()


def _sweep(offer: RailAsset, adapter: RailAdapter) -> None:
    begun = _begun(offer)
    if not any(move.from_wallet == INCOMING for move in begun):
        begun += _begin(offer)
    for move in begun:
        _go_on(move, offer, adapter)


def _begun(offer: RailAsset) -> list[SweepProposal]:
    """Sweeps by the exchange itself, and moves that somebody of the staff has decided."""
    decided = SweepProposal.objects.filter(Q(from_wallet=INCOMING) | Q(done_by__isnull=False))
    return list(decided.filter(rail=offer.rail, asset=offer.asset, done_at=None).select_related("asset", "rail"))


def _go_on(move: SweepProposal, offer: RailAsset, adapter: RailAdapter) -> None:
    name, at = f"{move.from_wallet} to {move.to_wallet}", timezone.now()
    try:
        made = move_at_rail(move, adapter)
    except PayoutRefused as refusal:
        SweepProposal.objects.filter(pk=move.pk, external_tx_id="").update(done_at=at)
        alarms.move_stuck(offer.rail, asset=offer.asset.symbol, name=name, reason=refusal.text, at=at)
        return
    except (PayoutUnknown, RailUnavailable) as problem:
        log.warning("a move of %s on %s waits: %s", offer.asset.symbol, offer.rail_id, problem.__cause__ or problem)
        made = None
    if made is not None and made.network_fee is not None and made.confirmations >= offer.confirmations_needed:
        book_move(move, network_fee=made.network_fee, origin=f"rail:{offer.rail_id}")
    elif move.proposed_at < at - STUCK_AFTER:
        reason = "it is not confirmed yet" if move.external_tx_id else "it could not be sent yet"
        alarms.move_stuck(offer.rail, asset=offer.asset.symbol, name=name, reason=reason, at=_quarter_hour(at))


def _begin(offer: RailAsset) -> list[SweepProposal]:
    """A new sweep where one is worth it."""
    # What users pay for a payout covers what the network takes, which comes out of what stays behind.
    reserve = offer.withdrawal_fee
    worth = max(offer.min_withdrawal, EXACT.multiply(reserve, Decimal(TIMES_THE_FEE)))
    with transaction.atomic():
        rail = Rail.objects.select_for_update(no_key=True).get(pk=offer.rail_id)
        held = held_by_wallet(rail=rail, asset=offer.asset).get(INCOMING, Decimal(0))
        free = EXACT.subtract(held, reserve)
        if free <= 0 or free < worth or displaced_of(rail) or _is_being_booked(offer):
            return []
        amount = sendable(EXACT.subtract(free, _undecided(offer)), decimals=offer.send_decimals)
        if amount <= 0 or amount < worth:
            return []
        return [
            SweepProposal.objects.create(
                rail=rail, asset=offer.asset, from_wallet=INCOMING, to_wallet=HOT, amount=amount
            )
        ]


def _is_being_booked(offer: RailAsset) -> bool:
    """Has the processor not yet booked the last sweep? The books still have what it took away."""
    last = (
        SweepProposal.objects.filter(rail=offer.rail, asset=offer.asset, from_wallet=INCOMING).order_by("-pk").first()
    )
    if last is None or last.operation_id is None:
        return False
    return not OperationOutcome.objects.filter(pk=last.operation_id).exists()


def _undecided(offer: RailAsset) -> Decimal:
    rows = Deposit.objects.filter(
        rail=offer.rail, asset=offer.asset, state__in=[DepositState.SUSPENSE, DepositState.HELD]
    )
    return rows.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def _quarter_hour(moment: datetime) -> datetime:
    """The same moment for a quarter of an hour: an alarm that is repeated with every round would only count up."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
