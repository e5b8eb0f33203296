"""Moves between a rail's own wallets: made at the rail once, and booked when they are confirmed.

A move is a `SweepProposal` row first and a transaction of the rail second. Its id at the rail is made of the row, so
whatever is repeated after a crash or a time-out moves once.
"""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from wallet.core.amounts import rounded_down
from wallet.core.operations import Sweep
from wallet.core.states import DepositState
from wallet.models import BalanceOperation, Deposit, SweepProposal
from wallet.rails.protocol import Payout, RailAdapter
from wallet.services.operations import request_operation

INCOMING, HOT, COLD = "incoming", "hot", "cold"


def move_at_rail(move: SweepProposal, adapter: RailAdapter) -> Payout | None:
    """The move as the rail has it: made now, or asked after. Not to be called in a database transaction.

    Raises PayoutRefused, PayoutUnknown, RailUnavailable.
    """
    asset, move_id = move.asset.symbol, f"sweep{move.pk}"
    if move.external_tx_id:
        return adapter.look_up(payout_id=move_id, external_tx_id=move.external_tx_id, asset=asset)
    made = adapter.move(
        move_id=move_id, asset=asset, from_wallet=move.from_wallet, to_wallet=move.to_wallet, amount=move.amount
    )
    move.external_tx_id = made.external_tx_id
    move.save(update_fields=["external_tx_id"])
    return made


def book_move(move: SweepProposal, *, network_fee: Decimal, origin: str) -> BalanceOperation:
    """Have the processor book a move that is final, and close it; `network_fee` in units of the asset."""
    rail = move.rail
    with transaction.atomic():
        operation = request_operation(
            origin=origin,
            message=Sweep(
                request_id=f"sweep:{move.pk}",
                asset=move.asset.symbol,
                amount=move.amount,
                rail=rail.code,
                from_purpose=rail.custody_purpose(move.from_wallet),
                to_purpose=rail.custody_purpose(move.to_wallet),
                network_fee=network_fee,
                external_tx_id=move.external_tx_id,
            ),
        )
        if move.from_wallet == INCOMING:
            carried = Deposit.objects.filter(
                rail=rail,
                asset=move.asset,
                state=DepositState.CREDITED,
                swept_operation_id=None,
                credited_at__lte=move.proposed_at,
            )
            locked = carried.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True)
            Deposit.objects.filter(pk__in=list(locked)).update(swept_operation_id=operation.pk)
        move.done_at, move.operation_id = timezone.now(), operation.pk
        move.save(update_fields=["done_at", "operation_id", "external_tx_id"])
    return operation


def sendable(amount: Decimal, *, decimals: int) -> Decimal:
    """The most that is not more than `amount` and that the rail can carry; zero where it is below zero."""
    return rounded_down(max(amount, Decimal(0)), decimals)
