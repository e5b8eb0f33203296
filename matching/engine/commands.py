"""What the engine is told. A command's id comes from the command log; the id of a `Place` is the id of its
order."""

from typing import NamedTuple

from matching.engine.types import MarketRules, MarketState, OrderType, Side, TimeInForce


class Place(NamedTuple):
    """A new order.

    LIMIT: `ticks` and `lots` are given, `value` is 0. MARKET: `ticks` is 0 and exactly one of `lots` (by
    base) and `value` (by quote) is given.
    """

    order_id: int
    account_id: int
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    """Of a limit order; a market order never rests, whatever is written here."""
    post_only: bool
    ticks: int
    lots: int
    value: int
    """MARKET by quote, in tick-lots. BUY: spends at most this; SELL: sells until it has received at most
    this."""
    maker_ppm: int
    taker_ppm: int
    """Fee rates of the account now. The maker's rate stays with the order while it rests."""
    stp_group: int
    """Orders of one group never trade with each other; 0 = no group."""
    expires_at_us: int
    """A command applied after this moment does nothing but expire; 0 = never."""
    refusal: str | None
    """A refusal decided outside (state of the account): the engine repeats it as `OrderRejected`."""


class Cancel(NamedTuple):
    """Take one order of this account out of the book."""

    order_id: int
    """Of this command, not of the order."""
    target_order_id: int
    account_id: int


class CancelAll(NamedTuple):
    """Take all orders of the account out of this market, oldest priority first; account 0 means
    everybody's."""

    command_id: int
    account_id: int


class SetState(NamedTuple):
    """Halt, close or open the market. Resting orders stay."""

    command_id: int
    state: MarketState
    reason: str


class SetRules(NamedTuple):
    """Put other limits in force for the commands that follow. Resting orders stay, also those outside of them."""

    command_id: int
    based_on: int
    """The version of the rules that was read when the change was made; over another one it is refused."""
    rules: MarketRules


Command = Place | Cancel | CancelAll | SetState | SetRules
