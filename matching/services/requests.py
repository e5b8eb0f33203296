"""A new order as a client asks for it, and as the engine will count it.

`check_request` holds a request against the market's static rules. It knows no other order and no balance; what it
lets through can still be refused by the engine, and what it refuses the engine would refuse with the same code, for
both ask `risk.core.pretrade`.
"""

import hashlib
from dataclasses import dataclass
from decimal import Decimal

import orjson

from kernel.units import NumberOutOfRange, plain
from matching.engine.types import MarketState, OrderType, Side, TimeInForce
from matching.errors import (
    InvalidOrder,
    MarketClosed,
    MarketHalted,
    OrderValueTooLarge,
    PriceOffTick,
    QuantityOffLot,
    error_of,
)
from matching.selectors.markets import MarketView
from risk.core.pretrade import UNBOUNDED, limit_order_refusal, market_order_refusal

_BIGINT_LIMIT = 2**63


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """What the client wrote. Amounts are positive, in units; the symbol is written with a dash."""

    symbol: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    post_only: bool = False
    price: Decimal | None = None
    """Quote units per base unit; LIMIT only."""
    quantity: Decimal | None = None
    """Base units."""
    quote_amount: Decimal | None = None
    """Quote units; MARKET only, instead of the quantity."""
    client_order_id: str | None = None

    @property
    def is_immediate(self) -> bool:
        """It trades now or never; nothing of it rests."""
        return self.order_type is OrderType.MARKET or self.time_in_force is not TimeInForce.GTC

    def input_hash(self) -> bytes:
        """Equal for requests that ask for the same, however they were written: '1.50' is '1.5'."""
        content = {
            "symbol": self.symbol,
            "side": int(self.side),
            "order_type": int(self.order_type),
            "time_in_force": int(self.time_in_force),
            "post_only": self.post_only,
            "price": None if self.price is None else plain(self.price),
            "quantity": None if self.quantity is None else plain(self.quantity),
            "quote_amount": None if self.quote_amount is None else plain(self.quote_amount),
        }
        return hashlib.blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=32).digest()


@dataclass(frozen=True, slots=True)
class CountedOrder:
    """The amounts of a request in the market's own units: ticks, lots, and tick-lots for a quote amount."""

    ticks: int
    lots: int
    value: int


def check_request(request: OrderRequest, market: MarketView) -> CountedOrder:
    """Convert the amounts and hold them against everything that does not depend on the book.

    Raises MarketHalted, MarketClosed, InvalidOrder, PriceOffTick, QuantityOffLot, NumberOutOfRange, TooManyDecimals,
    and the refusals of `risk.core.pretrade` as their classes.
    """
    if market.state is MarketState.HALTED:
        raise MarketHalted(details={"symbol": market.symbol})
    if market.state is MarketState.CLOSED:
        raise MarketClosed(details={"symbol": market.symbol})
    if request.order_type is OrderType.LIMIT:
        return _check_limit(request, market)
    return _check_market(request, market)


def _check_limit(request: OrderRequest, market: MarketView) -> CountedOrder:
    if request.price is None or request.quantity is None or request.quote_amount is not None:
        raise InvalidOrder("A limit order has a price and a quantity.")
    if request.post_only and request.time_in_force is not TimeInForce.GTC:
        raise InvalidOrder("A post-only order rests, so it is GTC.")
    ticks = _ticks(request.price, market)
    lots = _lots(request.quantity, market)
    refusal = limit_order_refusal(market.rules, UNBOUNDED, ticks, lots, 0)
    if refusal:
        raise error_of(refusal, limit_details(refusal, market))
    if ticks * lots >= _BIGINT_LIMIT:
        raise OrderValueTooLarge
    return CountedOrder(ticks, lots, 0)


def _check_market(request: OrderRequest, market: MarketView) -> CountedOrder:
    if request.price is not None:
        raise InvalidOrder("A market order has no price.")
    if (request.quantity is None) == (request.quote_amount is None):
        raise InvalidOrder("A market order has either a quantity or a quote_amount.")
    if request.post_only or request.time_in_force is TimeInForce.GTC:
        raise InvalidOrder("A market order never rests: it is neither post-only nor GTC.")
    if request.time_in_force is TimeInForce.FOK:
        raise InvalidOrder("A market order is IOC.")
    lots, value = 0, 0
    if request.quantity is not None:
        lots = _lots(request.quantity, market)
    elif request.quote_amount is not None:
        value = market.units.tick_lots(request.quote_amount)
        if value >= _BIGINT_LIMIT:
            raise NumberOutOfRange(details={"field": "quote_amount"})
    refusal = market_order_refusal(market.rules, lots, value)
    if refusal:
        raise error_of(refusal, limit_details(refusal, market))
    return CountedOrder(0, lots, value)


def _ticks(price: Decimal, market: MarketView) -> int:
    ticks = market.units.ticks(price)
    if ticks is None:
        raise PriceOffTick(details={"tick_size": plain(market.units.tick_size)})
    return ticks


def _lots(quantity: Decimal, market: MarketView) -> int:
    lots = market.units.lots(quantity)
    if lots is None:
        raise QuantityOffLot(details={"lot_size": plain(market.units.lot_size)})
    return lots


def limit_details(code: str, market: MarketView) -> dict[str, str]:
    """The limit that a refusal with this code is about, for its details."""
    row = market.row
    field, limit = {
        "QUANTITY_TOO_SMALL": ("min_quantity", row.min_quantity),
        "QUANTITY_TOO_LARGE": ("max_quantity", row.max_quantity),
        "NOTIONAL_TOO_SMALL": ("min_notional", row.min_notional),
        "MAX_ORDER_VALUE": ("max_order_value", row.max_order_value),
    }.get(code, ("", None))
    return {field: plain(limit)} if limit else {}
