"""Trades as everybody sees them: no side has a name."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from kernel.ids import first_id_at
from marketdata.models import StoredCandle, StoredInterval
from marketdata.selectors.house import house_account_ids
from marketdata.selectors.periods import ID_MARGIN_MS
from matching.engine.types import Side
from matching.models import BustState, Trade, TradeBust

TRADES_LOOKED_AT = 5_000
"""How many trades a page without house trades looks through at the most: there may be few others for a long time."""

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
    "is_busted",
)


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
    is_busted: bool
    """What it did to money has been undone."""


def list_public_trades(*, market_id: int, first_id: int | None, before_id: int | None, limit: int) -> list[PublicTrade]:
    """The market's trades, newest first: ids from `first_id` on and below `before_id`."""
    house = house_account_ids()
    rows = _newest_first(market_id, first_id, before_id).values_list(*_COLUMNS)
    return [_public(row, house) for row in rows[:limit]]


def list_trades_since(*, market_id: int, number: int, limit: int) -> list[PublicTrade]:
    """The market's trades from this number on, oldest first."""
    minute = StoredCandle.objects.filter(
        market_id=market_id, seconds=StoredInterval.MINUTE, first_number__lte=max(number, 1)
    )
    opened_at = minute.order_by("-first_number").values_list("opened_at", flat=True).first()
    if opened_at is None:
        return []
    first_id = first_id_at(int(opened_at.timestamp()) * 1000 - ID_MARGIN_MS)
    rows = _with_busts(Trade.objects.filter(market_id=market_id, id__gte=first_id, number__gte=number)).order_by("id")
    house = house_account_ids()
    return [_public(row, house) for row in rows.values_list(*_COLUMNS)[:limit]]


def list_trades_without_house(
    *, market_id: int, first_id: int | None, before_id: int | None, limit: int
) -> tuple[list[PublicTrade], int | None]:
    """Those trades in which somebody else than the house took part, and below which id to go on; None at the end."""
    newest = _newest_first(market_id, first_id, before_id)
    last_looked_at = newest.values_list("id", flat=True)[TRADES_LOOKED_AT - 1 : TRADES_LOOKED_AT].first()
    if last_looked_at is not None:
        newest = newest.filter(id__gte=last_looked_at)
    house = list(house_account_ids())
    others = newest.exclude(maker_account_id__in=house, taker_account_id__in=house)
    found = [_public(row, frozenset()) for row in others.values_list(*_COLUMNS)[: limit + 1]]
    if len(found) > limit:
        return found[:limit], found[limit - 1].id
    return found, last_looked_at


def _newest_first(market_id: int, first_id: int | None, before_id: int | None) -> QuerySet[Trade]:
    rows = _with_busts(Trade.objects.filter(market_id=market_id))
    if first_id is not None:
        rows = rows.filter(id__gte=first_id)
    if before_id is not None:
        rows = rows.filter(id__lt=before_id)
    return rows.order_by("-id")


def _with_busts(rows: QuerySet[Trade]) -> QuerySet[Trade]:
    done = TradeBust.objects.filter(trade_id=OuterRef("id"), state=BustState.DONE)
    return rows.annotate(is_busted=Exists(done))


def _public(row: tuple[Any, ...], house: frozenset[int]) -> PublicTrade:
    identifier, number, price, quantity, quote_amount, taker_side, executed_at, maker, taker, is_busted = row
    is_house = maker in house and taker in house
    side = Side(taker_side)
    return PublicTrade(identifier, number, price, quantity, quote_amount, side, executed_at, is_house, is_busted)
