"""One market's book as the streams know it. Pure: no clock, no I/O.

Quantities are absolute, so changes can be merged (the last one of a level wins) and applied twice without harm. What
must hold is the numbering: changes cover applied sequences without a gap, and `apply` is only for changes that join.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

Levels = dict[int, int]
"""Ticks to lots; 0 lots in changes: the level is gone."""

Best = tuple[list[tuple[int, int]], list[tuple[int, int]]]
"""Bids and asks as (ticks, lots), best first."""


_FEW_LEVELS = 200
"""Up to so many of a deep book are found faster than the book is sorted."""


@dataclass(slots=True)
class Changes:
    """What happened to a book between two update ids, both included."""

    first: int
    last: int
    at_us: int
    """The engine's time of the newest one."""
    bids: Levels = field(default_factory=dict)
    asks: Levels = field(default_factory=dict)

    def add(self, later: "Changes") -> None:
        """Merge changes that follow these."""
        self.last = later.last
        self.at_us = later.at_us
        self.bids.update(later.bids)
        self.asks.update(later.asks)


class Book:
    """All levels as of `update_id`."""

    __slots__ = ("asks", "at_us", "bids", "update_id")

    def __init__(self) -> None:
        self.update_id = 0
        self.at_us = 0
        self.bids: Levels = {}
        self.asks: Levels = {}

    def replace(
        self, *, update_id: int, at_us: int, bids: Iterable[tuple[int, int]], asks: Iterable[tuple[int, int]]
    ) -> None:
        self.update_id = update_id
        self.at_us = at_us
        self.bids = dict(bids)
        self.asks = dict(asks)

    def copy(self) -> "Book":
        other = Book()
        other.replace(update_id=self.update_id, at_us=self.at_us, bids=self.bids.items(), asks=self.asks.items())
        return other

    def joins(self, changes: Changes) -> bool:
        """Whether nothing lies between the book and these changes."""
        return changes.first <= self.update_id + 1

    def apply(self, changes: Changes) -> None:
        """Take over changes that join."""
        for levels, changed in ((self.bids, changes.bids), (self.asks, changes.asks)):
            for ticks, lots in changed.items():
                if lots:
                    levels[ticks] = lots
                else:
                    levels.pop(ticks, None)
        self.update_id = changes.last
        self.at_us = changes.at_us

    def best(self, count: int) -> Best:
        """The best levels of both sides."""
        if count < _FEW_LEVELS:
            return heapq.nlargest(count, self.bids.items()), heapq.nsmallest(count, self.asks.items())
        bids = sorted(self.bids.items(), reverse=True)[:count]
        asks = sorted(self.asks.items())[:count]
        return bids, asks
