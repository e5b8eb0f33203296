"""What the worker puts into Redis after a commit: answers for waiting requests, and the order book cache.

Nothing here is the truth, so nothing here may fail a batch: without Redis the answers are read from the database by
those who wait, and the cache is rebuilt as soon as Redis is back.
"""

import logging
import time
from collections.abc import Iterable
from typing import Any

import orjson
import redis

from kernel.units import plain
from matching.engine.types import Side
from matching.worker.markets import LiveMarket

log = logging.getLogger(__name__)

ANSWER_SECONDS = 60
DEPTH_INTERVAL_SECONDS = 0.05
"""How often the cache of one market is written at the most; changes in between are merged."""

_UPDATE_DEPTH = """
local complete = ARGV[2] == '1'
if complete then
    redis.call('DEL', KEYS[1], KEYS[2])
elseif redis.call('EXISTS', KEYS[3]) == 0 then
    return 0
end
for i = 3, #ARGV, 3 do
    local key = KEYS[tonumber(ARGV[i])]
    redis.call('ZREMRANGEBYSCORE', key, ARGV[i + 1], ARGV[i + 1])
    if ARGV[i + 2] ~= '' then redis.call('ZADD', key, ARGV[i + 1], ARGV[i + 2]) end
end
redis.call('SET', KEYS[3], ARGV[1])
return 1
"""


def depth_keys(symbol: str) -> tuple[str, str, str]:
    """Sorted sets of bids and asks (score: ticks, member: "price:quantity"), and the id of their last update."""
    return f"orderbook:{symbol}:bids", f"orderbook:{symbol}:asks", f"orderbook:{symbol}:update_id"


def answer_key(reply_to: str) -> str:
    """The list on which one web process waits for the outcomes of its requests."""
    return f"answers:{reply_to}"


def wake_key(shard_name: str) -> str:
    """The list whose first element wakes the shard's worker."""
    return f"wake:{shard_name}"


class Publisher:
    """One worker's way to Redis."""

    def __init__(self, client: "redis.Redis | None") -> None:
        """Without a client nothing is published; requests then read their outcomes from the database."""
        self._client = client
        self._script: Any = client.register_script(_UPDATE_DEPTH) if client else None
        self._update_ids: dict[int, int] = {}
        self._due: dict[int, float] = {}
        self._stale: set[int] = set()
        self._incomplete: set[int] = set()
        """Markets whose last write failed after their changes were drained; the next write is a whole book."""

    def answer(self, answers: dict[str, list[dict[str, object]]]) -> None:
        """Push each web process the outcomes its requests wait for, in one message."""
        if not answers or self._client is None:
            return
        try:
            pipe = self._client.pipeline(transaction=False)
            for reply_to, outcomes in answers.items():
                pipe.rpush(answer_key(reply_to), orjson.dumps(outcomes))
                pipe.expire(answer_key(reply_to), ANSWER_SECONDS)
            pipe.execute()
        except redis.RedisError:
            log.warning("answers not pushed: Redis is away")

    def publish_depth(self, markets: Iterable[LiveMarket], *, update_id: int) -> None:
        """Note that these books changed, and write those whose time has come."""
        for market in markets:
            self._update_ids[market.market_id] = update_id
            self._stale.add(market.market_id)
        self.flush(markets)

    def flush(self, markets: Iterable[LiveMarket]) -> None:
        """Write the changed books that were not written within the interval."""
        now = time.monotonic()
        for market in markets:
            if market.market_id in self._stale and self._due.get(market.market_id, 0.0) <= now:
                self._due[market.market_id] = now + DEPTH_INTERVAL_SECONDS
                self._write(market, complete=False)

    def rebuild(self, markets: Iterable[LiveMarket], *, update_id: int) -> None:
        """Write whole books, as at the start of a worker."""
        for market in markets:
            self._update_ids[market.market_id] = update_id
            self._write(market, complete=True)

    def notice_losses(self, markets: Iterable[LiveMarket]) -> None:
        """Mark the books that Redis no longer has, because it was emptied or started anew: they are written whole."""
        if self._client is None:
            return
        markets = list(markets)
        try:
            pipe = self._client.pipeline(transaction=False)
            for market in markets:
                pipe.exists(depth_keys(market.symbol)[2])
            found = pipe.execute()
        except redis.RedisError:
            return
        lost = {market.market_id for market, is_there in zip(markets, found, strict=True) if not is_there}
        self._stale |= lost
        self._incomplete |= lost

    def _write(self, market: LiveMarket, *, complete: bool) -> None:
        if self._client is None:
            return
        book = market.book
        touched = book.drain_touched()
        if complete or market.market_id in self._incomplete:
            complete = True
            bids, asks = book.depth(len(book))
            touched = {(Side.BUY, ticks) for ticks, _ in bids} | {(Side.SELL, ticks) for ticks, _ in asks}
        arguments: list[object] = [self._update_ids[market.market_id], int(complete)]
        for side, ticks in touched:
            lots = book.level_lots(side, ticks)
            arguments += (int(side), ticks, _member(market, ticks, lots) if lots else "")
        try:
            is_written = self._script(keys=depth_keys(market.symbol), args=arguments)
        except redis.RedisError:
            self._stale.add(market.market_id)
            self._incomplete.add(market.market_id)
            log.warning("order book cache of %s not written: Redis is away", market.symbol)
            return
        if is_written:
            self._stale.discard(market.market_id)
            self._incomplete.discard(market.market_id)
        else:
            self._write(market, complete=True)


def _member(market: LiveMarket, ticks: int, lots: int) -> str:
    return f"{plain(market.units.price(ticks))}:{plain(market.units.quantity(lots))}"
