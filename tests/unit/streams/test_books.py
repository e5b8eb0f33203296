"""Merged changes are the sum of what was merged, and joining is exact."""

import random

from exchange.streams.books import Book, Changes


def changes(first: int, last: int, bids: dict[int, int] | None = None, asks: dict[int, int] | None = None) -> Changes:
    return Changes(first, last, last * 1000, bids or {}, asks or {})


def test_levels_come_change_and_go() -> None:
    book = Book()
    book.apply(changes(1, 1, {100: 5, 99: 7}, {101: 3}))
    book.apply(changes(2, 4, {100: 0, 98: 1}, {101: 9}))
    assert book.best(10) == ([(99, 7), (98, 1)], [(101, 9)])
    assert (book.update_id, book.at_us) == (4, 4000)


def test_best_levels_come_first_and_no_more_than_asked() -> None:
    book = Book()
    book.replace(update_id=1, at_us=0, bids=[(n, 1) for n in range(10)], asks=[(n, 1) for n in range(20, 30)])
    assert book.best(2) == ([(9, 1), (8, 1)], [(20, 1), (21, 1)])


def test_what_joins() -> None:
    book = Book()
    book.replace(update_id=10, at_us=0, bids=[], asks=[])
    assert book.joins(changes(11, 12))
    assert book.joins(changes(8, 12))
    assert not book.joins(changes(12, 12))


def test_merging_equals_applying_one_by_one() -> None:
    rng = random.Random(5)
    for _ in range(50):
        one_by_one, at_once, merged = Book(), Book(), None
        for number in range(1, 20):
            step = changes(
                number, number, {rng.randint(1, 9): rng.randint(0, 3)}, {rng.randint(11, 19): rng.randint(0, 3)}
            )
            one_by_one.apply(step)
            if merged is None:
                merged = changes(number, number, dict(step.bids), dict(step.asks))
            else:
                merged.add(step)
        assert merged is not None
        at_once.apply(merged)
        assert at_once.best(99) == one_by_one.best(99)
        assert at_once.update_id == one_by_one.update_id == 19


def test_a_copy_is_independent() -> None:
    book = Book()
    book.apply(changes(1, 1, {5: 1}))
    other = book.copy()
    book.apply(changes(2, 2, {5: 0}))
    assert other.best(9) == ([(5, 1)], [])


def test_the_best_are_the_same_however_many_are_asked_for() -> None:
    rng = random.Random(3)
    book = Book()
    book.replace(
        update_id=1,
        at_us=0,
        bids=[(ticks, 1) for ticks in rng.sample(range(1, 1000), 500)],
        asks=[(ticks, 1) for ticks in rng.sample(range(1000, 2000), 500)],
    )
    bids, asks = book.best(1000)
    assert book.best(20) == (bids[:20], asks[:20])
