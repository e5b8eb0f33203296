"""What the engine is told. A command's id comes from the command log; the id of a `Place` is the id of its
order."""

from dataclasses import dataclass

from matching.engine import codes
from matching.engine.types import MarketRules, MarketState, OrderType, SelfTradePrevention, Side, TimeInForce


@dataclass(frozen=True, slots=True)
class Place:
    """A new order.

    With a limit price (LIMIT, ICEBERG, STOP_LIMIT, TAKE_PROFIT_LIMIT): `ticks` and `lots` are given, `value` is 0.
    Without: `ticks` is 0 and exactly one of `lots` (by base) and `value` (by quote) is given.
    """

    order_id: int
    account_id: int
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    """Of an order that can rest or wait; a MARKET order never does, whatever is written here."""
    post_only: bool
    ticks: int
    lots: int
    value: int
    """By quote, in tick-lots. BUY: spends at most this; SELL: sells until it has received at most this."""
    maker_ppm: int
    taker_ppm: int
    """Fee rates of the account now. They stay with the order while it rests or waits."""
    stp_group: int
    """Orders of one group are kept from trading with each other; 0 = no group."""
    expires_at_us: int
    """A command applied after this moment does nothing but expire; 0 = never."""
    refusal: str | None
    """A refusal decided outside (state of the account): the engine repeats it as `OrderRejected`."""
    stp_mode: SelfTradePrevention = SelfTradePrevention.EXPIRE_TAKER
    display_lots: int = 0
    """ICEBERG: what it shows at a time; 0 of all others."""
    trigger_ticks: int = 0
    """The price that ends the waiting; 0 of a trailing stop and of orders that do not wait."""
    trailing_ppm: int = 0
    """TRAILING_STOP: the distance of its trigger from the best price since it came in; 0 of all others."""
    good_till_us: int = 0
    """GTD: the moment it expires; 0 of all others."""
    replaces: int = 0
    """An open order of this account, cancelled in the same command if this one comes in; 0 = none."""


@dataclass(frozen=True, slots=True)
class PlaceOco:
    """A limit order and a stop order of one quantity, of which the first to do anything cancels the other."""

    order_id: int
    """Of the limit leg, and of the command."""
    stop_order_id: int
    account_id: int
    side: Side
    lots: int
    ticks: int
    """Limit price of the limit leg."""
    trigger_ticks: int
    stop_ticks: int
    """Limit price of the stop leg (STOP_LIMIT); 0 makes it a STOP_MARKET."""
    maker_ppm: int
    taker_ppm: int
    stp_group: int
    stp_mode: SelfTradePrevention
    expires_at_us: int
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Amend:
    """Other terms for a resting order. `ticks` or `lots` 0 leaves that as it is; `lots` is the whole quantity."""

    command_id: int
    target_order_id: int
    account_id: int
    ticks: int
    lots: int
    maker_ppm: int
    taker_ppm: int
    stp_group: int
    expires_at_us: int
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Take one order of this account out of the market."""

    order_id: int
    """Of this command, not of the order."""
    target_order_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class CancelAll:
    """Take all orders of the account, resting and waiting, out of this market, oldest first; account 0 means
    everybody's."""

    command_id: int
    account_id: int
    side: Side | None = None
    """None: both."""
    reason: str = codes.CANCELLED_BY_OWNER


@dataclass(frozen=True, slots=True)
class SetCountdown:
    """Cancel all orders of the account in this market when that much time has passed, unless told again before.
    0 stops the countdown."""

    command_id: int
    account_id: int
    countdown_us: int


@dataclass(frozen=True, slots=True)
class SetState:
    """Put the market into another state. Resting orders stay; before TRADING the book is uncrossed."""

    command_id: int
    state: MarketState
    reason: str


@dataclass(frozen=True, slots=True)
class SetRules:
    """Put other rules in force for the commands that follow. Resting orders stay, but for those off a new tick."""

    command_id: int
    based_on: int
    """The version of the rules that was read when the change was made; over another one it is refused."""
    rules: MarketRules


@dataclass(frozen=True, slots=True)
class BustTrade:
    """Undo what a trade of this market did to money. Which trade that was is said by its terms; nothing here keeps
    trades."""

    command_id: int
    number: int
    """Of the trade, within the market."""
    maker_order_id: int
    taker_order_id: int
    taker_side: Side
    ticks: int
    lots: int
    refusal: str | None
    """Decided outside, from what the accounts have left."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Nothing but the time: what is due by now happens."""

    command_id: int


Command = Place | PlaceOco | Amend | Cancel | CancelAll | SetCountdown | SetState | SetRules | BustTrade | Tick
