"""Everything public about one market: the worker's announcements in, topics out.

The book is read from the cache in Redis and kept up to date by announcements. Reading and listening overlap: what is
announced from the moment of a loss on is kept, and when the cache is read, what is newer than it is applied on top.
The cache is written a moment after the announcement, so the first reading may be too old to be joined; then it is
read again. Subscribers get either a diff that joins or a whole new book, never anything else.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import redis.asyncio
from redis.exceptions import RedisError

from exchange.streams.books import Book, Changes
from exchange.streams.counters import RESYNCS
from exchange.streams.frames import DEPTH_LEVELS
from exchange.streams.messages import datetime_at
from exchange.streams.summaries import CandleTopic, StateTopic, StatisticsTopic, Summary, TickerTopic
from exchange.streams.tapes import NEWEST_TRADES, TapeTopic
from exchange.streams.threads import Threads
from exchange.streams.topics import BookTopic, DepthTopic, LevelTexts, Topic
from marketdata.intervals import INTERVALS
from marketdata.selectors import PublicTrade, list_public_trades
from matching.engine.types import Side
from matching.redis_names import depth_keys
from matching.selectors.markets import MarketView

log = logging.getLogger(__name__)

MERGED, FULL = "100ms", "full"
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.02, 1.0
_MAX_KEPT_ANNOUNCEMENTS = 5_000


@dataclass(frozen=True, slots=True)
class Announcement:
    """One message of `matching.worker.announcements`."""

    changes: Changes
    is_reset: bool
    trades: list[list[int]]
    busts: list[list[int]]
    trade_number: int
    has_new_state: bool

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Announcement":
        changes = Changes(raw["first"], raw["last"], raw["at_us"], dict(raw["bids"]), dict(raw["asks"]))
        return cls(changes, raw["reset"], raw["trades"], raw["busts"], raw["trade_number"], raw["state"] is not None)


class MarketFeed:
    """One market of the hub."""

    def __init__(
        self,
        market: MarketView,
        *,
        redis_client: "redis.asyncio.Redis",
        readers: Threads,
        start: Callable[[Coroutine[Any, Any, None]], object],
        house_accounts: Callable[[], frozenset[int]],
    ) -> None:
        """`start` runs something beside the caller; `house_accounts` are those known at the moment."""
        self.market = market
        self._redis = redis_client
        self._readers = readers
        self._start = start
        self._house_accounts = house_accounts
        texts = LevelTexts(market.units)
        symbol = market.symbol
        self.books = {speed: BookTopic(symbol, speed, texts) for speed in (MERGED, FULL)}
        self.depths = {str(levels): DepthTopic(symbol, levels, texts) for levels in DEPTH_LEVELS}
        self.tape = TapeTopic(symbol)
        self.ticker = TickerTopic(market)
        self.statistics = StatisticsTopic(market)
        self.candles = {interval: CandleTopic(market, interval) for interval in INTERVALS}
        self.state = StateTopic(market)
        self._book = Book()
        self._at_us = time.time_ns() // 1000
        """The engine's time as far as it is known; ours until it has spoken."""
        self._is_joined = False
        self._kept: deque[Announcement] = deque(maxlen=_MAX_KEPT_ANNOUNCEMENTS)
        self._least_update_id = 0
        self._depths_told_until = 0
        """The update id of the book as the depth topics have it."""
        self._reading_book = False
        self._reading_tape = False

    # --- announcements -------------------------------------------------------------------------------------------

    def hear(self, announcement: Announcement) -> None:
        """Take in what the worker says, in the order in which it says it."""
        if announcement.has_new_state:
            self.state.note_change()
        self._at_us = announcement.changes.at_us
        # Whatever becomes of the rest: a bust may be of a trade that no tape has any more.
        self.tape.note_busts([(trade_id, number) for trade_id, number in announcement.busts])
        if announcement.is_reset:
            self.lose(least_update_id=announcement.changes.last)
            return
        if not self._is_joined:
            self._kept.append(announcement)
            return
        if announcement.changes.last <= self._book.update_id:
            return
        if not self._book.joins(announcement.changes):
            log.warning("a gap in %s after update %s", self.market.symbol, self._book.update_id)
            self.lose()
            self._kept.append(announcement)
            return
        self._take(announcement)

    def lose(self, *, least_update_id: int = 0) -> None:
        """What is known may be old: read book and trades anew. A book older than `least_update_id` will not do."""
        self._is_joined = False
        self._least_update_id = max(least_update_id, self._least_update_id)
        self._kept.clear()
        for topic in self.books.values():
            topic.start_anew(None)
        for depth in self.depths.values():
            depth.forget()
        RESYNCS.inc()
        if not self._reading_book:
            self._reading_book = True
            self._start(self._read_book())

    def tell(self) -> None:
        """Send everything that was noted and not told yet."""
        self.books[MERGED].tell()
        self._tell_depths()
        self.tape.tell()

    @property
    def summaries(self) -> list[Summary]:
        return [self.ticker, self.statistics, self.state, *self.candles.values()]

    def topics(self, channel: str, variant: str) -> list[Topic]:
        """The topic of that name, and before it those that it replaces for a subscriber."""
        match channel:
            case "book":
                return [*(topic for speed, topic in self.books.items() if speed != variant), self.books[variant]]
            case "depth":
                return [self.depths[variant]]
            case "trades":
                return [self.tape]
            case "ticker":
                return [self.ticker]
            case "statistics":
                return [self.statistics]
            case "candles":
                return [self.candles[variant]]
            case _:
                return [self.state]

    def _tell_depths(self) -> None:
        listened = []
        for topic in self.depths.values():
            if topic.subscribers:
                listened.append(topic)
            else:
                topic.forget()
        is_told = self._book.update_id == self._depths_told_until and all(topic.is_known for topic in listened)
        if not self._is_joined or not listened or is_told:
            return
        self._depths_told_until = self._book.update_id
        best = self._book.best(max(topic.levels for topic in listened))
        for topic in listened:
            topic.offer(self._book, best)

    def _take(self, announcement: Announcement) -> None:
        changes = announcement.changes
        self._book.apply(changes)
        for topic in self.books.values():
            topic.note(changes)
        self.books[FULL].tell()
        if announcement.trades:
            self._note_trades()
            self.tape.note([self._trade(row, changes.at_us) for row in announcement.trades])
        if not self._reading_tape and not self.tape.is_complete(announcement.trade_number):
            self._read_tape_anew()

    def _note_trades(self) -> None:
        for candle in self.candles.values():
            candle.note_trades()

    def _trade(self, row: list[int], at_us: int) -> PublicTrade:
        trade_id, number, ticks, lots, taker_side, *account_ids = row
        units = self.market.units
        return PublicTrade(
            id=trade_id,
            number=number,
            price=units.price(ticks),
            quantity=units.quantity(lots),
            quote_amount=units.quote_amount(ticks * lots),
            taker_side=Side(taker_side),
            executed_at=datetime_at(at_us),
            is_house=self._house_accounts().issuperset(account_ids),
            is_busted=False,
        )

    # --- reading anew --------------------------------------------------------------------------------------------

    async def _read_book(self) -> None:
        """Until the book is there and joins what is announced."""
        pause = FIRST_PAUSE_SECONDS
        try:
            while not await self._try_to_join():
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        finally:
            self._reading_book = False

    async def _try_to_join(self) -> bool:
        bids_key, asks_key, update_key = depth_keys(self.market.symbol)
        try:
            pipeline = self._redis.pipeline(transaction=True)
            pipeline.zrange(bids_key, 0, -1, withscores=True)
            pipeline.zrange(asks_key, 0, -1, withscores=True)
            pipeline.get(update_key)
            bids, asks, update_id = await pipeline.execute()
        except (RedisError, OSError):
            return False
        if update_id is None or int(update_id) < self._least_update_id:
            return False
        newer = [announcement for announcement in self._kept if announcement.changes.last > int(update_id)]
        self._book.replace(
            update_id=int(update_id), at_us=self._at_us, bids=self._levels(bids), asks=self._levels(asks)
        )
        for announcement in newer:
            if not self._book.joins(announcement.changes):
                return False
            self._book.apply(announcement.changes)
        self._kept.clear()
        self._least_update_id = 0
        self._is_joined = True
        for topic in self.books.values():
            topic.start_anew(self._book)
        self.state.note_change()
        self._note_trades()
        self._read_tape_anew()
        return True

    def _levels(self, members: list[tuple[bytes, float]]) -> list[tuple[int, int]]:
        """Members are "price:quantity", scores are ticks."""
        lots = self.market.units.lots
        return [(int(ticks), lots(Decimal(member.partition(b":")[2].decode())) or 0) for member, ticks in members]

    def _read_tape_anew(self) -> None:
        self.tape.start_reading()
        if not self._reading_tape:
            self._reading_tape = True
            self._start(self._read_tape())

    async def _read_tape(self) -> None:
        market_id = self.market.id
        pause = FIRST_PAUSE_SECONDS
        try:
            while True:
                self.tape.start_reading()
                try:
                    newest = await self._readers.run(
                        lambda: list_public_trades(
                            market_id=market_id, first_id=None, before_id=None, limit=NEWEST_TRADES
                        )
                    )
                    if self.tape.finish_reading(newest):
                        return
                except Exception:
                    log.exception("the trades of %s could not be read", self.market.symbol)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        finally:
            self._reading_tape = False
