"""What an account can ask of the markets, and the receipts it gets.

What is made for every order is a tuple: a frozen dataclass takes 3.5 times as long to make.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from kernel.errors import BourseError
from matching.engine.codes import CANCELLED_BY_OWNER
from matching.engine.types import SelfTradePrevention, Side
from matching.selectors.markets import MarketView
from matching.services.requests import Amendment, CountedOco, CountedOrder, OcoRequest, OrderRequest

OrderName = int | str
"""An order's id, or the client's own id of it."""


class PlaceCommand(NamedTuple):
    """A new order of an account."""

    account_id: int
    request: OrderRequest
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class PlaceOcoCommand:
    """Two new orders, of which the first to act cancels the other."""

    account_id: int
    request: OcoRequest
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class AmendCommand:
    """Other terms for one order of an account."""

    account_id: int
    order: OrderName
    amendment: Amendment
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class CancelCommand:
    """The end of one order of an account, and of its partner where it is one of two."""

    account_id: int
    order: OrderName
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class CancelAllCommand:
    """The end of all orders of an account in a market, or of those of one side."""

    account_id: int
    symbol: str
    request_id: str = ""
    side: Side | None = None
    reason: str = CANCELLED_BY_OWNER


@dataclass(frozen=True, slots=True)
class CountdownCommand:
    """The end of all orders of an account in a market after so many microseconds, unless told again; 0: never."""

    account_id: int
    symbol: str
    countdown_us: int
    request_id: str = ""


NewCommand = PlaceCommand | PlaceOcoCommand | AmendCommand | CancelCommand | CancelAllCommand | CountdownCommand


class Accepted(NamedTuple):
    """The command is in the log, for good. Its id is also the id of the order, where it places one."""

    command_id: int
    accepted_at: datetime
    market: MarketView
    target_order_id: int
    """The order that is cancelled or amended; of a pair the id of the stop leg; else 0."""
    self_trade_prevention: SelfTradePrevention
    """Of a new order: its own, or the account's default at that moment."""
    counted: CountedOrder | CountedOco | None = None
    """None where no order is placed."""


@dataclass(frozen=True, slots=True)
class Repeated:
    """Nothing was written: this was accepted earlier under the same client_order_id and with the same content."""

    command_id: int


Receipt = Accepted | Repeated | BourseError
