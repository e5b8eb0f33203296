"""What the engine answers. The events of a command, in order, are everything it did; settlement needs nothing
else.

Order of events of a `Place`: trades from best price and oldest order on, each followed by the `OrderClosed`
of a maker that it filled; then exactly one of `OrderOpened` (the rest of the order is in the book) and
`OrderClosed` (it is not). A refused order is a single `OrderRejected`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from matching.engine.types import MarketState, Side


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


class Traded(NamedTuple):
    """Two orders met. The price is the maker's."""

    number: int
    """Gapless within the market, from 1."""
    maker_order_id: int
    maker_account_id: int
    maker_ppm: int
    maker_remaining_lots: int
    taker_order_id: int
    taker_account_id: int
    taker_ppm: int
    taker_side: Side
    ticks: int
    lots: int


class OrderClosed(NamedTuple):
    """The order is finished."""

    order_id: int
    account_id: int
    side: Side
    ticks: int
    """The limit price; 0 of a market order."""
    lots: int
    """What was left unfilled: 0 when FILLED, and 0 of a market order by quote amount, which names no lots."""
    status: str
    """FILLED, CANCELLED or EXPIRED."""
    reason: str
    was_open: bool
    """It rested in the book, so the lock for its remaining lots is to be released: ticks x lots (BUY), lots
    (SELL)."""


class CancelRejected(NamedTuple):
    """There is no such open order of this account."""

    command_id: int
    order_id: int
    account_id: int
    code: str


class StateChanged(NamedTuple):
    """The market is in this state from now on."""

    command_id: int
    state: MarketState
    reason: str


class RulesChanged(NamedTuple):
    """These are the market's limits from now on; the numbers are those of `MarketRules`."""

    command_id: int
    version: int
    price_band_ppm: int
    max_order_value: int
    max_open_orders: int
    min_lots: int
    max_lots: int
    min_value: int
    initial_ticks: int


class RulesRejected(NamedTuple):
    """The limits had been changed in the meantime; they stay as they are."""

    command_id: int
    code: str


Event = (
    OrderRejected | OrderOpened | Traded | OrderClosed | CancelRejected | StateChanged | RulesChanged | RulesRejected
)


def canonical_bytes(events: Sequence[Event]) -> bytes:
    """The one way to write down the events of a command: JSON arrays of integers, booleans and codes.

    The same events give the same bytes on any machine and any Python. Events of one command are never of two
    kinds with the same shape, so the bytes tell the kinds apart once the kind of the command is known.
    """
    return orjson.dumps(events, default=tuple)
