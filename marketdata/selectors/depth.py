"""The order book by price, best prices first.

The matching worker keeps it in Redis; one round trip reads both sides and the number of the update they belong to.
Where the cache is missing or out of reach, the open orders in the database are the book.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from redis.client import Pipeline

from kernel.units import MarketUnits, plain
from marketdata.selectors.redis_answers import ask_redis
from matching.engine.types import Side
from matching.models import OrderStatus
from matching.redis_names import depth_keys
from matching.selectors.markets import MarketView

Level = tuple[str, str]
"""Price and quantity as plain decimals."""

_OPEN_ORDERS = f"""
    SELECT price, sum(coalesce(visible_quantity, quantity - filled_quantity - prevented_quantity)) FROM matching_order
    WHERE market_id = %s AND status IN ({int(OrderStatus.OPEN)}, {int(OrderStatus.PARTIAL)}) AND side = %s
      AND NOT is_waiting
    GROUP BY price
"""  # noqa: S608  constants only


@dataclass(frozen=True, slots=True)
class Depth:
    """`update_id` grows with every change of the book; None where the book was read from the database."""

    update_id: int | None
    bids: list[Level]
    asks: list[Level]


def market_depth(market: MarketView, *, limit: int | None, group_ticks: int | None = None) -> Depth:
    """Up to `limit` price levels of each side, None for all; with a group, levels of that many ticks each."""
    if group_ticks is None:
        return market_depths([market], limit=limit)[0]
    full = market_depths([market], limit=None)[0]
    return Depth(
        full.update_id,
        _grouped(full.bids, market.units, group_ticks, limit, is_bid=True),
        _grouped(full.asks, market.units, group_ticks, limit, is_bid=False),
    )


def market_depths(markets: Sequence[MarketView], *, limit: int | None) -> list[Depth]:
    """The books of several markets, in their order."""

    def ask(pipeline: "Pipeline") -> None:
        last = -1 if limit is None else limit - 1
        for market in markets:
            bids_key, asks_key, update_key = depth_keys(market.symbol)
            pipeline.zrange(bids_key, 0, last, desc=True)
            pipeline.zrange(asks_key, 0, last)
            pipeline.get(update_key)

    found = ask_redis(ask)
    if found is None:
        return [_stored_depth(market.id, limit) for market in markets]
    return [
        _stored_depth(market.id, limit) if update_id is None else Depth(int(update_id), _levels(bids), _levels(asks))
        for market, bids, asks, update_id in zip(markets, found[::3], found[1::3], found[2::3], strict=True)
    ]


def _levels(members: list[bytes]) -> list[Level]:
    levels = []
    for member in members:
        price, _, quantity = member.decode().partition(":")
        levels.append((price, quantity))
    return levels


def _stored_depth(market_id: int, limit: int | None) -> Depth:
    with connection.cursor() as cursor:
        sides: list[list[tuple[Decimal, Decimal]]] = []
        for side, order in ((Side.BUY, "DESC"), (Side.SELL, "ASC")):
            parameters: list[Any] = [market_id, int(side), limit]
            cursor.execute(f"{_OPEN_ORDERS} ORDER BY price {order} LIMIT %s", parameters)
            sides.append(cursor.fetchall())
    bids, asks = ([(plain(price), plain(quantity)) for price, quantity in side] for side in sides)
    return Depth(None, bids, asks)


def _grouped(
    levels: list[Level], units: MarketUnits, group_ticks: int, limit: int | None, *, is_bid: bool
) -> list[Level]:
    """Bids at the multiple of the group that is not above them, asks at the one not below: no order looks better
    than it is."""
    lots_at: dict[int, int] = {}
    for price, quantity in levels:
        ticks, lots = units.ticks(Decimal(price)) or 0, units.lots(Decimal(quantity)) or 0
        group = ticks // group_ticks if is_bid else -(-ticks // group_ticks)
        if group not in lots_at and len(lots_at) == limit:
            break
        lots_at[group] = lots_at.get(group, 0) + lots
    return [(plain(units.price(group * group_ticks)), plain(units.quantity(lots))) for group, lots in lots_at.items()]
