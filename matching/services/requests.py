"""New orders, and changes to them, as a client asks for them; in tuples what is made for every order."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import orjson

from kernel.units import plain
from matching.engine.types import WAITING_TYPES, OrderType, SelfTradePrevention, Side, TimeInForce

_IMMEDIATE = (TimeInForce.IOC, TimeInForce.FOK)
_WAITING = tuple(WAITING_TYPES)


class OrderRequest(NamedTuple):
    """What the client wrote. Amounts are positive, in units; the symbol is written with a dash."""

    symbol: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    post_only: bool = False
    price: Decimal | None = None
    """Quote units per base unit: the limit price."""
    quantity: Decimal | None = None
    """Base units."""
    quote_amount: Decimal | None = None
    """Quote units; of orders without a limit price, instead of the quantity."""
    client_order_id: str | None = None
    display_quantity: Decimal | None = None
    """Base units an iceberg shows at a time."""
    trigger_price: Decimal | None = None
    """Quote units per base unit: what ends the waiting."""
    trailing_ppm: int | None = None
    """TRAILING_STOP: distance of the trigger, in parts per million of the price."""
    good_till: datetime | None = None
    self_trade_prevention: SelfTradePrevention | None = None
    """None: the account's default."""
    replaces: int | None = None
    """An open order that this one takes the place of."""

    @property
    def is_immediate(self) -> bool:
        """It trades now or never: nothing of it rests or waits."""
        if self.order_type is OrderType.LIMIT:
            return self.time_in_force in _IMMEDIATE
        return self.order_type is OrderType.MARKET

    @property
    def waits(self) -> bool:
        """It waits for its trigger first."""
        return self.order_type in _WAITING

    def input_hash(self) -> bytes:
        """Equal for requests that ask for the same, however they were written: '1.50' is '1.5'."""
        content: dict[str, Any] = {
            "symbol": self.symbol,
            "side": int(self.side),
            "order_type": int(self.order_type),
            "time_in_force": int(self.time_in_force),
            "post_only": self.post_only,
            "price": _written(self.price),
            "quantity": _written(self.quantity),
            "quote_amount": _written(self.quote_amount),
        }
        rarer: dict[str, Any] = {
            "display_quantity": _written(self.display_quantity),
            "trigger_price": _written(self.trigger_price),
            "trailing_ppm": self.trailing_ppm,
            "good_till": self.good_till,
            "self_trade_prevention": self.self_trade_prevention,
            "replaces": self.replaces,
        }
        return _hash(content | {field: value for field, value in rarer.items() if value is not None})


@dataclass(frozen=True, slots=True)
class OcoRequest:
    """A limit order and a stop order of one side and quantity, of which the first to act cancels the other."""

    symbol: str
    side: Side
    quantity: Decimal
    """Base units, of either leg."""
    price: Decimal
    """Limit price of the limit leg, quote units per base unit, as are the next two."""
    trigger_price: Decimal
    stop_price: Decimal | None = None
    """Limit price of the stop leg; None: it becomes a market order."""
    self_trade_prevention: SelfTradePrevention | None = None
    client_order_id: str | None = None
    """Of the pair."""

    def input_hash(self) -> bytes:
        """As `OrderRequest.input_hash`; no order has the same."""
        content = {
            "oco": True,
            "symbol": self.symbol,
            "side": int(self.side),
            "quantity": _written(self.quantity),
            "price": _written(self.price),
            "trigger_price": _written(self.trigger_price),
            "stop_price": _written(self.stop_price),
            "self_trade_prevention": self.self_trade_prevention,
        }
        return _hash(content)


@dataclass(frozen=True, slots=True)
class Amendment:
    """Other terms for a resting order; None leaves a term as it is, and one of the two is given."""

    price: Decimal | None = None
    quantity: Decimal | None = None
    """The whole quantity, what has traded included."""


class CountedOrder(NamedTuple):
    """The amounts of a request in the market's own units: ticks, lots, and tick-lots for a quote amount."""

    ticks: int
    lots: int
    value: int
    display_lots: int = 0
    trigger_ticks: int = 0


@dataclass(frozen=True, slots=True)
class CountedOco:
    """The amounts of a pair, in ticks and lots."""

    lots: int
    ticks: int
    trigger_ticks: int
    stop_ticks: int


def _written(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def _hash(content: dict[str, Any]) -> bytes:
    return hashlib.blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=32).digest()
