"""Which waiting orders a price triggers.

Layout
    rising    heap of (trigger, order id): orders that fire at or above their trigger, lowest first
    falling   heap of (-trigger, order id): orders that fire at or below it, highest first
    trailing  order id -> the trailing stops, whose triggers follow the price

The heaps forget nothing by themselves: an entry counts only while its order waits with that very trigger. So taking an
order out costs nothing, moving a trigger is a new entry, and undo needs no more than to enter an order again.

Complexity
    Add: O(log n). A price that triggers nothing: O(1), and O(trailing stops) where it is a new extreme.
"""

from collections.abc import Iterable, Mapping
from heapq import heappop, heappush

from matching.engine.orders import StopOrder
from matching.engine.types import Side
from risk.core.pretrade import PPM


class Triggers:
    """The waiting orders of a market, by the prices that concern them."""

    __slots__ = ("_falling", "_rising", "_stops", "trailing")

    def __init__(self, stops: Mapping[int, StopOrder]) -> None:
        """`stops`: the waiting orders by id, as the book keeps them."""
        self._stops = stops
        self._rising: list[tuple[int, int]] = []
        self._falling: list[tuple[int, int]] = []
        self.trailing: dict[int, StopOrder] = {}

    def enter(self, stop: StopOrder) -> None:
        """Watch for the order's trigger as it is now."""
        if stop.fires_rising:
            heappush(self._rising, (stop.trigger_ticks, stop.order_id))
        else:
            heappush(self._falling, (-stop.trigger_ticks, stop.order_id))
        if stop.trailing_ppm:
            self.trailing[stop.order_id] = stop

    def leave(self, stop: StopOrder) -> None:
        """The order waits no more, or has met its price."""
        if stop.trailing_ppm:
            self.trailing.pop(stop.order_id, None)

    def fired(self, ticks: int) -> list[StopOrder]:
        """The orders that a trade at this price triggers, in no order; each is told once."""
        fired: list[StopOrder] = []
        if self._rising and self._rising[0][0] <= ticks:
            fired += self._pop(self._rising, 1, ticks)
        if self._falling and -self._falling[0][0] >= ticks:
            fired += self._pop(self._falling, -1, -ticks)
        return fired

    def _pop(self, heap: list[tuple[int, int]], sign: int, bound: int) -> Iterable[StopOrder]:
        met: dict[int, StopOrder] = {}
        while heap and heap[0][0] <= bound:
            key, order_id = heappop(heap)
            stop = self._stops.get(order_id)
            if stop is not None and not stop.is_triggered and stop.trigger_ticks * sign == key:
                met[order_id] = stop
        return met.values()

    def outrun(self, ticks: int) -> list[StopOrder]:
        """The trailing stops for which this price is better than any before."""
        return [
            stop
            for stop in self.trailing.values()
            if (ticks > stop.extreme_ticks if stop.side == Side.SELL else ticks < stop.extreme_ticks)
        ]


def trailing_trigger(side: Side, extreme_ticks: int, trailing_ppm: int) -> int:
    """The trigger at that distance from the extreme, rounded towards it."""
    if side == Side.SELL:
        return -(-extreme_ticks * (PPM - trailing_ppm) // PPM)
    return extreme_ticks * (PPM + trailing_ppm) // PPM
