"""What subscribers of a topic get: a snapshot, then what joins it, each message once for all of them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from exchange.streams.books import Book, Changes
from exchange.streams.messages import Message
from exchange.streams.tapes import NEWEST_TRADES, TapeTopic
from exchange.streams.topics import BookTopic, DepthTopic, LevelTexts, NumberedTopic
from kernel.units import MarketUnits
from marketdata.selectors import PublicTrade
from matching.engine.types import Side

UNITS = MarketUnits(tick_size=Decimal("0.01"), lot_size=Decimal("0.001"), base_scale=12, quote_scale=12)


class Reader:
    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(message.text) for message in self.messages]


def book_topic() -> tuple[BookTopic, Book]:
    topic, book = BookTopic("A-B", "100ms", LevelTexts(UNITS)), Book()
    book.replace(update_id=7, at_us=0, bids=[(100, 5)], asks=[(102, 1)])
    topic.start_anew(book)
    return topic, book


def trade(number: int) -> PublicTrade:
    amount = Decimal("1.5")
    return PublicTrade(number, number, amount, amount, amount, Side.BUY, datetime(2026, 1, 1, tzinfo=UTC), False, False)


def test_a_book_before_it_is_known() -> None:
    topic, reader = BookTopic("A-B", "100ms", LevelTexts(UNITS)), Reader()
    topic.subscribe(reader)
    assert reader.frames == []
    book = Book()
    book.replace(update_id=3, at_us=0, bids=[(100, 5)], asks=[])
    topic.start_anew(book)
    (frame,) = reader.frames
    assert (frame["type"], frame["last_update_id"], frame["bids"]) == ("snapshot", 3, [["1", "0.005"]])


def test_who_subscribes_between_a_change_and_its_telling_gets_both() -> None:
    topic, _ = book_topic()
    early, late = Reader(), Reader()
    topic.subscribe(early)
    topic.note(Changes(8, 9, 0, {100: 0}, {}))
    topic.subscribe(late)
    topic.note(Changes(10, 10, 0, {99: 1}, {}))
    topic.tell()
    for reader in (early, late):
        snapshot, update = reader.frames
        assert (snapshot["last_update_id"], snapshot["bids"]) == (7, [["1", "0.005"]])
        assert (update["first_update_id"], update["last_update_id"]) == (8, 10)
        assert update["bids"] == [["1", "0"], ["0.99", "0.001"]]
    assert early.messages[1] is late.messages[1]


def test_nothing_to_tell_is_not_told() -> None:
    topic, _ = book_topic()
    reader = Reader()
    topic.subscribe(reader)
    topic.tell()
    assert len(reader.frames) == 1


def test_a_lost_book_is_silent_until_it_is_read_anew() -> None:
    topic, book = book_topic()
    reader = Reader()
    topic.subscribe(reader)
    topic.note(Changes(8, 8, 0, {100: 0}, {}))
    topic.start_anew(None)
    topic.tell()
    book.apply(Changes(8, 12, 0, {100: 9}, {}))
    topic.start_anew(book)
    topic.note(Changes(13, 13, 0, {}, {102: 0}))
    topic.tell()
    kinds = [(frame["type"], frame["last_update_id"]) for frame in reader.frames]
    assert kinds == [("snapshot", 7), ("snapshot", 12), ("update", 13)]
    assert reader.frames[2]["first_update_id"] == 13


def test_unsubscribed_is_silent() -> None:
    topic, _ = book_topic()
    reader = Reader()
    topic.subscribe(reader)
    assert topic.unsubscribe(reader)
    assert not topic.unsubscribe(reader)
    topic.note(Changes(8, 8, 0, {100: 0}, {}))
    topic.tell()
    assert len(reader.frames) == 1


def test_trades_join() -> None:
    tape, reader = TapeTopic("A-B"), Reader()
    tape.start_reading()
    assert tape.finish_reading([trade(2), trade(1)])
    tape.subscribe(reader)
    assert tape.note([trade(3)])
    second = Reader()
    tape.subscribe(second)
    tape.tell()
    numbers = [[told["number"] for told in frame["trades"]] for frame in reader.frames]
    assert numbers == [[2, 1], [3]]
    assert second.frames == reader.frames


def test_a_missing_trade_means_reading_anew() -> None:
    tape, reader = TapeTopic("A-B"), Reader()
    tape.subscribe(reader)
    tape.start_reading()
    tape.finish_reading([trade(1)])
    assert not tape.note([trade(3)])
    tape.tell()
    assert not tape.note([trade(4)])
    assert tape.finish_reading([trade(2), trade(1)])
    assert [told["number"] for told in reader.frames[-1]["trades"]] == [4, 3, 2, 1]
    assert len(reader.frames) == 2


def test_what_was_read_too_early_is_read_again() -> None:
    tape = TapeTopic("A-B")
    tape.start_reading()
    tape.note([trade(5)])
    assert not tape.finish_reading([trade(3)])
    assert not tape.is_known
    assert tape.finish_reading([trade(4), trade(3)])
    assert tape.is_complete(5)


def test_a_snapshot_has_the_newest_trades_only() -> None:
    tape, reader = TapeTopic("A-B"), Reader()
    tape.start_reading()
    tape.finish_reading([])
    tape.note([trade(number) for number in range(1, 100)])
    tape.tell()
    tape.subscribe(reader)
    assert [told["number"] for told in reader.frames[0]["trades"]] == list(range(99, 99 - NEWEST_TRADES, -1))


def test_values_are_numbered_and_told_once() -> None:
    topic, reader = NumberedTopic("value", channel="ticker", symbol="A-B"), Reader()
    topic.subscribe(reader)
    for value in ("a", "a", "b", "b", "c"):
        topic.offer(value)
    late = Reader()
    topic.subscribe(late)
    assert [(frame["type"], frame["value"], frame["sequence"]) for frame in reader.frames] == [
        ("snapshot", "a", 0),
        ("update", "b", 1),
        ("update", "c", 2),
    ]
    assert (late.frames[0]["value"], late.frames[0]["sequence"]) == ("c", 2)
    topic.forget()
    topic.offer("d")
    assert (late.frames[-1]["type"], late.frames[-1]["value"]) == ("snapshot", "d")


def test_the_best_levels_are_told_whole_and_only_when_they_change() -> None:
    topic, book, first, second = DepthTopic("A-B", 2, LevelTexts(UNITS)), Book(), Reader(), Reader()
    book.replace(update_id=7, at_us=0, bids=[(98, 1), (100, 5), (99, 2)], asks=[(102, 1)])
    topic.subscribe(first)
    assert first.frames == []
    topic.offer(book, book.best(2))
    topic.offer(book, book.best(20))
    (frame,) = first.frames
    assert (frame["type"], frame["levels"], frame["last_update_id"]) == ("snapshot", 2, 7)
    assert frame["bids"] == [["1", "0.005"], ["0.99", "0.002"]]
    assert frame["asks"] == [["1.02", "0.001"]]
    book.apply(Changes(8, 8, 0, {98: 0}, {}))
    topic.offer(book, book.best(2))
    assert len(first.messages) == 1
    book.apply(Changes(9, 9, 0, {100: 0}, {}))
    topic.offer(book, book.best(2))
    topic.subscribe(second)
    assert first.messages[1] is second.messages[0]
    assert second.frames[0]["bids"] == [["0.99", "0.002"]]
    topic.forget()
    assert topic.snapshot() is None
