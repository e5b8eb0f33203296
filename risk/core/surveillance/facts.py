"""What the detectors look at, and what they say.

A detector is a pure function over trades and orders of one market. Prices are quote atoms per base unit, quantities
base atoms, times microseconds since the Unix epoch. It sees a stretch of time and what led up to it, and reports a
pattern only if it was completed after `fresh_from_us`: so whoever calls it stretch after stretch hears of each
pattern once, also of one that began in an earlier stretch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

PPM: Final = 1_000_000
SECOND_US: Final = 1_000_000

LOW: Final = 1
MEDIUM: Final = 2
HIGH: Final = 3
CRITICAL: Final = 4

WASH_TRADING: Final = "wash_trading"
CIRCULAR_TRADING: Final = "circular_trading"
SPOOFING: Final = "spoofing"
LAYERING: Final = "layering"
QUOTE_STUFFING: Final = "quote_stuffing"
MOMENTUM_IGNITION: Final = "momentum_ignition"
QUIET_MOVE: Final = "quiet_move"
DETECTORS: Final = (
    WASH_TRADING,
    CIRCULAR_TRADING,
    SPOOFING,
    LAYERING,
    QUOTE_STUFFING,
    MOMENTUM_IGNITION,
    QUIET_MOVE,
)

Pair = tuple[int, int]
"""Two accounts, the smaller id first."""


class TradeFact(NamedTuple):
    """A trade with both its sides."""

    trade_id: int
    at_us: int
    price: int
    quantity: int
    buyer: int
    seller: int
    buy_order: int
    sell_order: int
    taker_buys: bool

    @property
    def taker(self) -> int:
        return self.buyer if self.taker_buys else self.seller

    @property
    def taker_order(self) -> int:
        return self.buy_order if self.taker_buys else self.sell_order


class OrderFact(NamedTuple):
    """An order that rested in the book, as it stands at the end of the stretch."""

    order_id: int
    account: int
    is_buy: bool
    price: int
    quantity: int
    filled: int
    placed_us: int
    ended_us: int | None
    """None while it is in the book."""
    is_withdrawn: bool
    """Ended because its owner took it back."""


class Link(NamedTuple):
    """Why two accounts are taken for one owner's, and how sure that is."""

    reason: str
    severity: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A pattern that was seen. `accounts` took part in it; nothing of it is proven."""

    detector: str
    severity: int
    accounts: tuple[int, ...]
    first_us: int
    last_us: int
    count: int
    """How many times the pattern was completed in the fresh part of the stretch."""
    description: str
    figures: Mapping[str, int | str] = field(default_factory=dict)
    trade_ids: tuple[int, ...] = ()
    order_ids: tuple[int, ...] = ()


def pair_of(one: int, other: int) -> Pair:
    """Both accounts in the order in which pairs are named."""
    return (one, other) if one <= other else (other, one)


def share_ppm(part: int, whole: int) -> int:
    """How much of the whole a part is, in parts per million; nothing has no parts."""
    return part * PPM // whole if whole else 0


def ids_of(trades: Iterable[TradeFact]) -> tuple[int, ...]:
    """The ids of trades, in their order."""
    return tuple(trade.trade_id for trade in trades)


def one_higher(severity: int, *, when: bool) -> int:
    """The severity, raised by one where the condition holds."""
    return min(severity + 1, CRITICAL) if when else severity
