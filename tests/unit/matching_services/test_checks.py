"""Every order type and what does not go together with it; held against the engine's own idea of it."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel.errors import BourseError
from matching.engine.admission import is_combination
from matching.engine.commands import Place
from matching.engine.types import MarketState, OrderType, SelfTradePrevention, Side, TimeInForce
from matching.services.checks import check_amendment, check_oco, check_request
from matching.services.requests import Amendment, CountedOco, CountedOrder, OcoRequest, OrderRequest
from tests.unit.matching_services.test_requests import market

D = Decimal
TOMORROW = datetime.now(UTC) + timedelta(days=1)
GTC, GTD, IOC, FOK = TimeInForce.GTC, TimeInForce.GTD, TimeInForce.IOC, TimeInForce.FOK
BAND: dict[str, Any] = {"price_band_ppm": 100_000}

TERMS: dict[OrderType, dict[str, Any]] = {
    # what makes an order of the type, in units
    OrderType.LIMIT: {"price": D(100), "quantity": D(1)},
    OrderType.MARKET: {"quantity": D(1), "time_in_force": IOC},
    OrderType.ICEBERG: {"price": D(100), "quantity": D(1), "display_quantity": D("0.1")},
    OrderType.STOP_LIMIT: {"price": D(100), "quantity": D(1), "trigger_price": D(99)},
    OrderType.STOP_MARKET: {"quantity": D(1), "trigger_price": D(99)},
    OrderType.TAKE_PROFIT_LIMIT: {"price": D(100), "quantity": D(1), "trigger_price": D(99)},
    OrderType.TAKE_PROFIT: {"quantity": D(1), "trigger_price": D(99)},
    OrderType.TRAILING_STOP: {"quantity": D(1), "trailing_ppm": 15_000},
}


def order(order_type: OrderType, side: Side = Side.BUY, **changes: Any) -> OrderRequest:
    terms: dict[str, Any] = {"time_in_force": GTC} | TERMS[order_type] | changes
    if terms["time_in_force"] is GTD:
        terms.setdefault("good_till", TOMORROW)
    return OrderRequest(symbol="BTC-USDT", side=side, order_type=order_type, **terms)


def code_of(request: OrderRequest, state: MarketState = MarketState.TRADING, **limits: Any) -> str | None:
    try:
        check_request(request, market(state, **(BAND | limits)))
    except BourseError as refusal:
        return refusal.code
    return None


def test_every_type_is_counted() -> None:
    expected = {
        OrderType.LIMIT: CountedOrder(200, 100, 0),
        OrderType.MARKET: CountedOrder(0, 100, 0),
        OrderType.ICEBERG: CountedOrder(200, 100, 0, display_lots=10),
        OrderType.STOP_LIMIT: CountedOrder(200, 100, 0, trigger_ticks=198),
        OrderType.STOP_MARKET: CountedOrder(0, 100, 0, trigger_ticks=198),
        OrderType.TAKE_PROFIT_LIMIT: CountedOrder(200, 100, 0, trigger_ticks=198),
        OrderType.TAKE_PROFIT: CountedOrder(0, 100, 0, trigger_ticks=198),
        OrderType.TRAILING_STOP: CountedOrder(0, 100, 0),
    }
    for order_type, counted in expected.items():
        assert check_request(order(order_type), market(**BAND)) == counted


FIELDS: dict[str, tuple[Any, ...]] = {
    "side": (Side.BUY, Side.SELL),
    "time_in_force": (GTC, GTD, IOC, FOK),
    "post_only": (False, True),
    "quantity": (D(1), None),
    "quote_amount": (None, D(50)),
    "display_quantity": (None, D("0.1"), D(1)),
    "trigger_price": (None, D(99)),
    "trailing_ppm": (None, 15_000),
    "price": (None, D(100)),
}


@pytest.mark.parametrize("order_type", OrderType)
@pytest.mark.parametrize("limits", [{}, BAND])
def test_what_goes_together_is_what_the_engine_takes(order_type: OrderType, limits: dict[str, Any]) -> None:
    """Of all combinations of fields: what is let through the engine would take, but for terms it has no word for."""
    where = market(**limits)
    passed = 0
    refused: set[str] = set()
    for values in itertools.product(*FIELDS.values()):
        terms = dict(zip(FIELDS, values, strict=True))
        good_till = TOMORROW if terms["time_in_force"] is GTD else None
        request = OrderRequest(symbol="BTC-USDT", order_type=order_type, good_till=good_till, **terms)
        try:
            counted = check_request(request, where)
        except BourseError as refusal:
            refused.add(refusal.code)
            continue
        passed += 1
        place = Place(
            1, 1, request.side, order_type, request.time_in_force, request.post_only, counted.ticks, counted.lots,
            counted.value, 0, 0, 1, 0, None, SelfTradePrevention.NONE, counted.display_lots, counted.trigger_ticks,
            request.trailing_ppm or 0, 1 if good_till else 0,
        )  # fmt: skip
        assert is_combination(place, where.rules), request
    assert passed
    assert refused == {"INVALID_ORDER"}


INVALID: list[tuple[OrderType, dict[str, Any]]] = [
    (OrderType.LIMIT, {"display_quantity": D("0.1")}),
    (OrderType.LIMIT, {"trigger_price": D(99)}),
    (OrderType.LIMIT, {"trailing_ppm": 1}),
    (OrderType.LIMIT, {"time_in_force": GTD, "good_till": None}),
    (OrderType.LIMIT, {"good_till": TOMORROW}),
    (OrderType.LIMIT, {"post_only": True, "time_in_force": IOC}),
    (OrderType.ICEBERG, {"display_quantity": None}),
    (OrderType.ICEBERG, {"display_quantity": D(1)}),
    (OrderType.ICEBERG, {"time_in_force": IOC}),
    (OrderType.ICEBERG, {"quantity": D("10.01")}),
    (OrderType.STOP_LIMIT, {"trigger_price": None}),
    (OrderType.STOP_LIMIT, {"post_only": True}),
    (OrderType.STOP_MARKET, {"time_in_force": IOC}),
    (OrderType.STOP_MARKET, {"price": D(100)}),
    (OrderType.STOP_MARKET, {"side": Side.SELL, "quantity": None, "quote_amount": D(50)}),
    (OrderType.TRAILING_STOP, {"trailing_ppm": None}),
    (OrderType.TRAILING_STOP, {"trailing_ppm": 1_000_000}),
    (OrderType.TRAILING_STOP, {"trigger_price": D(99)}),
]


@pytest.mark.parametrize(("order_type", "changes"), INVALID)
def test_what_does_not_go_together(order_type: OrderType, changes: dict[str, Any]) -> None:
    assert code_of(order(order_type, **changes)) == "INVALID_ORDER"


def test_a_waiting_purchase_needs_a_protection_price_or_an_amount() -> None:
    for order_type in (OrderType.STOP_MARKET, OrderType.TAKE_PROFIT, OrderType.TRAILING_STOP):
        assert code_of(order(order_type), price_band_ppm=0) == "INVALID_ORDER"
        assert code_of(order(order_type), price_band_ppm=0, protection_ppm=1) is None
        assert code_of(order(order_type, Side.SELL), price_band_ppm=0) is None
        assert code_of(order(order_type, quantity=None, quote_amount=D(50)), price_band_ppm=0) is None


def test_sizes_and_steps() -> None:
    cases: list[tuple[dict[str, Any], dict[str, Any], str | None]] = [
        ({"price": D("100.5")}, {"tick_multiple": 2}, "PRICE_OFF_TICK"),
        ({"price": D(101)}, {"tick_multiple": 2}, None),
        ({"quantity": D("1.01")}, {"lot_multiple": 2}, "QUANTITY_OFF_LOT"),
        ({"quantity": D("0.005")}, {}, "QUANTITY_OFF_LOT"),
        ({"quantity": D("0.02")}, {"min_lots": 3}, "QUANTITY_TOO_SMALL"),
        ({}, {"max_lots": 99}, "QUANTITY_TOO_LARGE"),
        ({}, {"min_value": 20_001}, "NOTIONAL_TOO_SMALL"),
        ({}, {"max_order_value": 19_999}, "MAX_ORDER_VALUE"),
        ({"good_till": datetime(2020, 1, 1, tzinfo=UTC), "time_in_force": GTD}, {}, "GOOD_TILL_PASSED"),
    ]
    for changes, limits, code in cases:
        assert code_of(order(OrderType.LIMIT, **changes), **limits) == code, (changes, limits)
    assert code_of(order(OrderType.STOP_LIMIT, trigger_price=D("99.5")), tick_multiple=2) == "PRICE_OFF_TICK"
    assert code_of(order(OrderType.ICEBERG, display_quantity=D("0.11")), lot_multiple=2) == "QUANTITY_OFF_LOT"
    assert code_of(order(OrderType.ICEBERG, display_quantity=D("0.1")), min_lots=11) == "INVALID_ORDER"
    # 99 and the protection of a tenth, rounded down to a tick of a half: 217 ticks.
    assert code_of(order(OrderType.STOP_MARKET), max_order_value=21_699) == "MAX_ORDER_VALUE"
    assert code_of(order(OrderType.STOP_MARKET), max_order_value=21_700) is None


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (MarketState.HALTED, "MARKET_HALTED"),
        (MarketState.CLOSED, "MARKET_CLOSED"),
        (MarketState.CANCEL_ONLY, "MARKET_CANCEL_ONLY"),
    ],
)
def test_markets_that_take_no_orders(state: MarketState, code: str) -> None:
    for order_type in OrderType:
        assert code_of(order(order_type), state) == code


@pytest.mark.parametrize("state", [MarketState.PRE_OPEN, MarketState.AUCTION])
def test_what_an_auction_collects(state: MarketState) -> None:
    for order_type in OrderType:
        expected = "NOT_IN_AUCTION" if order_type is OrderType.MARKET else None
        assert code_of(order(order_type), state) == expected
    assert code_of(order(OrderType.LIMIT, post_only=True), state) == "NOT_IN_AUCTION"
    assert code_of(order(OrderType.LIMIT, time_in_force=FOK), state) == "NOT_IN_AUCTION"
    with pytest.raises(BourseError) as refusal:
        check_oco(pair(), market(state, **BAND))
    assert refusal.value.code == "NOT_IN_AUCTION"


def pair(**changes: Any) -> OcoRequest:
    terms: dict[str, Any] = {"side": Side.SELL, "quantity": D(1), "price": D(110), "trigger_price": D(90)}
    return OcoRequest(symbol="BTC-USDT", **(terms | changes))


def test_pairs() -> None:
    assert check_oco(pair(), market()) == CountedOco(100, 220, 180, 0)
    assert check_oco(pair(stop_price=D(89)), market()) == CountedOco(100, 220, 180, 178)
    cases: list[tuple[dict[str, Any], dict[str, Any], str]] = [
        ({"price": D("110.1")}, {}, "PRICE_OFF_TICK"),
        ({"trigger_price": D("90.1")}, {}, "PRICE_OFF_TICK"),
        ({"stop_price": D("89.1")}, {}, "PRICE_OFF_TICK"),
        ({"quantity": D("0.001")}, {}, "QUANTITY_OFF_LOT"),
        ({"side": Side.BUY}, {}, "INVALID_ORDER"),
        ({"stop_price": D(1)}, {"min_value": 1_000}, "NOTIONAL_TOO_SMALL"),
    ]
    for changes, limits, code in cases:
        with pytest.raises(BourseError) as refusal:
            check_oco(pair(**changes), market(**limits))
        assert refusal.value.code == code


def test_amendments() -> None:
    assert check_amendment(Amendment(price=D(100)), market()) == (200, 0)
    assert check_amendment(Amendment(quantity=D(1)), market(MarketState.AUCTION)) == (0, 100)
    for amendment, where, code in (
        (Amendment(), market(), "INVALID_ORDER"),
        (Amendment(price=D("0.1")), market(), "PRICE_OFF_TICK"),
        (Amendment(quantity=D(1)), market(max_lots=5), "QUANTITY_TOO_LARGE"),
        (Amendment(D(100), D(1)), market(max_order_value=5), "MAX_ORDER_VALUE"),
        (Amendment(D(100), D(1)), market(MarketState.CANCEL_ONLY), "MARKET_CANCEL_ONLY"),
    ):
        with pytest.raises(BourseError) as refusal:
            check_amendment(amendment, where)
        assert refusal.value.code == code


def test_hashes_tell_requests_apart() -> None:
    requests: list[Any] = [order(order_type) for order_type in OrderType]
    requests += [
        order(OrderType.LIMIT, time_in_force=GTD),
        order(OrderType.LIMIT, self_trade_prevention=SelfTradePrevention.NONE),
        order(OrderType.LIMIT, self_trade_prevention=SelfTradePrevention.EXPIRE_TAKER),
        order(OrderType.LIMIT, replaces=7),
        order(OrderType.ICEBERG, display_quantity=D("0.2")),
        order(OrderType.TRAILING_STOP, trailing_ppm=1),
        pair(),
        pair(stop_price=D(89)),
        pair(trigger_price=D(91)),
    ]
    assert len({request.input_hash() for request in requests}) == len(requests)
    assert (
        order(OrderType.STOP_LIMIT, trigger_price=D("99.00")).input_hash() == order(OrderType.STOP_LIMIT).input_hash()
    )
