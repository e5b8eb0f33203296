"""Saying on Redis that accounts have new events; who misses it finds them in the database by their numbers.

Messages on the users' channel join: each says how many were sent before it (`matching.worker.announcements`). The
funds have several processes that tell users something, so the count is kept in Redis itself and raised in the step
that publishes. Passing messages, such as the progress of a sync, are no part of that: they have no number and no count.
"""

import logging
import time
from collections.abc import Sequence
from typing import Any

import orjson
import redis
from django.conf import settings

from matching.redis_names import redis_database, user_channel
from wallet.processor.results import Told
from wallet.waking import redis_client

log = logging.getLogger(__name__)

WRITER = "funds"
COUNT_KEY = "announced:funds"
MOST_AT_ONCE = 500
"""Events in one message."""

_PUBLISH = """
local last = redis.call(ARGV[1] == '1' and 'INCR' or 'GET', KEYS[1]) or 0
local previous = ARGV[1] == '1' and last - 1 or last
redis.call('PUBLISH', ARGV[2], '{"previous":' .. previous .. ',"last":' .. last .. ',' .. ARGV[3])
return last
"""


def announce(account_id: int, sequence: int, cause_id: int, payload: dict[str, Any]) -> None:
    """Publish one event of the funds writer. Never raises: Redis is not the truth."""
    _publish([[account_id, sequence, cause_id, payload]], at_us=time.time_ns() // 1000)


def announce_batch(told: Sequence[Told], *, at_us: int) -> None:
    """Publish the events of a committed batch. Never raises."""
    for first in range(0, len(told), MOST_AT_ONCE):
        part = told[first : first + MOST_AT_ONCE]
        _publish([[event.account_id, event.sequence, event.cause_id, event.payload] for event in part], at_us=at_us)


def announce_progress() -> None:
    """Say how many messages there were, so that who missed the last one notices. Never raises."""
    _publish([], at_us=time.time_ns() // 1000)


def announce_transient(account_id: int, frame: dict[str, Any]) -> None:
    """Show something to whoever listens for an account now. Neither kept nor numbered, so nobody misses it: what it
    tells of can be read elsewhere. Never raises.
    """
    try:
        message = orjson.dumps({"account_id": account_id, "transient": frame})
        redis_client().publish(user_channel(redis_database(settings.REDIS_URL)), message)
    except redis.RedisError:
        log.warning("a passing message was not announced: Redis is away")


def _publish(rows: Sequence[Sequence[object]], *, at_us: int) -> None:
    rest = orjson.dumps({"writer": WRITER, "at_us": at_us, "events": rows})[1:]
    try:
        redis_client().eval(
            _PUBLISH, 1, COUNT_KEY, "1" if rows else "0", user_channel(redis_database(settings.REDIS_URL)), rest
        )
    except redis.RedisError:
        log.warning("events of funds not announced: Redis is away")
