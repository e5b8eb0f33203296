"""Undo, snapshots, rebuilding and hashes of the book."""

import gc
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from bench.flow import RULES, Flow, commands
from kernel.errors import InvariantViolated
from matching.engine.book import Book
from matching.engine.commands import Cancel, SetRules, SetState
from matching.engine.events import Event, Traded, canonical_bytes
from matching.engine.orders import Order
from matching.engine.types import MarketState
from tests.unit.engine.orders import BUY, FREE_RULES, SELL, limit, market


def book_in_use(count: int = 1_000, seed: int = 3) -> Book:
    book = Book(1, RULES)
    for at_us, command in enumerate(commands(count, seed, Flow(accounts=50)), start=1):
        book.apply(command, at_us, lambda need: True)
    book.forget_undo()
    return book


def test_the_hashes_are_the_same_everywhere() -> None:
    """Figures from another day: if they change, old logs no longer verify, and ENGINE_VERSION must grow."""
    book = Book(1, RULES)
    for number in range(1, 400):
        account_id, side, lots = number % 7 + 1, (BUY, SELL)[number * 31 % 3 % 2], number * 13 % 40 + 1
        book.apply(limit(number, account_id, side, lots, 50_000 + number * 7919 % 23), number, lambda need: True)
        if number % 5 == 0:
            book.apply(market(10**6 + number, account_id, side, value=50_000 * lots), number, lambda need: True)
            book.apply(Cancel(2 * 10**6 + number, number - 2, (number - 2) % 7 + 1), number, lambda need: True)
    assert (book.last_trade_number, len(book)) == (255, 115)
    assert book.event_hash.hex() == "1193117a6dbbd6dfedc3dc70fa4f3e0b"
    assert book.state_hash().hex() == "8b8f51ee6b1162b5726499ecf9ce74a3b200be7449a4acee8aaac08ba4e49d5a"


def test_canonical_bytes_are_plain_json() -> None:
    book = Book(1, FREE_RULES)
    events = book.apply(limit(5, 1, BUY, 7, 100), 1, lambda need: True)
    assert canonical_bytes(events) == b"[[5,1,1,100,7,1,7,700]]"
    events = book.apply(SetState(6, MarketState.HALTED, "staff"), 1, lambda need: True)
    assert canonical_bytes(events) == b'[[6,2,"staff",0]]'


@pytest.mark.parametrize(
    "change",
    [
        lambda book: book.apply(limit(10**6, 1, BUY, 7, 1), 1, lambda need: True),
        lambda book: book.apply(SetState(10**6, MarketState.HALTED, ""), 1, lambda need: True),
        lambda book: setattr(book, "last_ticks", 1),
        lambda book: setattr(book, "last_trade_number", 1),
        lambda book: setattr(book, "last_priority", book.last_priority + 1),
        lambda book: setattr(book, "market_id", 2),
        lambda book: setattr(book.bids.best.first, "maker_ppm", 7),
        lambda book: setattr(book.bids.best.first, "stp_group", 7),
        lambda book: setattr(book.asks.best.first, "account_id", 7),
        lambda book: setattr(book.asks.best.first, "lots", 7_777),
    ],
)
def test_the_state_hash_covers_everything(change: Callable[[Book], object]) -> None:
    book = book_in_use()
    before = book.state_hash()
    change(book)
    assert book.state_hash() != before


def test_undo_gives_a_removed_order_its_place_again() -> None:
    book = Book(1, FREE_RULES)
    for order_id in range(1, 6):
        book.apply(limit(order_id, order_id, BUY, 5, 100), 1, lambda need: True)
    before, mark = book.state_hash(), book.mark()
    for order_id in (3, 2, 4, 1, 5):
        book.apply(Cancel(50 + order_id, order_id, order_id), 1, lambda need: True)
    assert book.depth(5) == ([], [])
    book.apply(limit(60, 9, BUY, 5, 100), 1, lambda need: True)
    book.apply(market(61, 8, SELL, lots=3), 1, lambda need: True)
    book.undo(mark)
    assert book.state_hash() == before
    book.check_invariants()
    trades = book.apply(market(62, 8, SELL, lots=25), 1, lambda need: True)
    assert [event[1] for event in trades[:-1:2]] == [1, 2, 3, 4, 5]


def test_undo_of_one_command_out_of_many() -> None:
    book = book_in_use()
    hashes, marks = [], []
    for at_us, command in enumerate(commands(200, 9, Flow(accounts=50, first_order_id=10**6)), start=1):
        hashes.append(book.state_hash())
        marks.append(book.mark())
        book.apply(command, at_us, lambda need: True)
    for state_hash, mark in zip(reversed(hashes), reversed(marks), strict=True):
        book.undo(mark)
        assert book.state_hash() == state_hash


def test_undo_after_a_command_that_raised() -> None:
    """The funds check may fail for good, and so may the engine itself: undo leaves nothing behind."""

    def broken(need: int) -> bool:
        raise RuntimeError("no answer")

    book = book_in_use()
    before, mark = book.state_hash(), book.mark()
    with pytest.raises(RuntimeError):
        book.apply(limit(10**6, 1, BUY, 7, 49_990), 1, broken)
    book.undo(mark)
    resting = next(iter(book.orders.values()))
    with pytest.raises(InvariantViolated):
        book.apply(limit(resting.order_id, 99, BUY, 7, 49_000), 1, lambda need: True)
    book.undo(mark)
    assert book.state_hash() == before
    book.check_invariants()


def test_a_mark_outside_the_journal_is_a_mistake() -> None:
    book = book_in_use()
    with pytest.raises(InvariantViolated):
        book.undo(book.mark() + 1)


def test_undo_brings_back_the_rules() -> None:
    book = Book(1, FREE_RULES)
    before, mark = book.state_hash(), book.mark()
    book.apply(SetRules(1, FREE_RULES.version, replace(RULES, version=2)), 1, lambda need: True)
    assert book.rules == replace(RULES, version=2)
    assert book.state_hash() != before
    book.undo(mark)
    assert book.rules == FREE_RULES
    assert book.state_hash() == before


def test_undo_takes_back_what_the_breaker_has_seen() -> None:
    """A trade between known prices leaves the window as it was, but not the price that is left when all else is old."""
    rules = replace(FREE_RULES, breaker_ppm=50_000, breaker_window_us=32_000_000, halt_us=1_000_000)
    book, long_after = Book(1, rules), 100_000_000

    def trade(first_id: int, ticks: int, at_us: int) -> list[Event]:
        book.apply(limit(first_id, 1, SELL, 1, ticks), at_us, lambda need: True)
        return book.apply(limit(first_id + 1, 2, BUY, 1, ticks), at_us, lambda need: True)

    trade(1, 104, 1)
    trade(3, 100, 1)
    mark = book.mark()
    trade(5, 104, 2)
    trade(7, 104, long_after)
    book.undo(mark)
    assert isinstance(trade(9, 96, long_after)[0], Traded)
    assert book.state == MarketState.TRADING


def test_a_snapshot_is_json_and_restores_the_book() -> None:
    book = book_in_use()
    restored = Book.restore(json.loads(json.dumps(book.snapshot())), RULES)
    assert restored.state_hash() == book.state_hash()
    restored.check_invariants()
    for at_us, command in enumerate(commands(500, 4, Flow(accounts=50, first_order_id=10**6)), start=1):
        assert restored.apply(command, at_us, lambda need: True) == book.apply(command, at_us, lambda need: True)
    assert restored.state_hash() == book.state_hash()


@pytest.mark.parametrize("field", ["engine_version", "rules_version"])
def test_a_snapshot_of_another_version_is_not_restored(field: str) -> None:
    snapshot = book_in_use().snapshot()
    with pytest.raises(InvariantViolated):
        Book.restore({**snapshot, field: 99}, RULES)


def test_loading_refuses_what_cannot_be() -> None:
    book = Book(1, FREE_RULES)

    def load(order_id: int, priority: int) -> None:
        book.load_orders([Order(order_id, 1, SELL, 5, 5, priority, 0, 0).fields()])

    load(1, 5)
    with pytest.raises(InvariantViolated):
        load(1, 6)
    with pytest.raises(InvariantViolated):
        load(2, 4)
    with pytest.raises(InvariantViolated):
        book.set_counters(last_ticks=0, last_trade_number=0, last_priority=1, event_hash=bytes(16))


def test_a_large_book_loads() -> None:
    rows = [
        (
            number,
            number % 1_000,
            1 + number % 2,
            10**6 + (-1) ** (1 + number % 2) * (1 + number * 7919 % 90_001),
            5,
            number,
            *(0,) * 9,
        )
        for number in range(1, 50_001)
    ]
    book = Book(1, FREE_RULES)
    book.load_orders(rows)
    assert len(book) == 50_000
    book.check_invariants()


@pytest.mark.parametrize("seed", range(2))
def test_the_engine_leaves_nothing_to_the_garbage_collector(seed: int) -> None:
    """No reference cycles: a worker may let the collector run as seldom as it likes."""
    book = Book(1, RULES)
    flow = list(commands(3_000, seed))
    gc.collect()
    gc.disable()
    try:
        for at_us, command in enumerate(flow, start=1):
            book.apply(command, at_us, lambda need: True)
            if at_us % 500 == 0:
                book.forget_undo()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_broken_book_is_noticed() -> None:
    def break_lots(book: Book) -> None:
        book.bids.levels[book.bids.ranks[-1]].lots += 1

    def break_index(book: Book) -> None:
        del book.orders[next(iter(book.orders))]

    def break_order_of_levels(book: Book) -> None:
        book.asks.ranks.reverse()

    def cross(book: Book) -> None:
        (bids, _) = book.depth(1)
        book.load_orders([Order(10**9, 1, SELL, bids[0][0], 1, 10**9, 0, 0).fields()])

    for break_it in (break_lots, break_index, break_order_of_levels, cross):
        book = book_in_use()
        book.check_invariants()
        break_it(book)
        with pytest.raises(InvariantViolated):
            book.check_invariants()
