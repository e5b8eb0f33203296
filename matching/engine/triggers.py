"""Which waiting orders a price triggers, and which trailing stops it takes along.

Layout
    rising        heap of (trigger, order id): orders that fire at or above their trigger, lowest first
    falling       heap of (-trigger, order id): orders that fire at or below it, highest first
    highest_met   heap of (extreme, order id): trailing sales that a higher price takes along, lowest first
    lowest_met    heap of (-extreme, order id): trailing purchases that a lower price takes along, highest first

    calm_above,   the prices between these two, both excluded, concern nobody: with most trades, that is all there is
    calm_below    to ask

The heaps forget nothing by themselves: an entry counts only while its order waits with that very price. So taking an
order out costs nothing, moving a trigger is a new entry, and undo needs no more than to enter an order again.

Complexity
    Add: O(log n). A price that concerns nobody: O(1). One that does: O(log n) for each order it concerns.
"""

from collections.abc import Callable, Mapping
from heapq import heappop, heappush
from operator import attrgetter
from typing import Final

from matching.engine.orders import StopOrder
from matching.engine.types import SELL, Side
from risk.core.pretrade import EXACT_LIMIT, PPM

Heap = list[tuple[int, int]]

_trigger_of: Final = attrgetter("trigger_ticks")
_extreme_of: Final = attrgetter("extreme_ticks")


class Triggers:
    """The waiting orders of a market, by the prices that concern them."""

    __slots__ = ("_falling", "_highest_met", "_lowest_met", "_rising", "_stops", "calm_above", "calm_below")

    def __init__(self, stops: Mapping[int, StopOrder]) -> None:
        """`stops`: the waiting orders by id, as the book keeps them."""
        self._stops = stops
        self._rising: Heap = []
        self._falling: Heap = []
        self._highest_met: Heap = []
        self._lowest_met: Heap = []
        self.calm_above = 0
        self.calm_below = EXACT_LIMIT

    def enter(self, stop: StopOrder) -> None:
        """Watch for the order's prices as they are now."""
        trigger = stop.trigger_ticks
        if stop.fires_rising:
            heappush(self._rising, (trigger, stop.order_id))
            if trigger < self.calm_below:
                self.calm_below = trigger
        else:
            heappush(self._falling, (-trigger, stop.order_id))
            if trigger > self.calm_above:
                self.calm_above = trigger
        if stop.trailing_ppm:
            self._enter_extreme(stop)

    def _enter_extreme(self, stop: StopOrder) -> None:
        extreme = stop.extreme_ticks
        if stop.side is SELL:
            heappush(self._highest_met, (extreme, stop.order_id))
            self.calm_below = min(self.calm_below, extreme + 1)
        else:
            heappush(self._lowest_met, (-extreme, stop.order_id))
            self.calm_above = max(self.calm_above, extreme - 1)

    def watches(self, stop: StopOrder) -> bool:
        """Would the order's trigger be noticed? For audits."""
        heap, sign = (self._rising, 1) if stop.fires_rising else (self._falling, -1)
        is_calm = self.calm_above < stop.trigger_ticks < self.calm_below
        return (stop.trigger_ticks * sign, stop.order_id) in heap and not is_calm

    def fired(self, ticks: int) -> list[StopOrder]:
        """The orders that a trade at this price triggers, in no order; each is told once."""
        fired: dict[int, StopOrder] = {}
        if self._rising and self._rising[0][0] <= ticks:
            self._pop(self._rising, ticks, 1, _trigger_of, fired)
        if self._falling and self._falling[0][0] <= -ticks:
            self._pop(self._falling, -ticks, -1, _trigger_of, fired)
        return list(fired.values())

    def outrun(self, ticks: int) -> list[StopOrder]:
        """The trailing stops for which this price is better than any before; they are to be entered again."""
        outrun: dict[int, StopOrder] = {}
        if self._highest_met and self._highest_met[0][0] < ticks:
            self._pop(self._highest_met, ticks - 1, 1, _extreme_of, outrun)
        if self._lowest_met and self._lowest_met[0][0] < -ticks:
            self._pop(self._lowest_met, -ticks - 1, -1, _extreme_of, outrun)
        return list(outrun.values())

    def _pop(
        self, heap: Heap, greatest_key: int, sign: int, price_of: Callable[[StopOrder], int], met: dict[int, StopOrder]
    ) -> None:
        """Move the orders up to that key from the heap to `met`; entries that no longer hold are dropped."""
        while heap and heap[0][0] <= greatest_key:
            key, order_id = heappop(heap)
            stop = self._stops.get(order_id)
            if stop is not None and price_of(stop) * sign == key and not stop.is_triggered:
                met[order_id] = stop
        self._find_calm()

    def _find_calm(self) -> None:
        above, below = 0, EXACT_LIMIT
        if self._rising:
            below = self._rising[0][0]
        if self._highest_met and self._highest_met[0][0] < below:
            below = self._highest_met[0][0] + 1
        if self._falling:
            above = -self._falling[0][0]
        if self._lowest_met and -self._lowest_met[0][0] > above:
            above = -self._lowest_met[0][0] - 1
        self.calm_above, self.calm_below = above, below


def trailing_trigger(side: Side, extreme_ticks: int, trailing_ppm: int) -> int:
    """The trigger at that distance from the extreme, rounded towards it."""
    if side is SELL:
        return -(-extreme_ticks * (PPM - trailing_ppm) // PPM)
    return extreme_ticks * (PPM + trailing_ppm) // PPM
