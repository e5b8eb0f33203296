"""How often one user may ask one exchange, counted in Redis over all processes; ccxt counts within one client alone.

An exchange counts what a request costs, and so does ccxt: `cost` units, of which `1 / rate_limit_ms` come back each
millisecond. The count is the sliding window of the library `limits`. Without Redis nothing is counted and ccxt's own
limiter is what remains: addresses stay readable.
"""

import math
from functools import lru_cache

import redis
from django.conf import settings
from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.exceptions import RedisError

from storage.redis_options import impatient_options

_PREFIX = "venue-rate"
_FRACTIONS = 10
"""Costs are tenths at the finest, and counts are whole numbers."""
_SHORTEST_WAIT_SECONDS = 0.02


class SharedRate:
    """One user's share of one exchange."""

    def __init__(self, *, exchange: str, owner_id: int, rate_limit_ms: float, burst_seconds: int) -> None:
        units = max(burst_seconds * 1000 / max(rate_limit_ms, 1), 1)
        self._item = RateLimitItemPerSecond(math.ceil(units * _FRACTIONS), max(burst_seconds, 1), namespace=_PREFIX)
        self._names = (exchange, str(owner_id))

    def take(self, cost: float) -> float:
        """Take what a request costs: 0, or the seconds after which to ask again, with nothing taken."""
        units = min(max(math.ceil(cost * _FRACTIONS), 1), self._item.amount)
        try:
            limiter = _limiter(settings.REDIS_URL)
            if limiter.hit(self._item, *self._names, cost=units):
                return 0.0
            stats = limiter.get_window_stats(self._item, *self._names)
        except RedisError:
            return 0.0
        window = self._item.get_expiry()
        # What is needed comes back bit by bit while the window slides on; nobody need wait for all of it.
        missing = max(units - stats.remaining, 1) / self._item.amount * window
        return max(min(missing, window), _SHORTEST_WAIT_SECONDS)


@lru_cache(maxsize=4)
def _limiter(url: str) -> SlidingWindowCounterRateLimiter:
    pool = redis.ConnectionPool.from_url(url, **impatient_options())
    storage = RedisStorage(url.replace("unix://", "redis+unix://", 1), connection_pool=pool, key_prefix=_PREFIX)
    return SlidingWindowCounterRateLimiter(storage)
