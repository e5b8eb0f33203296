"""The words of the matching engine.

All numbers are integers: prices in ticks, quantities in lots, values in tick-lots (ticks x lots), fee rates
in parts per million, times in microseconds since the Unix epoch. Ticks and lots stay below 2**53, identifiers
below 2**63.
"""

from enum import IntEnum
from typing import Final

from risk.core.rules import MarketRules

__all__ = [
    "BUY",
    "CANCELLED",
    "DECREMENT",
    "EVERYBODY",
    "EXPIRED",
    "EXPIRE_MAKER",
    "EXPIRE_TAKER",
    "FILLED",
    "FOK",
    "GTC",
    "GTD",
    "ICEBERG",
    "LIMIT",
    "MARKET",
    "MARKET_TYPES",
    "SELL",
    "TAKE_PROFIT_TYPES",
    "TRADING",
    "TRAILING_STOP",
    "WAITING_TYPES",
    "MarketRules",
    "MarketState",
    "OrderType",
    "SelfTradePrevention",
    "Side",
    "TimeInForce",
]


class Side(IntEnum):
    """What the order does with the base asset."""

    BUY = 1
    SELL = 2


# Members that are asked for with nearly every command have names of their own: to find one in its class takes longer
# than to compare it.
BUY: Final = Side.BUY
SELL: Final = Side.SELL


class OrderType(IntEnum):
    """What an order does; `docs/trading-rules.md` has each in full.

    LIMIT names its worst price; MARKET takes what the book has, up to its worst price; ICEBERG is a limit
    order that shows a part of itself. The others wait for a price and then act as a limit or market order.
    """

    LIMIT = 1
    MARKET = 2
    ICEBERG = 3
    STOP_LIMIT = 4
    STOP_MARKET = 5
    TAKE_PROFIT_LIMIT = 6
    TAKE_PROFIT = 7
    TRAILING_STOP = 8


LIMIT: Final = OrderType.LIMIT
MARKET: Final = OrderType.MARKET
ICEBERG: Final = OrderType.ICEBERG
TRAILING_STOP: Final = OrderType.TRAILING_STOP

WAITING_TYPES: Final = frozenset(OrderType) - {OrderType.LIMIT, OrderType.MARKET, OrderType.ICEBERG}
"""Orders that wait for their trigger."""
MARKET_TYPES: Final = frozenset(
    {OrderType.MARKET, OrderType.STOP_MARKET, OrderType.TAKE_PROFIT, OrderType.TRAILING_STOP}
)
"""Orders without a limit price: at once, or when they are triggered, they take what the book has."""
TAKE_PROFIT_TYPES: Final = frozenset({OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT})
"""Orders whose trigger is a price better than the present one."""


class TimeInForce(IntEnum):
    """What becomes of the part of a limit order that does not trade at once.

    GTC (good till cancelled) rests, GTD (good till date) rests until its time, IOC (immediate or cancel)
    expires, FOK (fill or kill) never has such a part.
    """

    GTC = 1
    IOC = 2
    FOK = 3
    GTD = 4


GTC: Final = TimeInForce.GTC
GTD: Final = TimeInForce.GTD
FOK: Final = TimeInForce.FOK


class SelfTradePrevention(IntEnum):
    """What happens when a taker meets an order of its own group; the taker's mode counts."""

    NONE = 0
    EXPIRE_TAKER = 1
    EXPIRE_MAKER = 2
    EXPIRE_BOTH = 3
    DECREMENT = 4


EXPIRE_TAKER: Final = SelfTradePrevention.EXPIRE_TAKER
EXPIRE_MAKER: Final = SelfTradePrevention.EXPIRE_MAKER
DECREMENT: Final = SelfTradePrevention.DECREMENT


class MarketState(IntEnum):
    """TRADING matches; PRE_OPEN and AUCTION collect orders; the others take cancels only."""

    TRADING = 1
    HALTED = 2
    CLOSED = 3
    PRE_OPEN = 4
    AUCTION = 5
    CANCEL_ONLY = 6


TRADING: Final = MarketState.TRADING
COLLECTING_STATES: Final = (MarketState.PRE_OPEN, MarketState.AUCTION)
"""Orders are collected and trade together later, at one price."""


# How an order ended.
FILLED: Final = "FILLED"
CANCELLED: Final = "CANCELLED"
EXPIRED: Final = "EXPIRED"

EVERYBODY: Final = 0
"""The account id that `CancelAll` takes for all accounts; no account has it."""
