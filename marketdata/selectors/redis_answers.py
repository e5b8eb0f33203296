"""Questions to Redis that must not cost a request its time when Redis is away."""

import functools
import logging
import time
from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from redis.client import Pipeline

from storage.redis_options import impatient_options

logger = logging.getLogger(__name__)

REST_AFTER_FAILURE_SECONDS = 1.0
"""How long a Redis that failed is left alone, so that an outage does not cost every request the time-out."""

_resting_until = 0.0


def ask_redis(ask: Callable[["Pipeline"], object]) -> list[Any] | None:
    """The answers to what `ask` puts into one transaction; None where Redis is away."""
    global _resting_until
    if time.monotonic() < _resting_until:
        return None
    try:
        pipeline = _client(settings.REDIS_URL).pipeline(transaction=True)
        ask(pipeline)
        return list(pipeline.execute())
    except redis.RedisError as error:
        _resting_until = time.monotonic() + REST_AFTER_FAILURE_SECONDS
        logger.warning("Redis is away, market data is read from the database: %s", type(error).__name__)
        return None


@functools.lru_cache(maxsize=4)
def _client(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, **impatient_options())
