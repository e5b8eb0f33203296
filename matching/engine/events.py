"""What the engine answers. The events of a command, in order, are everything it did; settlement needs nothing
else.

Order of events of a `Place`: what the replaced order ended with; trades from best price and oldest order on, each
followed by what became of the maker (`OrderClosed` where it was filled, `OrderReplenished`) and of its OCO partner;
then exactly one of `OrderOpened` (the rest of the order is in the book), `OrderWaiting` and `OrderClosed` (it is
finished); then, where the circuit breaker stopped it, `StateChanged`; then the `TrailingMoved` of its trades. A refused
order is a single `OrderRejected`, a refused OCO one for each leg. What time brought about stands before, what was
triggered behind: for each `OrderTriggered`, the end of its OCO partner, and then as for a new order.

Locks. `locked` is what an order takes from available when it comes to rest or wait, `released` what it gives back
beyond what its trades have used; tick-lots of a BUY, lots of a SELL. A maker's trade uses its lock (ticks x lots or
lots), a taker's pays from available.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import Final, NamedTuple

import orjson

from matching.engine.types import MarketState, Side

make: Final = tuple.__new__
"""`make(Traded, (number, ...))` is `Traded(number, ...)` in half the time, for the events of nearly every command: it
goes around a constructor that does nothing but this. All fields are given, in their order."""


class OrderRejected(NamedTuple):
    """The order was refused and changed nothing."""

    order_id: int
    account_id: int
    code: str


class OrderOpened(NamedTuple):
    """This many lots of the order rest in the book now."""

    order_id: int
    account_id: int
    side: Side
    ticks: int
    lots: int
    priority: int
    """Rank in time within the market: the smaller one trades first at the same price."""
    visible_lots: int
    """The part of `lots` that the book shows: all, but of an iceberg."""
    locked: int


class OrderWaiting(NamedTuple):
    """The order waits for its trigger."""

    order_id: int
    account_id: int
    side: Side
    trigger_ticks: int
    extreme_ticks: int
    """Of a trailing stop: the best price so far; else 0."""
    protection_ticks: int
    """Worst price of a purchase by quantity without a limit price; else 0."""
    lots: int
    priority: int
    locked: int


class OrderTriggered(NamedTuple):
    """The order waits no more; what it does now follows."""

    order_id: int
    account_id: int
    side: Side
    trigger_ticks: int
    released: int


class TrailingMoved(NamedTuple):
    """The price went the way of a trailing stop, and its trigger followed."""

    order_id: int
    account_id: int
    trigger_ticks: int
    extreme_ticks: int


class Traded(NamedTuple):
    """Two orders met. The price is the maker's."""

    number: int
    """Gapless within the market, from 1."""
    maker_order_id: int
    maker_account_id: int
    maker_ppm: int
    maker_remaining_lots: int
    """All of the maker that is left, hidden parts included."""
    taker_order_id: int
    taker_account_id: int
    taker_ppm: int
    taker_side: Side
    ticks: int
    lots: int


class AuctionTraded(NamedTuple):
    """Two orders of a crossed book met at the auction's price. Both pay from their locks, and their maker fee."""

    number: int
    buy_order_id: int
    buy_account_id: int
    buy_ppm: int
    buy_remaining_lots: int
    released: int
    """Tick-lots the buyer gets back: its limit price was higher."""
    sell_order_id: int
    sell_account_id: int
    sell_ppm: int
    sell_remaining_lots: int
    younger_side: Side
    """The side of the order that came later: in records of the trade, the taker's."""
    ticks: int
    lots: int


class SelfTradeReduced(NamedTuple):
    """Two orders of one group met in mode DECREMENT: both have so many lots less, and nothing was traded."""

    maker_order_id: int
    maker_account_id: int
    maker_side: Side
    ticks: int
    lots: int
    maker_remaining_lots: int
    taker_order_id: int
    taker_account_id: int
    released: int
    """Of the maker's lock."""
    taker_remaining_lots: int
    """0 of an order by quote amount, which names no lots."""


class OrderReplenished(NamedTuple):
    """The visible part of an iceberg was used up; this many lots are shown now, at the back of the queue."""

    order_id: int
    account_id: int
    side: Side
    ticks: int
    visible_lots: int
    priority: int


class OrderAmended(NamedTuple):
    """The order has other terms.

    Where it keeps its place it rests as before; else it has left the book, and what it does next follows.
    """

    order_id: int
    account_id: int
    side: Side
    ticks: int
    lots: int
    """What is left of it."""
    total_lots: int
    """Its whole quantity now."""
    visible_lots: int
    keeps_place: bool
    released: int


class OrderClosed(NamedTuple):
    """The order is finished."""

    order_id: int
    account_id: int
    side: Side
    ticks: int
    """The limit price; 0 of an order without one."""
    lots: int
    """What was left unfilled: 0 when FILLED, and 0 of an order by quote amount, which names no lots."""
    status: str
    """FILLED, CANCELLED or EXPIRED."""
    reason: str
    was_open: bool
    """It rested or waited: it is not the order that just acted."""
    released: int


class ChangeRejected(NamedTuple):
    """A cancel, an amendment or a bust was refused and changed nothing.

    Of a bust the number of the trade stands for the order, and there is no account.
    """

    command_id: int
    order_id: int
    account_id: int
    code: str


class TradeBusted(NamedTuple):
    """What the trade did to money is undone. The book is as before: prices, orders and what they have filled stay."""

    command_id: int
    number: int
    """Of the trade, within the market."""
    maker_order_id: int
    taker_order_id: int
    taker_side: Side
    ticks: int
    lots: int


class CountdownSet(NamedTuple):
    """The account's orders in this market end at this moment, unless it is told again before; 0 = they do not."""

    command_id: int
    account_id: int
    deadline_us: int


class StateChanged(NamedTuple):
    """The market is in this state from now on."""

    command_id: int
    """0 where the market changed by itself."""
    state: MarketState
    reason: str
    until_us: int
    """When it will go on by itself; 0 = not by itself."""


class Uncrossed(NamedTuple):
    """The auction's price, and how many lots traded at it; its trades follow."""

    ticks: int
    lots: int


class RulesChanged(NamedTuple):
    """These are the market's rules from now on; the numbers are those of `MarketRules`."""

    command_id: int
    version: int
    price_band_ppm: int
    max_order_value: int
    max_open_orders: int
    min_lots: int
    max_lots: int
    min_value: int
    initial_ticks: int
    tick_multiple: int
    lot_multiple: int
    static_band_ppm: int
    protection_ppm: int
    breaker_ppm: int
    breaker_window_us: int
    halt_us: int
    auction_us: int
    max_stop_orders: int
    max_order_rate: int


class RulesRejected(NamedTuple):
    """The rules had been changed in the meantime; they stay as they are."""

    command_id: int
    code: str


Event = (
    OrderRejected
    | OrderOpened
    | OrderWaiting
    | OrderTriggered
    | TrailingMoved
    | Traded
    | AuctionTraded
    | SelfTradeReduced
    | OrderReplenished
    | OrderAmended
    | OrderClosed
    | ChangeRejected
    | TradeBusted
    | CountdownSet
    | StateChanged
    | Uncrossed
    | RulesChanged
    | RulesRejected
)


_fields_of: Final = itemgetter(slice(None))
"""The plain tuple of an event's fields: `tuple` gives the same, more slowly."""


def canonical_bytes(events: Sequence[Event]) -> bytes:
    """The one way to write down the events of a command: JSON arrays of integers, booleans and codes.

    The same events give the same bytes on any machine and any Python. No two kinds of event have the same
    number and types of fields, so the bytes tell the kinds apart.
    """
    return orjson.dumps(events, default=_fields_of)
