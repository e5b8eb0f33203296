"""What the worker puts into Redis after a commit: answers for waiting requests, announcements, the order book cache.

Nothing here is the truth, so nothing here may fail a batch. Without Redis the answers are read from the database by
those who wait; listeners notice what they missed; the cache is rebuilt as soon as Redis is back.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable

import orjson
import redis

from matching.redis_names import answer_key, market_channel, user_channel
from matching.worker.announcements import market_message, users_message
from matching.worker.auction_cache import AuctionCache
from matching.worker.depth_cache import DepthCache
from matching.worker.markets import LiveMarket
from matching.worker.settlement import BustRow, Collected, TradeRow

log = logging.getLogger(__name__)

ANSWER_SECONDS = 60


class Publisher:
    """One worker's way to Redis."""

    def __init__(self, client: "redis.Redis | None") -> None:
        """Without a client nothing is published; requests then read their outcomes from the database."""
        self._client = client
        self._depth = DepthCache(client) if client else None
        self._auctions = AuctionCache(client) if client else None
        self._database = int(client.connection_pool.connection_kwargs.get("db") or 0) if client else 0
        self._writer = ""
        self._users_told_until = 0
        self._told_until: dict[int, int] = {}
        """Market id to the `last` of its last announcement."""
        self._unheard: set[int] = set()
        """Markets of which an announcement got lost; the next one is a reset."""

    def begin(self, markets: Iterable[LiveMarket], *, writer: str, update_id: int, at_us: int) -> None:
        """Write whole books and tell all listeners to read them, as at the start of a worker."""
        self._writer = writer
        self._users_told_until = update_id
        for market in markets:
            self.add_market(market, update_id=update_id)
        self._announce_resets(markets, at_us=at_us)
        self._announce_progress((), at_us=at_us)

    def add_market(self, market: LiveMarket, *, update_id: int) -> None:
        """A market that was not there before; its first announcement is a reset."""
        market.book.drain_touched()
        self._told_until[market.market_id] = update_id
        self._unheard.add(market.market_id)
        if self._depth is not None:
            self._depth.rebuild(market, update_id=update_id)
        if self._auctions is not None:
            self._auctions.begin(market)
            self._auctions.flush()

    def publish(self, collected: Collected, *, update_id: int, at_us: int) -> None:
        """Push each process the outcomes its requests wait for, and announce what the batch changed."""
        if self._client is None:
            return
        pipe = self._client.pipeline(transaction=False)
        for reply_to, outcomes in collected.answers.items():
            pipe.rpush(answer_key(reply_to), orjson.dumps(outcomes))
            pipe.expire(answer_key(reply_to), ANSWER_SECONDS)
        announced = self._announce_markets(pipe, collected, update_id=update_id, at_us=at_us)
        if collected.user_events:
            message = users_message(
                self._writer, previous=self._users_told_until, last=update_id, at_us=at_us, collected=collected
            )
            pipe.publish(user_channel(self._database), message)
            self._users_told_until = update_id
        try:
            pipe.execute()
        except redis.RedisError:
            self._unheard |= announced
            log.warning("answers and announcements not sent: Redis is away")
        else:
            self._unheard -= announced

    def flush(self, markets: Iterable[LiveMarket]) -> None:
        """Write the changed books and auctions to the cache, those whose time has come."""
        if self._depth is not None:
            self._depth.flush(markets)
        if self._auctions is not None:
            self._auctions.flush()

    def beat(self, markets: Iterable[LiveMarket], *, at_us: int) -> None:
        """In a quiet moment: mend what Redis has lost, and say how far the worker has come."""
        if self._depth is None or self._auctions is None:
            return
        self._depth.notice_losses(markets)
        self._auctions.notice_losses(markets)
        self.flush(markets)
        self._announce_resets(markets, at_us=at_us)
        self._announce_progress(markets, at_us=at_us)

    def _announce_markets(
        self, pipe: "redis.client.Pipeline", collected: Collected, *, update_id: int, at_us: int
    ) -> set[int]:
        """Add the messages to the pipe; returns the ids of their markets."""
        trades: defaultdict[int, list[TradeRow]] = defaultdict(list)
        for trade in collected.trades:
            trades[trade.market.market_id].append(trade)
        busts: defaultdict[int, list[BustRow]] = defaultdict(list)
        for bust in collected.busts:
            if bust.code is None:
                busts[bust.market.market_id].append(bust)
        announced: set[int] = set()
        for market_id, market in collected.markets.items():
            touched = market.book.drain_touched()
            if self._depth is not None:
                self._depth.note(market, touched, update_id=update_id)
            if self._auctions is not None:
                self._auctions.note(market)
            if not touched and not any(market_id in told for told in (trades, busts, collected.states)):
                continue
            is_reset = market_id in self._unheard
            message = market_message(
                market,
                first=self._told_until.get(market_id, update_id - 1) + 1,
                last=update_id,
                at_us=at_us,
                is_reset=is_reset,
                touched=touched,
                trades=trades[market_id],
                busts=busts[market_id],
                state_notice=collected.states.get(market_id),
            )
            pipe.publish(market_channel(self._database, market.symbol), message)
            self._told_until[market_id] = update_id
            announced.add(market_id)
        return announced

    def _announce_resets(self, markets: Iterable[LiveMarket], *, at_us: int) -> None:
        unheard = [market for market in markets if market.market_id in self._unheard]
        if self._client is None or not unheard:
            return
        pipe = self._client.pipeline(transaction=False)
        for market in unheard:
            last = self._told_until[market.market_id]
            message = market_message(market, first=last, last=last, at_us=at_us, is_reset=True)
            pipe.publish(market_channel(self._database, market.symbol), message)
        try:
            pipe.execute()
        except redis.RedisError:
            return
        self._unheard.difference_update(market.market_id for market in unheard)

    def _announce_progress(self, markets: Iterable[LiveMarket], *, at_us: int) -> None:
        """Say how far everything was told, so that who missed the last of it need not wait for the next to notice."""
        if self._client is None:
            return
        pipe = self._client.pipeline(transaction=False)
        for market in markets:
            last = self._told_until[market.market_id]
            pipe.publish(
                market_channel(self._database, market.symbol),
                market_message(market, first=last + 1, last=last, at_us=at_us),
            )
        last = self._users_told_until
        pipe.publish(user_channel(self._database), users_message(self._writer, previous=last, last=last, at_us=at_us))
        try:
            pipe.execute()
        except redis.RedisError:
            log.debug("progress not announced: Redis is away")
