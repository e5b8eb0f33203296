"""The one price at which a crossed book is uncrossed.

Greatest volume, then least surplus, then nearest to the reference, then lowest. Demand and supply change only at the
prices of orders, so it is enough to look at those and at the stretches between them; inside a stretch only the distance
to the reference differs.

Complexity: O(levels that cross) twice.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

Level = tuple[int, int]
"""Price in ticks, and all lots resting there, hidden ones included."""


class Clearing(NamedTuple):
    """The auction's price and how many lots trade at it."""

    ticks: int
    lots: int
    surplus_lots: int
    """What finds nobody at that price: of buyers where it is more than 0, of sellers where it is less."""


def clearing(bids: Sequence[Level], asks: Sequence[Level], reference_ticks: int) -> Clearing | None:
    """The auction's price of these levels, best first; None where nothing would trade."""
    if not bids or not asks or bids[0][0] < asks[0][0]:
        return None
    highest, lowest = bids[0][0], asks[0][0]
    bids = [level for level in bids if level[0] >= lowest]
    asks = [level for level in asks if level[0] <= highest]
    prices = sorted({ticks for ticks, _ in bids} | {ticks for ticks, _ in asks})
    demand_at, supply_at = dict(bids), dict(asks)
    demand, supply = sum(demand_at.values()), 0
    best: tuple[int, int, int, int] | None = None
    surplus_lots = 0
    for first, last in _stretches(prices):
        # A stretch is one price with orders, or the prices between two of them.
        supply += supply_at.get(first, 0)
        ticks = min(max(reference_ticks, first), last)
        candidate = (-min(demand, supply), abs(demand - supply), abs(ticks - reference_ticks), ticks)
        if best is None or candidate < best:
            best = candidate
            surplus_lots = demand - supply
        demand -= demand_at.get(first, 0)
    assert best is not None, "a crossed book has prices"
    return Clearing(best[3], -best[0], surplus_lots)


def _stretches(prices: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ascending, first and last price of each."""
    for ticks, following in pairwise(prices):
        yield ticks, ticks
        if following - ticks > 1:
            yield ticks + 1, following - 1
    yield prices[-1], prices[-1]
