"""The order book by price, best prices first.

The matching worker keeps it in Redis; one round trip reads both sides and the number of the update they belong to.
Where the cache is missing or out of reach, the open orders in the database are the book.
"""

import functools
import logging
import time
from dataclasses import dataclass
from decimal import Decimal

import redis
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from kernel.units import plain
from matching.engine.types import Side
from matching.models import OrderStatus
from matching.redis_names import depth_keys
from matching.selectors.markets import MarketView

logger = logging.getLogger(__name__)

Level = tuple[str, str]
"""Price and quantity as plain decimals."""

REDIS_TIMEOUT_SECONDS = 0.25
REST_AFTER_FAILURE_SECONDS = 1.0
"""How long a Redis that failed is left alone, so that an outage does not cost every request the time-out."""

_OPEN_ORDERS = f"""
    SELECT price, sum(quantity - filled_quantity) FROM matching_order
    WHERE market_id = %s AND status IN ({int(OrderStatus.OPEN)}, {int(OrderStatus.PARTIAL)}) AND side = %s
    GROUP BY price
"""  # noqa: S608  constants only

_resting_until = 0.0


@dataclass(frozen=True, slots=True)
class Depth:
    """`update_id` grows with every change of the book; None where the book was read from the database."""

    update_id: int | None
    bids: list[Level]
    asks: list[Level]


def market_depth(market: MarketView, *, limit: int) -> Depth:
    """Up to `limit` price levels of each side."""
    return _cached_depth(market.symbol, limit) or _stored_depth(market.id, limit)


def _cached_depth(symbol: str, limit: int) -> Depth | None:
    global _resting_until
    if time.monotonic() < _resting_until:
        return None
    bids_key, asks_key, update_key = depth_keys(symbol)
    try:
        pipeline = _client(settings.REDIS_URL).pipeline(transaction=True)
        pipeline.zrange(bids_key, 0, limit - 1, desc=True)
        pipeline.zrange(asks_key, 0, limit - 1)
        pipeline.get(update_key)
        bids, asks, update_id = pipeline.execute()
    except redis.RedisError as error:
        _resting_until = time.monotonic() + REST_AFTER_FAILURE_SECONDS
        logger.warning("Redis is away, books are read from the database: %s", type(error).__name__)
        return None
    if update_id is None:
        return None
    return Depth(int(update_id), _levels(bids), _levels(asks))


def _levels(members: list[bytes]) -> list[Level]:
    levels = []
    for member in members:
        price, _, quantity = member.decode().partition(":")
        levels.append((price, quantity))
    return levels


def _stored_depth(market_id: int, limit: int) -> Depth:
    with connection.cursor() as cursor:
        sides: list[list[tuple[Decimal, Decimal]]] = []
        for side, order in ((Side.BUY, "DESC"), (Side.SELL, "ASC")):
            cursor.execute(f"{_OPEN_ORDERS} ORDER BY price {order} LIMIT %s", [market_id, int(side), limit])
            sides.append(cursor.fetchall())
    bids, asks = ([(plain(price), plain(quantity)) for price, quantity in side] for side in sides)
    return Depth(None, bids, asks)


@functools.lru_cache(maxsize=4)
def _client(url: str) -> "redis.Redis":
    return redis.Redis.from_url(
        url,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
