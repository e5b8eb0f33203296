"""The edge: how many requests are let in, and that a signature is let in once. Nothing is written before it.

Counting is the fixed window of the library `limits`, with its own script and key names; only the transport is ours,
so that the limits of the key and of the address and the signature's first use travel in one round trip. What a
request costs (`weight`) and against which limits (`rate_class`) its view says; the numbers are in
`settings.RATE_LIMITS`.

Without Redis reads are let in uncounted and writes are refused, because a write whose signature might be a repeat
must not be let in. After a failure Redis is left alone for a moment, so an outage costs each request nothing.
"""

import functools
import math
import re
import threading
import time
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from limits import RateLimitItem, parse
from limits.storage import RedisStorage
from redis.exceptions import NoScriptError, RedisError, ResponseError

from accounts.errors import RateLimited, ServiceUnavailable, SignatureReplayed
from accounts.signing import FUTURE_TOLERANCE_MS
from kernel.errors import BourseError
from storage.redis_options import impatient_options

KEY_PREFIX = "rate"
REST_AFTER_FAILURE_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class SignatureUse:
    """A verified signature, and when it was made and stops being acceptable (milliseconds since the Unix epoch)."""

    signature: str
    timestamp_ms: int
    valid_until_ms: int


@dataclass(frozen=True, slots=True)
class RateWindow:
    """Where a client stands against its limit; `reset_seconds` until the window ends."""

    limit: int
    remaining: int
    reset_seconds: int


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate, the name by which clients know it, and the key its count is kept under."""

    name: str
    rate: RateLimitItem
    key: str


@dataclass(frozen=True, slots=True)
class Count:
    """Requests of one client that are let in, or refused, together."""

    holder: str
    address: str
    weight: int


class MemoryTooShort(Exception):
    """Redis was started after a signature was made, and cannot say whether that was used."""


class Edge:
    """One process's way to the counters of one Redis server."""

    def __init__(self, url: str) -> None:
        # Twice: a write without Redis is refused.
        self._pool = redis.ConnectionPool.from_url(
            url, redis_connect_func=self._on_connect, **impatient_options(times=2)
        )
        self._storage = RedisStorage(
            url.replace("unix://", "redis+unix://", 1), connection_pool=self._pool, key_prefix=KEY_PREFIX
        )
        self._redis: redis.Redis = self._storage.storage
        self._script: str = self._storage.lua_incr_expire.sha
        self._resting_until = 0.0
        self.remembers_from_ms = 0
        self._lock = threading.Lock()

    def count(self, limits: list[Limit], *, weight: int, use: SignatureUse | None) -> RateWindow | None:
        """Count a request against its limits; the first one is what the client is told about.

        Raises SignatureReplayed, RateLimited, MemoryTooShort, and RedisError where Redis does not answer.
        """
        if time.monotonic() < self._resting_until:
            raise redis.ConnectionError("resting after a failure")
        try:
            replies = self._execute(limits, weight, use)
            if use is not None:
                self._check_first_use(use, replies.pop())
            return self._check_limits(limits, replies) if limits else None
        except RedisError:
            self._resting_until = time.monotonic() + REST_AFTER_FAILURE_SECONDS
            raise

    def count_many(self, weights: dict[Limit, int]) -> dict[Limit, RateLimited]:
        """Count many limits at once, each with its weight; those that are exceeded, with the refusal.

        Raises RedisError where Redis does not answer.
        """
        if time.monotonic() < self._resting_until:
            raise redis.ConnectionError("resting after a failure")
        commands: list[tuple[str | int, ...]] = [
            ("EVALSHA", self._script, 1, limit.key, limit.rate.get_expiry(), weight)
            for limit, weight in weights.items()
        ]
        try:
            replies = self._send(commands)
            if any(isinstance(reply, NoScriptError) for reply in replies):
                self._redis.script_load(self._storage.SCRIPT_INCR_EXPIRE)
                replies = self._send(commands)
            for reply in replies:
                if isinstance(reply, Exception):
                    raise reply
            return {
                limit: RateLimited(retry_after=_seconds(self._redis.pttl(limit.key)), counted_by=limit.name)
                for limit, count in zip(weights, replies, strict=True)
                if count > limit.rate.amount
            }
        except RedisError:
            self._resting_until = time.monotonic() + REST_AFTER_FAILURE_SECONDS
            raise

    def _execute(self, limits: list[Limit], weight: int, use: SignatureUse | None) -> list[Any]:
        """Replies in order: a count for each limit, milliseconds left of the first, OK or None for the signature."""
        commands: list[tuple[str | int, ...]] = [
            ("EVALSHA", self._script, 1, limit.key, limit.rate.get_expiry(), weight) for limit in limits
        ]
        if limits:
            commands.append(("PTTL", limits[0].key))
        if use is not None:
            keep_ms = max(use.valid_until_ms - time.time_ns() // 1_000_000, 0) + 1_000
            commands.append(("SET", f"signature:{use.signature}", 1, "PX", keep_ms, "NX"))
        replies = self._send(commands)
        failures = [reply for reply in replies if isinstance(reply, Exception)]
        if any(not isinstance(failure, NoScriptError) for failure in failures):
            raise failures[0]
        if failures:
            # A restarted Redis has forgotten the script. The signature's first use is told by the reply we have.
            self._redis.script_load(self._storage.SCRIPT_INCR_EXPIRE)
            return self._execute(limits, weight, None) + replies[len(limits) + 1 :]
        return replies

    def _send(self, commands: list[tuple[str | int, ...]]) -> list[Any]:
        """All commands in one round trip; an error of one of them is its reply.

        By hand on a connection of the pool: a pipeline object does the same at twice the cost, on every request.
        """
        connection = self._pool.get_connection()
        try:
            connection.send_packed_command(connection.pack_commands(commands))
            return [_reply(connection) for _ in commands]
        except BaseException:
            connection.disconnect()
            raise
        finally:
            self._pool.release(connection)

    def _check_first_use(self, use: SignatureUse, reply: object) -> None:
        if reply is None:
            raise SignatureReplayed
        if use.timestamp_ms <= self.remembers_from_ms + FUTURE_TOLERANCE_MS:
            # Redis was restarted and lost its memory: this signature may have been used before that.
            raise MemoryTooShort

    def _check_limits(self, limits: list[Limit], replies: list[int]) -> RateWindow:
        reset_seconds = _seconds(replies.pop())
        for limit, count in zip(limits, replies, strict=True):
            if count > limit.rate.amount:
                first = limit is limits[0]
                raise RateLimited(
                    retry_after=reset_seconds if first else _seconds(self._redis.pttl(limit.key)),
                    counted_by=limit.name,
                )
        amount = limits[0].rate.amount
        return RateWindow(amount, amount - replies[0], reset_seconds)

    def _on_connect(self, connection: Any) -> None:
        """Learn since when this server remembers signatures: it may have been restarted empty."""
        connection.on_connect()
        connection.send_command("INFO", "server")
        uptime = re.search(rb"uptime_in_seconds:(\d+)", connection.read_response())
        # Whole seconds, rounded down: the server started no later than this. Without the line, it started just now.
        started_ms = int(time.time() * 1000) - (int(uptime[1]) if uptime else 0) * 1000
        with self._lock:
            self.remembers_from_ms = max(self.remembers_from_ms, started_ms)


def admit(
    *,
    rate_class: str,
    weight: int,
    is_write: bool,
    address: str | None = None,
    holder: str | None = None,
    use: SignatureUse | None = None,
) -> RateWindow | None:
    """Let a request in, once: count it by its holder (a key or a signed-in user) and its address, whichever is given.

    Raises RateLimited, SignatureReplayed, and for a write without Redis ServiceUnavailable.
    """
    rates = settings.RATE_LIMITS[rate_class]
    limits = []
    if holder is not None:
        limits.append(_limit("key", rates["key"], rate_class, holder))
    if address is not None:
        limits.append(_limit("address", rates["address"], rate_class, address))
    try:
        return _edge(settings.REDIS_URL).count(limits, weight=weight, use=use)
    except (RedisError, MemoryTooShort) as error:
        if is_write:
            raise ServiceUnavailable from error
        return None


def admit_many(*, rate_class: str, counts: list[Count]) -> list[BourseError | None]:
    """Let writes of several clients in, in one round trip: why each is refused, or None.

    That is RateLimited, for all that share a limit which they exceed together, or ServiceUnavailable without Redis.
    """
    rates = settings.RATE_LIMITS[rate_class]
    limits_of: list[tuple[Limit, Limit]] = []
    weights: dict[Limit, int] = {}
    for count in counts:
        limits = (
            _limit("key", rates["key"], rate_class, count.holder),
            _limit("address", rates["address"], rate_class, count.address),
        )
        limits_of.append(limits)
        for limit in limits:
            weights[limit] = weights.get(limit, 0) + count.weight
    try:
        refusals = _edge(settings.REDIS_URL).count_many(weights)
    except RedisError:
        return [ServiceUnavailable() for _ in counts]
    return [refusals.get(by_key) or refusals.get(by_address) for by_key, by_address in limits_of]


def _reply(connection: Any) -> Any:
    try:
        return connection.read_response()
    except ResponseError as error:
        return error


def _limit(name: str, rate: str, rate_class: str, holder: str) -> Limit:
    item = _parse(rate)
    return Limit(name, item, f"{KEY_PREFIX}:{item.key_for(rate_class, name, holder)}")


@functools.cache
def _parse(rate: str) -> RateLimitItem:
    return parse(rate)


@functools.lru_cache(maxsize=4)
def _edge(url: str) -> Edge:
    return Edge(url)


def _seconds(milliseconds: int) -> int:
    """Rounded up, and at least one: a client that waits this long finds a new window."""
    return max(math.ceil(milliseconds / 1000), 1)
