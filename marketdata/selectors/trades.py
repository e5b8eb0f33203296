"""Trades as everybody sees them: no side has a name."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from matching.engine.types import Side
from matching.models import Trade


@dataclass(frozen=True, slots=True)
class PublicTrade:
    """`number` is gapless within the market, from 1. Amounts in units."""

    id: int
    number: int
    price: Decimal
    quantity: Decimal
    quote_amount: Decimal
    taker_side: Side
    executed_at: datetime


def list_public_trades(*, market_id: int, first_id: int | None, before_id: int | None, limit: int) -> list[PublicTrade]:
    """The market's trades, newest first: ids from `first_id` on and below `before_id`."""
    rows = Trade.objects.filter(market_id=market_id)
    if first_id is not None:
        rows = rows.filter(id__gte=first_id)
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    columns = ("id", "number", "price", "quantity", "quote_amount", "taker_side", "executed_at")
    return [
        PublicTrade(identifier, number, price, quantity, quote_amount, Side(taker_side), executed_at)
        for identifier, number, price, quantity, quote_amount, taker_side, executed_at in rows.order_by(
            "-id"
        ).values_list(*columns)[:limit]
    ]
