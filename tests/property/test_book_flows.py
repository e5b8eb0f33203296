"""Both books, and undo, under order flow as a market has it."""

from collections import Counter
from dataclasses import replace

import pytest

from bench.flow import FULL_MIX, PLAIN_MIX, RULES, commands
from matching.engine.book import Book
from matching.engine.events import OrderAmended, OrderReplenished, OrderTriggered, Traded, TrailingMoved
from matching.engine.types import Side
from tests.property.both_books import MARKET_ID, Books

SMALL_PLAIN_MIX = replace(PLAIN_MIX, accounts=12, mid_ticks=1_000, spread_ticks=6, mean_lots=20, step_us=100_000)
SMALL_FULL_MIX = replace(FULL_MIX, accounts=12, mid_ticks=1_000, spread_ticks=6, mean_lots=20, step_us=100_000)
SMALL_RULES = replace(
    RULES,
    price_band_ppm=50_000,
    initial_ticks=1_000,
    static_band_ppm=0,
    max_open_orders=0,
    protection_ppm=20_000,
    breaker_ppm=12_000,
    max_order_rate=20,
)


@pytest.mark.parametrize("seed", range(4))
def test_a_long_flow_gives_the_same_events_in_both_books(seed: int) -> None:
    flow = SMALL_FULL_MIX if seed % 2 else SMALL_PLAIN_MIX
    books = Books.opened(SMALL_RULES)
    seen: Counter[type] = Counter()
    for number, command in enumerate(commands(600, seed, flow)):
        seen.update(map(type, books.send(command, flow.starts_at_us + number * flow.step_us)))
    assert seen[Traded] > 100
    if flow is SMALL_FULL_MIX:
        assert min(seen[kind] for kind in (OrderTriggered, OrderReplenished, OrderAmended, TrailingMoved)) > 0


@pytest.mark.parametrize("seed", range(3))
def test_undo_and_run_again_ends_in_the_same_state(seed: int) -> None:
    flow = list(commands(3_000, seed, replace(FULL_MIX, accounts=50, spread_ticks=10)))
    straight, winding = Book(MARKET_ID, RULES), Book(MARKET_ID, RULES)
    for first in range(0, len(flow), 100):
        batch = flow[first : first + 100]
        expected = [straight.apply(command, first, lambda need: True) for command in batch]
        mark = winding.mark()
        for command in batch:
            winding.apply(command, first, lambda need: need % 3 != 0)
        winding.undo(mark)
        assert [winding.apply(command, first, lambda need: True) for command in batch] == expected
        if first % 500 == 0:
            winding.forget_undo()
    assert winding.state_hash() == straight.state_hash()
    winding.check_invariants()


def test_the_touched_levels_are_enough_to_follow_the_book() -> None:
    """A depth kept only from touched levels equals the book's own, through undo as well."""
    book = Book(MARKET_ID, RULES)
    kept: dict[tuple[Side, int], int] = {}
    flow = replace(FULL_MIX, accounts=50, spread_ticks=10)
    for at_us, command in enumerate(commands(2_000, 5, flow), start=1):
        mark = book.mark()
        book.apply(command, at_us, lambda need: True)
        if at_us % 7 == 0:
            kept.update({level: book.level_lots(*level) for level in book.drain_touched()})
            book.undo(mark)
        if at_us % 5 == 0:
            kept.update({level: book.level_lots(*level) for level in book.drain_touched()})
            bids, asks = book.depth(10_000)
            assert {level: lots for level, lots in kept.items() if lots} == {
                **{(Side.BUY, ticks): lots for ticks, lots in bids},
                **{(Side.SELL, ticks): lots for ticks, lots in asks},
            }
