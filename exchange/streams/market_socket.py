"""/ws/v1/market: what everybody may know."""

from collections.abc import Iterable

from django.conf import settings

from exchange.streams.errors import TooManySubscriptions
from exchange.streams.frames import NOTICES, FrameId, Subscription, read_subscription
from exchange.streams.market_feeds import MarketFeed
from exchange.streams.messages import Message
from exchange.streams.sockets import TOO_MUCH, Frame, Socket
from exchange.streams.summaries import Summary
from exchange.streams.topics import Topic

MARKET_PATH = "/ws/v1/market"


class MarketSocket(Socket):
    """A subscriber of topics. Of a book it has one speed at a time; a new one replaces the old."""

    name = "market"

    async def opened(self) -> None:
        self.operations |= {"subscribe": self._subscribe, "unsubscribe": self._unsubscribe}
        self._topics: set[Topic] = set()
        self._to_all_markets: dict[tuple[str, str], None] = {}
        """Channels and variants that were subscribed for all markets."""

    def closed(self) -> None:
        for topic in getattr(self, "_topics", ()):
            topic.unsubscribe(self)
        self.hub.market_was_listed.pop(self, None)

    async def _subscribe(self, frame: Frame, reply_to: FrameId) -> None:
        subscription = read_subscription(frame)
        feeds = self._feeds(subscription)
        if self._count_with(subscription, feeds) > settings.STREAM_MAX_SUBSCRIPTIONS:
            self.end(TooManySubscriptions(details={"most": settings.STREAM_MAX_SUBSCRIPTIONS}), TOO_MUCH, reply_to)
            return
        if subscription.symbols is None:
            self._to_all_markets[subscription.channel, subscription.variant] = None
            self.hub.market_was_listed[self] = self._join_new_market
        self._confirm("subscribed", subscription, feeds, reply_to)
        if subscription.channel == NOTICES:
            await self.hub.notices.make_known()
            self._join(self.hub.notices.topic)
        for feed in feeds:
            topic = self._replace_others(feed, subscription.channel, subscription.variant)
            if isinstance(topic, Summary):
                await self.hub.summaries.make_known(topic)
            self._join(topic)
            await self.outlet.drained()

    async def _unsubscribe(self, frame: Frame, reply_to: FrameId) -> None:
        subscription = read_subscription(frame)
        feeds = self._feeds(subscription)
        if subscription.symbols is None:
            self._to_all_markets.pop((subscription.channel, subscription.variant), None)
        if subscription.channel == NOTICES:
            self._leave(self.hub.notices.topic)
        for feed in feeds:
            self._leave(feed.topics(subscription.channel, subscription.variant)[-1])
        self._confirm("unsubscribed", subscription, feeds, reply_to)

    def _count_with(self, subscription: Subscription, feeds: Iterable[MarketFeed]) -> int:
        """How many subscriptions there would be."""
        topics = set(self._topics)
        if subscription.channel == NOTICES:
            topics.add(self.hub.notices.topic)
        for feed in feeds:
            *others, topic = feed.topics(subscription.channel, subscription.variant)
            topics.difference_update(others)
            topics.add(topic)
        return len(topics)

    def _feeds(self, subscription: Subscription) -> list[MarketFeed]:
        """Raises UnknownMarket; then nothing is subscribed."""
        if subscription.symbols is None:
            return list(self.hub.feeds.values())
        return [self.hub.feed_of(symbol) for symbol in subscription.symbols]

    def _confirm(self, kind: str, subscription: Subscription, feeds: Iterable[MarketFeed], reply_to: FrameId) -> None:
        about = {} if subscription.channel == NOTICES else {"symbols": [feed.market.symbol for feed in feeds]}
        self.send(
            Message(
                {
                    "type": kind,
                    "id": reply_to,
                    "channel": subscription.channel,
                    **about,
                    **subscription.echo,
                }
            )
        )

    def _join_new_market(self, feed: MarketFeed) -> None:
        for channel, variant in self._to_all_markets:
            if len(self._topics) < settings.STREAM_MAX_SUBSCRIPTIONS:
                self._join(self._replace_others(feed, channel, variant))

    def _replace_others(self, feed: MarketFeed, channel: str, variant: str) -> Topic:
        *others, topic = feed.topics(channel, variant)
        for other in others:
            self._leave(other)
        return topic

    def _join(self, topic: Topic) -> None:
        self._topics.add(topic)
        topic.subscribe(self)

    def _leave(self, topic: Topic) -> None:
        self._topics.discard(topic)
        topic.unsubscribe(self)
