"""Leaves an exchange in trouble alone, for all processes and users together, and finds out when it is well again.

closed: everything is let through; troubles one after the other are counted, and the fifth opens it. open: nothing is
let through for a while, which doubles each time. half-open: one request is let through as a probe; its success closes
the circuit, its failure opens it for longer. A probe that never tells how it went is forgotten.

The state is in Redis alone: lost, or out of reach, it is a closed circuit. Sandboxes have circuits of their own.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import redis
from django.conf import settings
from redis.exceptions import RedisError

from storage.redis_options import impatient_options

FAILURES_TO_OPEN = 5
OPEN_SECONDS = 15
LONGEST_OPEN_SECONDS = 300
PROBE_SECONDS = 15
"""Longer than any time limit a request has."""
FORGET_AFTER_SECONDS = 120
"""Failures farther apart than this are not one trouble."""
_KEY = "venue-breaker"

_ENTER = """
local open_until = tonumber(redis.call('HGET', KEYS[1], 'open_until') or '0')
if open_until == 0 then return {0, 0} end
local now, probe_seconds = tonumber(ARGV[1]), tonumber(ARGV[2])
if now < open_until then return {2, math.ceil(open_until - now)} end
local probed_until = tonumber(redis.call('HGET', KEYS[1], 'probed_until') or '0')
if now < probed_until then return {2, math.ceil(probed_until - now)} end
redis.call('HSET', KEYS[1], 'probed_until', now + probe_seconds)
return {1, 0}
"""
_FAIL = """
local now, threshold, shortest, longest, memory = unpack(ARGV)
now = tonumber(now)
local open_until = tonumber(redis.call('HGET', KEYS[1], 'open_until') or '0')
if open_until > now then return 0 end
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
if open_until == 0 and failures < tonumber(threshold) then
    redis.call('EXPIRE', KEYS[1], memory)
    return 0
end
local seconds = tonumber(redis.call('HGET', KEYS[1], 'seconds') or '0') * 2
if seconds == 0 then seconds = tonumber(shortest) end
if seconds > tonumber(longest) then seconds = tonumber(longest) end
redis.call('HSET', KEYS[1], 'open_until', now + seconds, 'seconds', seconds, 'probed_until', 0)
redis.call('EXPIRE', KEYS[1], seconds + memory * 10)
return 1
"""


class CircuitState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class Circuit:
    """How an exchange stands."""

    state: CircuitState = CircuitState.CLOSED
    failures: int = 0
    """Troubles since the last success."""
    opens_in_seconds: int = 0
    """Until the next probe, where it is open."""


class Breaker:
    """The circuit of one exchange."""

    def __init__(self, exchange: str, *, is_sandbox: bool) -> None:
        self._key = _key(exchange, is_sandbox)

    def enter(self) -> int:
        """0: go on. Else the seconds for which the exchange is left alone."""
        try:
            verdict, seconds = _redis(settings.REDIS_URL).eval(_ENTER, 1, self._key, time.time(), PROBE_SECONDS)
        except RedisError:
            return 0
        return max(int(seconds), 1) if verdict == 2 else 0

    def succeeded(self) -> None:
        """The exchange answered, if only to refuse."""
        try:
            _redis(settings.REDIS_URL).delete(self._key)
        except RedisError:
            return

    def failed(self) -> bool:
        """The exchange is in trouble. Whether that opened the circuit."""
        bounds = (FAILURES_TO_OPEN, OPEN_SECONDS, LONGEST_OPEN_SECONDS, FORGET_AFTER_SECONDS)
        try:
            return bool(_redis(settings.REDIS_URL).eval(_FAIL, 1, self._key, time.time(), *bounds))
        except RedisError:
            return False


def circuits(exchanges: Iterable[str], *, is_sandbox: bool = False) -> dict[str, Circuit]:
    """How these exchanges stand now, for staff and metrics; all are closed where nothing is known."""
    names = list(exchanges)
    try:
        with _redis(settings.REDIS_URL).pipeline(transaction=False) as pipeline:
            for name in names:
                pipeline.hgetall(_key(name, is_sandbox))
            found = pipeline.execute()
    except RedisError:
        return {name: Circuit() for name in names}
    return {name: _circuit(fields) for name, fields in zip(names, found, strict=True)}


def _circuit(fields: dict[bytes, bytes]) -> Circuit:
    failures, open_until = int(fields.get(b"failures", 0)), float(fields.get(b"open_until", 0))
    if not open_until:
        return Circuit(failures=failures)
    left = open_until - time.time()
    state = CircuitState.OPEN if left > 0 else CircuitState.HALF_OPEN
    return Circuit(state, failures, max(int(left), 0))


def _key(exchange: str, is_sandbox: bool) -> str:
    return f"{_KEY}:{exchange}:sandbox" if is_sandbox else f"{_KEY}:{exchange}"


@lru_cache(maxsize=4)
def _redis(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, **impatient_options())
