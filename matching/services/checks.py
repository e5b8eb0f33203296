"""What a market's static rules say of an order: everything that needs no book, no other order and no balance.

What these functions let through can still be refused by the engine, and what they refuse the engine would refuse with
the same code, for both ask `risk.core.pretrade`. Two things differ: amounts between two counting steps cannot be told
to the engine at all, and an order that has outlived its `good_till` is refused here where the engine would expire it.
"""

from decimal import Decimal

from django.utils import timezone

from kernel.errors import NumberOutOfRange
from kernel.units import PPM, plain
from matching.engine.admission import MAX_ICEBERG_PARTS
from matching.engine.types import COLLECTING_STATES, MarketState, OrderType, Side, TimeInForce
from matching.errors import (
    GoodTillPassed,
    InvalidOrder,
    MarketCancelOnly,
    MarketClosed,
    MarketHalted,
    NotInAuction,
    NotionalTooSmall,
    OrderValueTooLarge,
    PriceOffTick,
    QuantityOffLot,
    error_of,
)
from matching.selectors.markets import MarketView
from matching.services.requests import Amendment, CountedOco, CountedOrder, OcoRequest, OrderRequest
from risk.core.pretrade import (
    price_refusal,
    protection_ticks,
    quantity_refusal,
    smallest_value_refusal,
    value_refusal,
)

_BIGINT_LIMIT = 2**63
_CLOSED_STATES = {
    MarketState.HALTED: MarketHalted,
    MarketState.CLOSED: MarketClosed,
    MarketState.CANCEL_ONLY: MarketCancelOnly,
}

# Tuples, because members of an enumeration are found in them without a hash, which costs a call of Python each.
_LASTING = (TimeInForce.GTC, TimeInForce.GTD)
_WITH_LIMIT = (OrderType.LIMIT, OrderType.ICEBERG, OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_LIMIT)
_ANY_TIME = (OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.TAKE_PROFIT_LIMIT)
_BY_PRICE = (OrderType.STOP_LIMIT, OrderType.STOP_MARKET, OrderType.TAKE_PROFIT_LIMIT, OrderType.TAKE_PROFIT)
"""Types that name the price that triggers them."""


def check_request(request: OrderRequest, market: MarketView) -> CountedOrder:
    """Convert the amounts of an order and hold it against the market's state and static rules.

    Raises MarketHalted, MarketClosed, MarketCancelOnly, NotInAuction, InvalidOrder, GoodTillPassed, PriceOffTick,
    QuantityOffLot, NumberOutOfRange, TooManyDecimals, and the refusals of `risk.core.pretrade` as their classes.
    """
    if market.state is not MarketState.TRADING:
        _check_state(market, is_collected=not (request.is_immediate or request.post_only))
    _check_combination(request)
    _check_display(request, market)
    if request.good_till is not None and request.good_till <= timezone.now():
        raise GoodTillPassed
    ticks = 0 if request.price is None else _ticks(request.price, market, "price")
    trigger_ticks = 0 if request.trigger_price is None else _ticks(request.trigger_price, market, "trigger_price")
    if request.quantity is None:
        return CountedOrder(ticks, 0, _value(request, market), 0, trigger_ticks)
    lots = _lots(request.quantity, market)
    display_lots = 0
    if request.display_quantity is not None:
        display_lots = _display_lots(request.display_quantity, market)
    if ticks:
        _check_value(ticks * lots, market)
    elif request.waits and request.side is Side.BUY:
        _check_protected_purchase(trigger_ticks, lots, market)
    return CountedOrder(ticks, lots, 0, display_lots, trigger_ticks)


def check_oco(request: OcoRequest, market: MarketView) -> CountedOco:
    """As `check_request`, of both legs: what is wrong with the limit leg is told first."""
    _check_state(market, is_collected=False)
    ticks = _ticks(request.price, market, "price")
    trigger_ticks = _ticks(request.trigger_price, market, "trigger_price")
    stop_ticks = 0 if request.stop_price is None else _ticks(request.stop_price, market, "stop_price")
    lots = _lots(request.quantity, market)
    _check_value(ticks * lots, market)
    if stop_ticks:
        _check_value(stop_ticks * lots, market)
    elif request.side is Side.BUY:
        _check_protected_purchase(trigger_ticks, lots, market)
    return CountedOco(lots, ticks, trigger_ticks, stop_ticks)


def check_amendment(amendment: Amendment, market: MarketView) -> tuple[int, int]:
    """The new price in ticks and the new whole quantity in lots; 0 for what stays. Raises as `check_request`."""
    if market.state in _CLOSED_STATES:
        raise _CLOSED_STATES[market.state](details={"symbol": market.symbol})
    if amendment.price is None and amendment.quantity is None:
        raise InvalidOrder("An amendment names another price, another quantity, or both.")
    ticks = 0 if amendment.price is None else _ticks(amendment.price, market, "price")
    lots = 0 if amendment.quantity is None else _lots(amendment.quantity, market)
    if ticks and lots:
        _check_value(ticks * lots, market)
    return ticks, lots


def limit_details(code: str, market: MarketView) -> dict[str, str]:
    """The limit that a refusal with this code is about, for its details."""
    row = market.row
    field, limit = {
        "QUANTITY_TOO_SMALL": ("min_quantity", row.min_quantity),
        "QUANTITY_TOO_LARGE": ("max_quantity", row.max_quantity),
        "NOTIONAL_TOO_SMALL": ("min_notional", row.min_notional),
        "MAX_ORDER_VALUE": ("max_order_value", row.max_order_value),
        "PRICE_OFF_TICK": ("tick_size", market.tick_size),
        "QUANTITY_OFF_LOT": ("lot_size", market.lot_size),
    }.get(code, ("", None))
    return {field: plain(limit)} if limit else {}


def refuse(code: str | None, market: MarketView, **details: str) -> None:
    """Raise the refusal of this code, with the limit it is about; None refuses nothing."""
    if code is not None:
        raise error_of(code, {**limit_details(code, market), **details})


def _check_state(market: MarketView, *, is_collected: bool) -> None:
    if market.state in _CLOSED_STATES:
        raise _CLOSED_STATES[market.state](details={"symbol": market.symbol})
    if market.state in COLLECTING_STATES and not is_collected:
        raise NotInAuction(details={"symbol": market.symbol, "state": market.state.name})


def _check_combination(request: OrderRequest) -> None:
    """Raises InvalidOrder with the sentence that says what does not fit together."""
    order_type = request.order_type
    _check_time_in_force(request)
    if order_type in _WITH_LIMIT:
        if request.price is None or request.quantity is None or request.quote_amount is not None:
            raise InvalidOrder("An order with a limit has a price and a quantity.")
    else:
        if request.price is not None:
            raise InvalidOrder("An order of this type has no price.")
        if (request.quantity is None) == (request.quote_amount is None):
            raise InvalidOrder("An order without a price has either a quantity or a quote_amount.")
        if request.waits and request.quote_amount is not None and request.side is Side.SELL:
            raise InvalidOrder("A sale that waits has a quantity.")
    if (order_type in _BY_PRICE) != (request.trigger_price is not None):
        raise InvalidOrder("Stop and take-profit orders have a trigger_price, and no others.")
    if (order_type is OrderType.TRAILING_STOP) != (request.trailing_ppm is not None):
        raise InvalidOrder("A trailing stop has a trailing_delta, and no other order.")
    if request.trailing_ppm is not None and not 0 < request.trailing_ppm < PPM:
        raise InvalidOrder("A trailing_delta is above 0 and below 1.")
    if (order_type is OrderType.ICEBERG) != (request.display_quantity is not None):
        raise InvalidOrder("An iceberg has a display_quantity, and no other order.")


def _check_time_in_force(request: OrderRequest) -> None:
    order_type, time_in_force = request.order_type, request.time_in_force
    if request.post_only and not (order_type in (OrderType.LIMIT, OrderType.ICEBERG) and time_in_force in _LASTING):
        raise InvalidOrder("A post-only order is a LIMIT or ICEBERG order that rests, so it is GTC or GTD.")
    if order_type is OrderType.MARKET:
        if time_in_force is not TimeInForce.IOC:
            raise InvalidOrder("A market order never rests: it is IOC.")
    elif time_in_force not in _LASTING and order_type not in _ANY_TIME:
        raise InvalidOrder("An order of this type is GTC or GTD.")
    if (time_in_force is TimeInForce.GTD) != (request.good_till is not None):
        raise InvalidOrder("An order that is GTD has a good_till, and no other order.")


def _ticks(price: Decimal, market: MarketView, field: str) -> int:
    ticks = market.units.ticks(price)
    if ticks is None:
        raise PriceOffTick(details={"tick_size": plain(market.tick_size), "field": field})
    refuse(price_refusal(market.rules, ticks), market, field=field)
    return ticks


def _lots(quantity: Decimal, market: MarketView) -> int:
    lots = market.units.lots(quantity)
    if lots is None:
        raise QuantityOffLot(details={"lot_size": plain(market.lot_size)})
    refuse(quantity_refusal(market.rules, lots), market)
    return lots


def _check_display(request: OrderRequest, market: MarketView) -> None:
    if request.display_quantity is None or request.quantity is None:
        return
    least = market.units.quantity(max(market.rules.min_lots, 1))
    if not least <= request.display_quantity < request.quantity:
        raise InvalidOrder("A display_quantity is at least the market's smallest quantity, and less than the quantity.")
    if request.display_quantity * MAX_ICEBERG_PARTS < request.quantity:
        raise InvalidOrder(f"An iceberg has at most {MAX_ICEBERG_PARTS} parts.")


def _display_lots(quantity: Decimal, market: MarketView) -> int:
    lots = market.units.lots(quantity)
    if lots is None or lots % market.rules.lot_multiple:
        raise QuantityOffLot(details={"lot_size": plain(market.lot_size), "field": "display_quantity"})
    return lots


def _value(request: OrderRequest, market: MarketView) -> int:
    """The quote amount in tick-lots."""
    assert request.quote_amount is not None  # there is no quantity
    value = market.units.tick_lots(request.quote_amount)
    if value >= _BIGINT_LIMIT:
        raise NumberOutOfRange(details={"field": "quote_amount"})
    refuse(smallest_value_refusal(market.rules, value), market)
    if value == 0:
        raise NotionalTooSmall
    if request.waits:
        refuse(value_refusal(market.rules, value), market)
    return value


def _check_value(value: int, market: MarketView) -> None:
    refuse(smallest_value_refusal(market.rules, value), market)
    refuse(value_refusal(market.rules, value), market)
    if value >= _BIGINT_LIMIT:
        raise OrderValueTooLarge


def _check_protected_purchase(trigger_ticks: int, lots: int, market: MarketView) -> None:
    """A purchase by quantity that waits without a limit locks at its protection price, so it needs one.

    A trailing stop's trigger is not known here: 0.
    """
    if not (market.rules.protection_ppm or market.rules.price_band_ppm):
        raise InvalidOrder("This market has no protection price: a purchase that waits names a quote_amount.")
    if trigger_ticks:
        value = protection_ticks(market.rules, trigger_ticks) * lots
        refuse(value_refusal(market.rules, value), market)
        if value >= _BIGINT_LIMIT:
            raise OrderValueTooLarge
