"""The words of the matching engine.

All numbers are integers: prices in ticks, quantities in lots, values in tick-lots (ticks x lots), fee rates
in parts per million, times in microseconds since the Unix epoch. Ticks and lots stay below 2**53, identifiers
below 2**63.
"""

from enum import IntEnum
from typing import Final

from risk.core.rules import MarketRules

__all__ = [
    "CANCELLED",
    "EVERYBODY",
    "EXPIRED",
    "FILLED",
    "MarketRules",
    "MarketState",
    "OrderType",
    "Side",
    "TimeInForce",
]


class Side(IntEnum):
    """What the order does with the base asset."""

    BUY = 1
    SELL = 2


class OrderType(IntEnum):
    """LIMIT names its worst price; MARKET takes what the book has, within the price band."""

    LIMIT = 1
    MARKET = 2


class TimeInForce(IntEnum):
    """What becomes of the part of a limit order that does not trade at once.

    GTC (good till cancelled) rests, IOC (immediate or cancel) expires, FOK (fill or kill) never has such a
    part.
    """

    GTC = 1
    IOC = 2
    FOK = 3


class MarketState(IntEnum):
    """Only a TRADING market takes orders; every market takes cancels."""

    TRADING = 1
    HALTED = 2
    CLOSED = 3


# How an order ended.
FILLED: Final = "FILLED"
CANCELLED: Final = "CANCELLED"
EXPIRED: Final = "EXPIRED"

EVERYBODY: Final = 0
"""The account id that `CancelAll` takes for all accounts; no account has it."""
