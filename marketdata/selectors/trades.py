"""Trades as everybody sees them: no side has a name."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from marketdata.selectors.house import is_house_trade
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
    is_house: bool
    """Both sides are house accounts."""


def list_public_trades(*, market_id: int, first_id: int | None, before_id: int | None, limit: int) -> list[PublicTrade]:
    """The market's trades, newest first: ids from `first_id` on and below `before_id`."""
    rows = Trade.objects.filter(market_id=market_id)
    if first_id is not None:
        rows = rows.filter(id__gte=first_id)
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    return [_public(row) for row in rows.order_by("-id").values_list(*_COLUMNS)[:limit]]


_COLUMNS = (
    "id",
    "number",
    "price",
    "quantity",
    "quote_amount",
    "taker_side",
    "executed_at",
    "maker_account_id",
    "taker_account_id",
)


def _public(row: tuple[Any, ...]) -> PublicTrade:
    identifier, number, price, quantity, quote_amount, taker_side, executed_at, maker, taker = row
    return PublicTrade(
        identifier, number, price, quantity, quote_amount, Side(taker_side), executed_at, is_house_trade(maker, taker)
    )
