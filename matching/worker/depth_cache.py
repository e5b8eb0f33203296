"""The order book in Redis: sorted sets by price, for whoever asks for depth and for streams that begin.

Nothing in it is the truth, so nothing here may fail a batch: it is rebuilt as soon as Redis is back.
"""

import logging
import time
from collections.abc import Iterable
from typing import Any

import redis

from kernel.units import plain
from matching.engine.types import Side
from matching.redis_names import depth_keys
from matching.worker.markets import LiveMarket

log = logging.getLogger(__name__)

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

Level = tuple[Side, int]
"""Side and ticks."""


class DepthCache:
    """One worker's order books in Redis."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._script: Any = client.register_script(_UPDATE_DEPTH)
        self._update_ids: dict[int, int] = {}
        self._due: dict[int, float] = {}
        self._touched: dict[int, set[Level]] = {}
        """Market id to the levels that changed since the last write."""
        self._incomplete: set[int] = set()
        """Markets of which Redis may have missed something; the next write is a whole book."""

    def note(self, market: LiveMarket, touched: set[Level], *, update_id: int) -> None:
        """These levels changed; `update_id` is the shard's applied sequence."""
        self._update_ids[market.market_id] = update_id
        self._touched.setdefault(market.market_id, set()).update(touched)

    def flush(self, markets: Iterable[LiveMarket]) -> None:
        """Write the changed books that were not written within the interval."""
        now = time.monotonic()
        for market in markets:
            if market.market_id in self._touched and self._due.get(market.market_id, 0.0) <= now:
                self._due[market.market_id] = now + DEPTH_INTERVAL_SECONDS
                self._write(market)

    def rebuild(self, market: LiveMarket, *, update_id: int) -> None:
        """Write the whole book, as at the start of a worker."""
        self.note(market, set(), update_id=update_id)
        self._incomplete.add(market.market_id)
        self._write(market)

    def notice_losses(self, markets: Iterable[LiveMarket]) -> None:
        """Mark the books that Redis no longer has, because it was emptied or started anew: they are written whole."""
        markets = list(markets)
        try:
            pipe = self._client.pipeline(transaction=False)
            for market in markets:
                pipe.exists(depth_keys(market.symbol)[2])
            found = pipe.execute()
        except redis.RedisError:
            return
        for market, is_there in zip(markets, found, strict=True):
            if not is_there:
                self._touched.setdefault(market.market_id, set())
                self._incomplete.add(market.market_id)

    def _write(self, market: LiveMarket) -> None:
        book, market_id = market.book, market.market_id
        levels = self._touched.pop(market_id, set())
        is_complete = market_id in self._incomplete
        if is_complete:
            bids, asks = book.depth(len(book))
            levels = {(Side.BUY, ticks) for ticks, _ in bids} | {(Side.SELL, ticks) for ticks, _ in asks}
        arguments: list[object] = [self._update_ids[market_id], int(is_complete)]
        for side, ticks in levels:
            lots = book.level_lots(side, ticks)
            arguments += (int(side), ticks, _member(market, ticks, lots) if lots else "")
        try:
            is_written = self._script(keys=depth_keys(market.symbol), args=arguments)
        except redis.RedisError:
            self._touched[market_id] = set()
            self._incomplete.add(market_id)
            log.warning("order book cache of %s not written: Redis is away", market.symbol)
            return
        if is_written:
            self._incomplete.discard(market_id)
        else:
            self._incomplete.add(market_id)
            self._write(market)


def _member(market: LiveMarket, ticks: int, lots: int) -> str:
    return f"{plain(market.units.price(ticks))}:{plain(market.units.quantity(lots))}"
