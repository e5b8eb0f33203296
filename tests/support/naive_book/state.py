"""What the naive book remembers, and the questions that all its parts ask."""

import copy
from collections import Counter
from dataclasses import dataclass, field

from matching.engine.commands import Place
from matching.engine.events import Event, OrderClosed
from matching.engine.types import MARKET_TYPES, MarketRules, MarketState, Side

PPM = 1_000_000


class Refused(Exception):
    """Put everything back as it was before the order: it is refused, or expires without a trace."""

    def __init__(self, code: str, *, expires: bool = False) -> None:
        self.code, self.expires = code, expires


@dataclass(eq=False)
class Order:
    """An order that rests, or waits, or acts just now."""

    place: Place
    left: int
    """Lots."""
    done: int = 0
    """Lots traded or prevented."""
    shown: int = 0
    priority: int = 0
    partner: int = 0
    waits: bool = False
    trigger: int = 0
    extreme: int = 0
    protection: int = 0
    lock_of_waiting: int = 0

    @property
    def locked(self) -> int:
        if self.waits:
            return self.lock_of_waiting
        return self.place.ticks * self.left if self.place.side == Side.BUY else self.left

    @property
    def is_market(self) -> bool:
        return self.place.order_type in MARKET_TYPES


@dataclass
class State:
    rules: MarketRules
    state: MarketState = MarketState.TRADING
    orders: list[Order] = field(default_factory=list)
    """Resting and waiting."""
    queue: list[int] = field(default_factory=list)
    """Waiting orders whose trigger was reached, in the order in which they will run."""
    prices: list[int] = field(default_factory=list)
    """Of the trades of the order that acts now, not yet held against the triggers."""
    window: list[tuple[int, int]] = field(default_factory=list)
    """Time and price of the trades the circuit breaker looks at; first the last price before it."""
    countdowns: dict[int, int] = field(default_factory=dict)
    rates: Counter[tuple[int, int]] = field(default_factory=Counter)
    """Orders by window of 10 seconds and account."""
    state_until: int = 0
    static_reference: int = 0
    last_ticks: int = 0
    trades: int = 0
    priorities: int = 0
    now: int = 0

    def __post_init__(self) -> None:
        self.static_reference = self.rules.initial_ticks

    def copied(self) -> "State":
        other = copy.copy(self)
        other.orders = [copy.copy(order) for order in self.orders]
        for name in ("queue", "prices", "window", "countdowns", "rates"):
            setattr(other, name, copy.copy(getattr(self, name)))
        return other

    def put_back(self, before: "State") -> None:
        self.__dict__.update(before.__dict__)

    def find(self, order_id: int) -> Order | None:
        return next((order for order in self.orders if order.place.order_id == order_id), None)

    def of_account(self, account_id: int) -> list[Order]:
        """Oldest first; account 0 is everybody."""
        mine = [order for order in self.orders if account_id in (0, order.place.account_id)]
        return sorted(mine, key=lambda order: order.priority)

    def next_priority(self) -> int:
        self.priorities += 1
        return self.priorities

    def best_against(self, side: Side) -> Order | None:
        others = [order for order in self.orders if order.place.side != side and not order.waits]
        sign = 1 if side == Side.BUY else -1
        return min(others, key=lambda order: (sign * order.place.ticks, order.priority), default=None)

    def reference(self) -> int:
        return self.last_ticks or self.rules.initial_ticks

    def band(self) -> tuple[int, int]:
        """The lowest and the highest price inside both bands."""
        lowest, highest = 1, 2**53 - 1
        bands = (self.reference(), self.rules.price_band_ppm), (self.static_reference, self.rules.static_band_ppm)
        for reference, ppm in bands:
            if reference and ppm:
                lowest = max(lowest, -(-reference * (PPM - ppm) // PPM))
                highest = min(highest, reference * (PPM + ppm) // PPM)
        return lowest, highest

    def in_band(self, ticks: int) -> bool:
        lowest, highest = self.band()
        return lowest <= ticks <= highest

    def close(self, order: Order, status: str, reason: str) -> list[Event]:
        """The end of an order that rests or waits, and of its OCO partner."""
        released = order.locked
        self.orders.remove(order)
        if order.place.order_id in self.queue:
            self.queue.remove(order.place.order_id)
        return [closed(order, status, reason, was_open=True, released=released), *self.close_partner(order)]

    def close_partner(self, order: Order) -> list[Event]:
        partner = self.find(order.partner)
        order.partner = 0
        if partner is None:
            return []
        partner.partner = 0
        return self.close(partner, "CANCELLED", "OCO_OTHER_LEG")


def closed(order: Order, status: str, reason: str, was_open: bool = False, released: int = 0) -> OrderClosed:
    place, lots = order.place, order.left
    return OrderClosed(
        place.order_id, place.account_id, place.side, place.ticks, lots, status, reason, was_open, released
    )
