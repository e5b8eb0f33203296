"""What the auction of a market that collects orders would come to if it ended now.

The matching worker keeps it in Redis; where it is missing there, the open orders in the database tell it. Hidden parts
of icebergs count: they trade in an auction like all the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import orjson
from django.db import connection
from redis.client import Pipeline

from marketdata.selectors.redis_answers import ask_redis
from matching.engine.auction import Clearing, clearing
from matching.engine.types import COLLECTING_STATES, Side
from matching.models import OrderStatus
from matching.redis_names import auction_key
from matching.selectors.markets import MarketView

_WHOLE_LEVELS = f"""
    SELECT price, sum(quantity - filled_quantity - prevented_quantity) FROM matching_order
    WHERE market_id = %s AND status IN ({int(OrderStatus.OPEN)}, {int(OrderStatus.PARTIAL)}) AND side = %s
      AND NOT is_waiting
    GROUP BY price
"""  # noqa: S608  constants only


@dataclass(frozen=True, slots=True)
class Auction:
    """Base units at quote units; without a price nothing would trade, and there is no surplus to speak of."""

    price: Decimal | None
    quantity: Decimal
    surplus_side: Side | None
    """Whose orders would find nobody at that price; None where all do."""
    surplus_quantity: Decimal


def auctions_under_way(markets: Sequence[MarketView]) -> list[Auction | None]:
    """What the auction of each of these markets would come to, in their order; None of one that does not collect."""
    collecting = [market for market in markets if market.state in COLLECTING_STATES]
    found = _cached(collecting) if collecting else {}
    return [
        _auction(market, found.get(market.id) or _stored(market)) if market.state in COLLECTING_STATES else None
        for market in markets
    ]


def _cached(markets: Sequence[MarketView]) -> dict[int, Clearing]:
    def ask(pipeline: "Pipeline") -> None:
        for market in markets:
            pipeline.get(auction_key(market.symbol))

    values = ask_redis(ask) or [None] * len(markets)
    return {
        market.id: Clearing(*orjson.loads(value))
        for market, value in zip(markets, values, strict=True)
        if value is not None
    }


def _stored(market: MarketView) -> Clearing | None:
    levels: list[list[tuple[int, int]]] = []
    with connection.cursor() as cursor:
        for side, order in ((Side.BUY, "DESC"), (Side.SELL, "ASC")):
            cursor.execute(f"{_WHOLE_LEVELS} ORDER BY price {order}", [market.id, int(side)])
            levels.append(
                [
                    (_whole(market.units.ticks(price)), _whole(market.units.lots(quantity)))
                    for price, quantity in cursor.fetchall()
                ]
            )
    bids, asks = levels
    return clearing(bids, asks, market.last_ticks or market.rules.initial_ticks)


def _whole(count: int | None) -> int:
    """What rests in a book is a whole number of ticks and lots."""
    assert count is not None
    return count


def _auction(market: MarketView, found: Clearing | None) -> Auction:
    if found is None or not found.lots:
        return Auction(None, Decimal(0), None, Decimal(0))
    surplus = found.surplus_lots
    side = None if not surplus else Side.BUY if surplus > 0 else Side.SELL
    units = market.units
    return Auction(units.price(found.ticks), units.quantity(found.lots), side, units.quantity(abs(surplus)))
