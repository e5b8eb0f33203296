"""The heart of a streams process: one subscription to Redis, all markets, all private streams, all sockets.

It runs in the event loop of the server. Whatever ends one of its tasks is written to the log, and the task begins
again: a lost Redis or database makes streams late, never wrong, because after every loss books and streams are read
anew.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import orjson
import redis.asyncio
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from accounts.errors import ServiceUnavailable
from exchange.streams.counters import ROUND_SECONDS
from exchange.streams.departures import Departures
from exchange.streams.identities import Identity, check_again
from exchange.streams.limits import Connections
from exchange.streams.market_feeds import Announcement, MarketFeed
from exchange.streams.notices import NoticeBoard
from exchange.streams.orders import OrderDesk
from exchange.streams.private_streams import PrivateStreams
from exchange.streams.summaries import SummaryReader
from exchange.streams.threads import READERS, Threads
from kernel.errors import BourseError
from marketdata.selectors.house import house_account_ids
from matching.errors import UnknownMarket
from matching.redis_names import market_channel, redis_database, user_channel
from matching.selectors.markets import list_markets

log = logging.getLogger(__name__)

TELL_SECONDS = 0.1
SLOW_TELL_SECONDS = 0.2
"""How often merged changes are sent; the second one when a round takes so long that nothing else would get a turn."""

SLOW_ROUND_SECONDS = 0.05
LOOK_FOR_MARKETS_SECONDS = 1.0
_PAUSE_SECONDS = 0.2
_REDIS_TIMEOUT_SECONDS = 2.0

Revoked = Callable[[BourseError], None]


class Hub:
    """Made and used in the event loop. `ensure_running` starts it."""

    def __init__(self) -> None:
        url = settings.REDIS_URL
        self.readers = Threads(READERS, name="reader")
        self.connections = Connections()
        self.feeds: dict[str, MarketFeed] = {}
        self.private = PrivateStreams(self.readers, self.start)
        self.desk = OrderDesk(_client(url))
        self.departures = Departures(self.desk, self.readers, self.start)
        self.summaries = SummaryReader(
            self.readers, lambda: [summary for feed in self.feeds.values() for summary in feed.summaries]
        )
        self.notices = NoticeBoard(self.readers)
        self.is_listening = False
        self.market_was_listed: dict[object, Callable[[MarketFeed], None]] = {}
        """By socket: what those do who subscribed to all markets."""
        self.identities: dict[Identity, Revoked] = {}
        """Those of all private sockets, and what to do when one no longer holds."""
        self._database = redis_database(url)
        self._redis = _client(url)
        self._channels: dict[bytes, MarketFeed] = {}
        self._house_accounts: frozenset[int] = frozenset()
        self._pubsub: redis.asyncio.client.PubSub | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_running = False

    @property
    def is_ready(self) -> bool:
        """Whether markets are known and their workers are listened to: what they announce, and what they answer."""
        return self.is_listening and self.desk.is_listening and bool(self.feeds)

    def ensure_running(self) -> None:
        if self._is_running:
            return
        self._is_running = True
        for name, run in (
            ("markets", self._look_for_markets),
            ("announcements", self._listen),
            ("rounds", self._tell),
            ("summaries", self.summaries.run),
            ("notices", self.notices.run),
            ("order desk", self.desk.run),
            ("answers", self.desk.listen),
            ("late answers", self.desk.give_up),
            ("identities", self._check_identities),
        ):
            self.start(_for_ever(name, run))

    def start(self, work: Coroutine[Any, Any, None]) -> object:
        """Run something beside the caller; it is kept from the garbage collector."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def feed_of(self, symbol: str) -> MarketFeed:
        """Raises UnknownMarket, or ServiceUnavailable while no market is known."""
        feed = self.feeds.get(symbol)
        if feed is not None:
            return feed
        if not self.feeds:
            raise ServiceUnavailable
        raise UnknownMarket(details={"symbol": symbol[:50]})

    # --- tasks ---------------------------------------------------------------------------------------------------

    async def _look_for_markets(self) -> None:
        while True:
            markets, self._house_accounts = await self.readers.run(lambda: (list_markets(), house_account_ids()))
            for market in markets:
                known = self.feeds.get(market.symbol)
                if known is not None:
                    known.market = market
                    continue
                feed = MarketFeed(
                    market,
                    redis_client=self._redis,
                    readers=self.readers,
                    start=self.start,
                    house_accounts=lambda: self._house_accounts,
                )
                self.feeds[market.symbol] = feed
                self._channels[market_channel(self._database, market.symbol).encode()] = feed
                if self.is_listening and self._pubsub is not None:
                    await self._pubsub.subscribe(market_channel(self._database, market.symbol))
                feed.lose()
                for was_listed in tuple(self.market_was_listed.values()):
                    was_listed(feed)
            await asyncio.sleep(LOOK_FOR_MARKETS_SECONDS)

    async def _listen(self) -> None:
        users = user_channel(self._database)
        self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        try:
            subscribed = set(self._channels)
            await self._pubsub.subscribe(users, *subscribed)
            self.is_listening = True
            if missing := self._channels.keys() - subscribed:
                await self._pubsub.subscribe(*missing)
            # What was announced before this moment nobody heard.
            for feed in self.feeds.values():
                feed.lose()
            self.private.suspect_losses()
            self.private.look_all()
            while True:
                message = await self._pubsub.get_message(timeout=_REDIS_TIMEOUT_SECONDS)
                if message is None:
                    continue
                if message["channel"] == users.encode():
                    await self.private.hear(orjson.loads(message["data"]))
                elif (heard := self._channels.get(message["channel"])) is not None:
                    heard.hear(Announcement.read(orjson.loads(message["data"])))
        finally:
            self.is_listening = False
            await self._pubsub.aclose()

    async def _tell(self) -> None:
        pause = TELL_SECONDS
        while True:
            started = time.perf_counter()
            for feed in self.feeds.values():
                feed.tell()
            took = time.perf_counter() - started
            ROUND_SECONDS.observe(took)
            pause = SLOW_TELL_SECONDS if took > SLOW_ROUND_SECONDS else TELL_SECONDS
            await asyncio.sleep(max(pause - took, 0.01))

    async def _check_identities(self) -> None:
        while True:
            await asyncio.sleep(settings.STREAM_RECHECK_SECONDS)
            identities = list(self.identities)
            if not identities:
                continue
            refusals = await self.readers.run(partial(check_again, identities))
            for identity, refusal in zip(identities, refusals, strict=True):
                revoked = self.identities.get(identity)
                if refusal is not None and revoked is not None:
                    revoked(refusal)


async def _for_ever(name: str, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
    while True:
        try:
            await run()
        except (redis.exceptions.RedisError, OSError) as error:
            log.warning("%s: Redis is away (%s); trying again", name, type(error).__name__)
        except Exception:
            log.exception("%s: failed; trying again", name)
        await asyncio.sleep(_PAUSE_SECONDS)


def _client(url: str) -> "redis.asyncio.Redis":
    return redis.asyncio.Redis.from_url(
        url,
        socket_connect_timeout=_REDIS_TIMEOUT_SECONDS,
        socket_timeout=2 * _REDIS_TIMEOUT_SECONDS,
        health_check_interval=5,
        retry=Retry(NoBackoff(), 0),
    )


_hub: Hub | None = None


async def leave() -> None:
    """The process ends: what its clients asked for in that case is done now."""
    if _hub is not None:
        await _hub.departures.leave_all()


def hub() -> Hub:
    """This process's hub, running. Called in the event loop."""
    global _hub
    if _hub is None:
        _hub = Hub()
    _hub.ensure_running()
    return _hub
