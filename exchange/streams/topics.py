"""What clients subscribe to: each topic has its subscribers, its present state, and one message for all of them."""

from typing import Any, Protocol

from django.conf import settings

from exchange.streams.books import Best, Book, Changes
from exchange.streams.counters import SUBSCRIPTIONS
from exchange.streams.messages import Message, time_text
from kernel.units import MarketUnits, plain

_MAX_KEPT_TEXTS = 50_000


class Subscriber(Protocol):
    """A socket, as topics see it."""

    def send(self, message: Message) -> None: ...


class Topic:
    """A subscriber gets the snapshot first, then every update; a later snapshot replaces all it knows."""

    def __init__(self, **header: str | int) -> None:
        """`header`: the names under which its frames say what they are about, `channel` and `symbol` among them."""
        self.header = header
        self.subscribers: set[Subscriber] = set()
        self._gauge = SUBSCRIPTIONS.labels(str(header["channel"]))

    def subscribe(self, subscriber: Subscriber) -> None:
        """Again for one who is subscribed: a fresh snapshot."""
        if subscriber not in self.subscribers:
            self.subscribers.add(subscriber)
            self._gauge.inc()
        snapshot = self.snapshot()
        if snapshot is not None:
            subscriber.send(snapshot)

    def unsubscribe(self, subscriber: Subscriber) -> bool:
        """Whether it was subscribed."""
        if subscriber not in self.subscribers:
            return False
        self.subscribers.remove(subscriber)
        self._gauge.dec()
        return True

    def snapshot(self) -> Message | None:
        """The present state; None while it is not known. Then it comes as soon as it is."""
        raise NotImplementedError

    def publish(self, message: Message) -> None:
        for subscriber in tuple(self.subscribers):
            subscriber.send(message)

    def message(self, kind: str, **content: Any) -> Message:
        return Message({"type": kind, **self.header, **content})


class LevelTexts:
    """Ticks and lots of one market as clients read them; the same few are asked for again and again."""

    def __init__(self, units: MarketUnits) -> None:
        self._units = units
        self._prices: dict[int, str] = {}
        self._quantities: dict[int, str] = {}

    def levels(self, levels: list[tuple[int, int]]) -> list[tuple[str, str]]:
        if len(self._prices) > _MAX_KEPT_TEXTS:
            self._prices.clear()
        if len(self._quantities) > _MAX_KEPT_TEXTS:
            self._quantities.clear()
        return [(self._price(ticks), self._quantity(lots)) for ticks, lots in levels]

    def _price(self, ticks: int) -> str:
        text = self._prices.get(ticks)
        if text is None:
            text = self._prices[ticks] = plain(self._units.price(ticks))
        return text

    def _quantity(self, lots: int) -> str:
        text = self._quantities.get(lots)
        if text is None:
            text = self._quantities[lots] = plain(self._units.quantity(lots))
        return text


class BookTopic(Topic):
    """A book as its subscribers know it: what they were told last, and what they have not been told yet."""

    def __init__(self, symbol: str, speed: str, texts: LevelTexts) -> None:
        super().__init__(channel="book", symbol=symbol, speed=speed)
        self._texts = texts
        self._told: Book | None = None
        self._changes: Changes | None = None
        self._snapshot: Message | None = None

    def start_anew(self, book: Book | None) -> None:
        """The book was read anew, or is unknown from now on (None)."""
        self._told = book.copy() if book is not None else None
        self._changes = self._snapshot = None
        snapshot = self.snapshot()
        if snapshot is not None:
            self.publish(snapshot)

    def note(self, changes: Changes) -> None:
        """Changes that join what was noted before."""
        if self._changes is None:
            self._changes = Changes(changes.first, changes.last, changes.at_us, dict(changes.bids), dict(changes.asks))
        else:
            self._changes.add(changes)

    def tell(self) -> None:
        """Send what was noted, in one update."""
        changes, told = self._changes, self._told
        if changes is None or told is None:
            return
        self._changes = self._snapshot = None
        first = told.update_id + 1
        told.apply(changes)
        if self.subscribers:
            levels = self._texts.levels
            self.publish(
                self.message(
                    "update",
                    first_update_id=first,
                    last_update_id=changes.last,
                    bids=levels(sorted(changes.bids.items(), reverse=True)),
                    asks=levels(sorted(changes.asks.items())),
                    at=time_text(changes.at_us),
                )
            )

    def snapshot(self) -> Message | None:
        if self._told is None:
            return None
        if self._snapshot is None:
            bids, asks = self._told.best(settings.STREAM_BOOK_LEVELS)
            self._snapshot = self.message(
                "snapshot",
                last_update_id=self._told.update_id,
                bids=self._texts.levels(bids),
                asks=self._texts.levels(asks),
                at=time_text(self._told.at_us),
            )
        return self._snapshot


class DepthTopic(Topic):
    """The best levels of a book, whole each time: for those who do not want to keep a book themselves."""

    def __init__(self, symbol: str, levels: int, texts: LevelTexts) -> None:
        super().__init__(channel="depth", symbol=symbol, levels=levels)
        self.levels = levels
        self._texts = texts
        self._best: Best | None = None
        self._snapshot: Message | None = None

    @property
    def is_known(self) -> bool:
        return self._best is not None

    def forget(self) -> None:
        """The book is unknown from now on, or nobody listens."""
        self._best = self._snapshot = None

    def offer(self, book: Book, best: Best) -> None:
        """Tell the best levels of the book, which may be more than this topic's, if they changed."""
        bids, asks = best[0][: self.levels], best[1][: self.levels]
        if self._best == (bids, asks):
            return
        self._best = bids, asks
        self._snapshot = self.message(
            "snapshot",
            last_update_id=book.update_id,
            bids=self._texts.levels(bids),
            asks=self._texts.levels(asks),
            at=time_text(book.at_us),
        )
        self.publish(self._snapshot)

    def snapshot(self) -> Message | None:
        return self._snapshot


class NumberedTopic(Topic):
    """A topic with one present value, numbered by this process without a gap: tickers, candles, markets."""

    def __init__(self, field: str, **header: str) -> None:
        super().__init__(**header)
        self._field = field
        self._sequence = 0
        self.value: Any = None
        self.is_known = False

    def offer(self, value: Any) -> None:
        """Tell the value if it says something new."""
        if self.is_known and not self._is_news(value):
            return
        is_first = not self.is_known
        self.value, self.is_known = value, True
        if is_first:
            self.publish(self._frame("snapshot"))
        else:
            self._sequence += 1
            self.publish(self._frame("update"))

    def forget(self) -> None:
        """Nobody listens: the next one gets a fresh value."""
        self.value, self.is_known = None, False

    def snapshot(self) -> Message | None:
        return self._frame("snapshot") if self.is_known else None

    def _is_news(self, value: Any) -> bool:
        return bool(value != self.value)

    def _frame(self, kind: str) -> Message:
        return self.message(kind, **{self._field: self.value}, sequence=self._sequence)
