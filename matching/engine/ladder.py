"""One side of the book: price levels from worst to best, and in each the resting orders in order of time.

Layout
    levels   rank -> PriceLevel. The rank of a price is its ticks on the bid side and minus its ticks on the
             ask side: on both sides the greater rank is the better price, and one loop matches both.
    ranks    the ranks of all levels, ascending: the best price stands at the end, where nearly all changes
             happen.
    best     the level with the greatest rank, or None: the only thing most commands look at.

    Inside a level the orders form a doubly linked list through themselves (`before`, `behind`).

Dancing links
    `remove` takes an order out of the list but leaves the order's own links as they were. Undone in reverse
    order, every `put_back` therefore finds the very neighbours it left, and the order gets its exact place in
    the queue again, without a search and without a copy. Emptied levels come back the same way: their orders
    still know them.

Invariants (`check_invariants` of the book verifies them)
    - `ranks` is strictly ascending and names exactly the levels in `levels`; no level is empty;
    - `level.lots` is the sum of the visible lots of its orders, each of them positive;
    - priorities ascend from the first order of a level to the last.

Complexity
    Find, append, remove, put back: O(1) in an existing level. Opening or closing a level: O(log n)
    comparisons plus one move of the pointers behind it, none at the best price.

Why a sorted list and not a SortedDict
    Levels open and close with every fourth command, most of them near the best price, where `insort` and
    `del` have next to nothing to move. On the flow of `bench/engine.py` a book on sortedcontainers'
    SortedDict took 15 % longer a command.

Known limits
    A level opened or closed k prices behind the best one moves 8k bytes: 10 microseconds behind 100,000
    levels.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator

from matching.engine.orders import Order
from matching.engine.types import Side


class PriceLevel:
    """The orders at one price, first come first served."""

    __slots__ = ("first", "last", "lots", "rank", "ticks")

    def __init__(self, ticks: int, rank: int) -> None:
        self.ticks = ticks
        self.rank = rank
        self.lots = 0
        self.first: Order | None = None
        self.last: Order | None = None

    def __iter__(self) -> Iterator[Order]:
        order = self.first
        while order is not None:
            yield order
            order = order.behind


class Ladder:
    """All price levels of one side."""

    __slots__ = ("best", "levels", "ranks", "sign", "touched")

    def __init__(self, side: Side) -> None:
        self.sign = 1 if side == Side.BUY else -1
        self.levels: dict[int, PriceLevel] = {}
        self.ranks: list[int] = []
        self.best: PriceLevel | None = None
        self.touched: set[int] = set()
        """Prices, in ticks, of the levels that may have changed since the book was last drained."""

    def __iter__(self) -> Iterator[Order]:
        """Every order, worst price first, in order of time within a price."""
        for rank in self.ranks:
            yield from self.levels[rank]

    @property
    def front(self) -> Order:
        """The order that is next to trade; only asked where there is one."""
        assert self.best is not None, "somebody rests on this side"
        assert self.best.first is not None, "no level in a ladder is empty"
        return self.best.first

    def append(self, order: Order) -> None:
        """Put a new order at the end of the queue of its price."""
        rank = order.ticks * self.sign
        level = self.levels.get(rank)
        if level is None:
            level = PriceLevel(order.ticks, rank)
            self._open(level)
        last = level.last
        if last is None:
            level.first = order
        else:
            last.behind = order
        level.last = order
        level.lots += order.lots
        order.level = level
        order.before = last
        order.behind = None
        self.touched.add(order.ticks)

    def remove(self, order: Order) -> None:
        """Take an order out of its queue; the order itself still knows its place."""
        level = order.level
        before = order.before
        behind = order.behind
        if before is None:
            level.first = behind
        else:
            before.behind = behind
        if behind is None:
            level.last = before
        else:
            behind.before = before
        level.lots -= order.lots
        self.touched.add(level.ticks)
        if level.first is None:
            self._close(level)

    def put_back(self, order: Order) -> None:
        """Undo `remove`, provided that everything done after it has been undone."""
        level = order.level
        if level.first is None:
            self._open(level)
        before = order.before
        behind = order.behind
        if before is None:
            level.first = order
        else:
            before.behind = order
        if behind is None:
            level.last = order
        else:
            behind.before = order
        level.lots += order.lots
        self.touched.add(level.ticks)

    def change_lots(self, order: Order, by: int) -> None:
        """An order trades in part (or that is undone); it keeps its place."""
        order.lots += by
        order.level.lots += by
        self.touched.add(order.ticks)

    def lots_at(self, ticks: int) -> int:
        """Lots resting at that price; 0 where there is no level."""
        level = self.levels.get(ticks * self.sign)
        return 0 if level is None else level.lots

    def depth(self, limit: int) -> list[tuple[int, int]]:
        """(ticks, lots) of the best `limit` levels, best first."""
        best_ranks = self.ranks[-limit:] if limit > 0 else []
        return [(level.ticks, level.lots) for level in map(self.levels.__getitem__, reversed(best_ranks))]

    def whole_depth(self, worst_ticks: int) -> list[tuple[int, int]]:
        """(ticks, lots with the hidden ones) of the levels up to that price, best first."""
        worst_rank = worst_ticks * self.sign
        levels: list[tuple[int, int]] = []
        for rank in reversed(self.ranks):
            if rank < worst_rank:
                break
            level = self.levels[rank]
            levels.append((level.ticks, sum(order.remaining_lots for order in level)))
        return levels

    def _open(self, level: PriceLevel) -> None:
        self.levels[level.rank] = level
        best = self.best
        if best is None or level.rank > best.rank:
            self.ranks.append(level.rank)
            self.best = level
        else:
            insort(self.ranks, level.rank)

    def _close(self, level: PriceLevel) -> None:
        del self.levels[level.rank]
        ranks = self.ranks
        if level is self.best:
            ranks.pop()
            self.best = self.levels[ranks[-1]] if ranks else None
        else:
            del ranks[bisect_left(ranks, level.rank)]
