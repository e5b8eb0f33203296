"""Tickers, statistics, candles and market states: read at a pace, and only what somebody listens to.

All that is due is read in one go in one thread. Each candle that ended between two readings is told as it ended, before
its successor.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from exchange.streams.threads import Threads
from exchange.streams.topics import NumberedTopic
from marketdata.api.representations import candle_json, statistics_json, ticker_json
from marketdata.intervals import INTERVALS
from marketdata.selectors import list_candles, market_statistics, market_ticker
from marketdata.selectors.candles import LONGEST_COMMIT_MS, MOST_CANDLES, settled_until_ms
from matching.api.representations import market_json
from matching.selectors.markets import MarketView, forget_markets, market_by_symbol

log = logging.getLogger(__name__)

ROUND_SECONDS = 0.25
CANDLE_SECONDS = 0.5
TICKER_SECONDS = 1.0
STATISTICS_SECONDS = 10.0
STATE_SECONDS = 2.0
"""Rules change without an announcement; states are announced."""


class Summary(NumberedTopic):
    """A topic whose value the database knows."""

    pace_seconds: float

    def __init__(self, market: MarketView, channel: str, field: str, **header: str) -> None:
        super().__init__(field, channel=channel, symbol=market.symbol, **header)
        self.market = market
        self._next_at = 0.0

    def take_turn(self, now: float) -> bool:
        """Whether it is to be read now; `now` in seconds of the monotonic clock."""
        if not self.subscribers:
            self.forget()
            return False
        if now < self._next_at or not self._is_worth_reading():
            return False
        self._next_at = now + self.pace_seconds
        return True

    def read(self) -> list[Any]:
        """In a thread: the values to tell, the present one last."""
        raise NotImplementedError

    def _is_worth_reading(self) -> bool:
        return True


class TickerTopic(Summary):
    pace_seconds = TICKER_SECONDS

    def __init__(self, market: MarketView) -> None:
        super().__init__(market, "ticker", "ticker")

    def read(self) -> list[Any]:
        return [ticker_json(market_ticker(market_by_symbol(self.market.symbol), now_ms=_now_ms()))]


class StatisticsTopic(Summary):
    pace_seconds = STATISTICS_SECONDS

    def __init__(self, market: MarketView) -> None:
        super().__init__(market, "statistics", "statistics")

    def read(self) -> list[Any]:
        return [statistics_json(market_statistics(self.market, now_ms=_now_ms()))]


class StateTopic(Summary):
    """A market's rules and state; the last price that stands beside them is no reason to tell them again."""

    pace_seconds = 0.0

    def __init__(self, market: MarketView) -> None:
        super().__init__(market, "market", "market")
        self._old_after = 0.0

    def note_change(self) -> None:
        self._old_after = 0.0

    def read(self) -> list[Any]:
        forget_markets()
        return [market_json(market_by_symbol(self.market.symbol))]

    def _is_worth_reading(self) -> bool:
        now = time.monotonic()
        if now < self._old_after:
            return False
        self._old_after = now + STATE_SECONDS
        return True

    def _is_news(self, value: Any) -> bool:
        told = self.value
        return told is None or {**told, "last_price": None} != {**value, "last_price": None}


class CandleTopic(Summary):
    pace_seconds = CANDLE_SECONDS

    def __init__(self, market: MarketView, interval: str) -> None:
        super().__init__(market, "candles", "candle", interval=interval)
        self._interval = INTERVALS[interval]
        self._has_new_trades = True
        self._newest_ms: int | None = None
        """When the newest candle began that was told."""

    def note_trades(self) -> None:
        self._has_new_trades = True

    def forget(self) -> None:
        super().forget()
        self._newest_ms = None

    def read(self) -> list[Any]:
        """From the newest one that was told on; the present one alone for the first time.

        A candle begins here when nothing can be added any more to the one before.
        """
        newest_ms = self._newest_ms
        candles = list_candles(
            market_id=self.market.id,
            interval=self._interval,
            start_ms=newest_ms,
            end_ms=None,
            limit=1 if newest_ms is None else MOST_CANDLES,
            now_ms=settled_until_ms(market_id=self.market.id, now_ms=_now_ms()),
        )
        if not candles:
            return [None] if newest_ms is None else []
        self._newest_ms = int(candles[-1].opened_at.timestamp()) * 1000
        return [candle_json(candle) for candle in candles]

    def _is_worth_reading(self) -> bool:
        newest_ms, settled_ms = self._newest_ms, _now_ms() - LONGEST_COMMIT_MS
        is_over = newest_ms is not None and self._interval.opening(settled_ms) > newest_ms
        if not self._has_new_trades and self.is_known and not is_over:
            return False
        self._has_new_trades = False
        return True


class SummaryReader:
    """Reads the summaries of all markets."""

    def __init__(self, readers: Threads, summaries: Callable[[], Iterable[Summary]]) -> None:
        self._readers = readers
        self._summaries = summaries
        self._reading = asyncio.Lock()

    async def run(self) -> None:
        """For ever."""
        while True:
            now = time.monotonic()
            await self._read([summary for summary in self._summaries() if summary.take_turn(now)])
            await asyncio.sleep(ROUND_SECONDS)

    async def make_known(self, summary: Summary) -> None:
        """Read what nobody listened to, for its first subscriber."""
        if not summary.is_known:
            await self._read([summary])

    async def _read(self, summaries: list[Summary]) -> None:
        """Readings do not overtake each other, so a value is never followed by an older one."""
        if not summaries:
            return
        async with self._reading:
            found = await self._readers.run(lambda: list(map(_values, summaries)))
            for summary, values in zip(summaries, found, strict=True):
                for value in values:
                    summary.offer(value)


def _values(summary: Summary) -> list[Any]:
    """Nothing where it can not be read: its turn comes again, and its subscribers get a snapshot then."""
    try:
        return summary.read()
    except Exception:
        log.exception("%s of %s could not be read", summary.header["channel"], summary.market.symbol)
        return []


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
