"""What the auctions under way would come to now, in Redis: for tickers, while a market collects orders.

A value is [ticks, lots, surplus lots], as `matching.engine.auction.Clearing` has them; all 0 where nothing would trade.
A market that does not collect has none. As with the order book nothing here is the truth, and nothing may fail a batch.

Working it out takes O(levels that cross), so it is done at a pace, and more slowly where it takes long.
"""

import logging
import time
from collections.abc import Iterable

import orjson
import redis

from matching.engine.auction import Clearing
from matching.engine.types import COLLECTING_STATES
from matching.redis_names import auction_key
from matching.worker.markets import LiveMarket

log = logging.getLogger(__name__)

AUCTION_INTERVAL_SECONDS = 0.25
"""How often that of one market is written at the most; changes in between are merged."""

NOTHING = Clearing(0, 0, 0)

_LEAST_PAUSE_IN_WORK = 20
"""The pause is at least so many times what the work took."""


class AuctionCache:
    """One worker's auctions in Redis."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client
        self._noted: dict[int, LiveMarket] = {}
        """Markets of which something is to be written."""
        self._written: set[int] = set()
        """Markets of which Redis has a value."""
        self._due: dict[int, float] = {}

    def begin(self, market: LiveMarket) -> None:
        """What Redis has of the market is of another time, as at the start of a worker."""
        self._noted[market.market_id] = market

    def note(self, market: LiveMarket) -> None:
        """The market's book or state may have changed."""
        if market.market_id in self._written or market.book.state in COLLECTING_STATES:
            self._noted[market.market_id] = market

    def notice_losses(self, markets: Iterable[LiveMarket]) -> None:
        """Redis may have been emptied: what collects is written again."""
        for market in markets:
            self.note(market)

    def flush(self) -> None:
        """Write what was noted, but for markets that were written within the interval."""
        now = time.monotonic()
        for market_id, market in tuple(self._noted.items()):
            if self._due.get(market_id, 0.0) <= now:
                self._write(market)

    def _write(self, market: LiveMarket) -> None:
        market_id, started = market.market_id, time.monotonic()
        key = auction_key(market.symbol)
        try:
            if market.book.state in COLLECTING_STATES:
                self._client.set(key, orjson.dumps(tuple(market.book.indicative() or NOTHING)))
                self._written.add(market_id)
            else:
                self._client.delete(key)
                self._written.discard(market_id)
            del self._noted[market_id]
        except redis.RedisError:
            log.warning("auction of %s not written: Redis is away", market.symbol)
        ended = time.monotonic()
        self._due[market_id] = ended + max(AUCTION_INTERVAL_SECONDS, _LEAST_PAUSE_IN_WORK * (ended - started))
