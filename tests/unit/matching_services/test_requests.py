"""Bodies to requests, requests to ticks and lots; no database."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from kernel.units import MarketUnits
from matching.api.body import read_place_body
from matching.engine import codes as engine_codes
from matching.engine.types import MarketRules, MarketState, OrderType, Side, TimeInForce
from matching.errors import InvalidOrder, OrderRefused, PriceOffTick, QuantityTooSmall, error_of
from matching.selectors.markets import AssetInfo, MarketView
from matching.services import OrderRequest
from matching.services.checks import check_request
from matching.services.requests import CountedOrder
from risk.core import codes as risk_codes

BODY: dict[str, Any] = {"symbol": "BTC/USDT", "side": "BUY", "type": "LIMIT", "price": "100.5", "quantity": "0.02"}


def market(state: MarketState = MarketState.TRADING, **limits: Any) -> MarketView:
    rules = {"price_band_ppm": 0, "max_order_value": 0, "max_open_orders": 0, "min_lots": 1, "max_lots": 0}
    rules |= {"min_value": 0, "initial_ticks": 0}
    row: Any = SimpleNamespace(
        min_quantity=Decimal("0.01"), max_quantity=Decimal(0), min_notional=Decimal(0), max_order_value=Decimal(0)
    )
    return MarketView(
        id=1,
        symbol="BTC-USDT",
        shard_id=1,
        shard_name="main",
        base=AssetInfo(1, "BTC", 8),
        quote=AssetInfo(2, "USDT", 8),
        units=MarketUnits(Decimal("0.5"), Decimal("0.01"), 8, 8),
        rules=MarketRules(version=1, **(rules | limits)),
        state=state,
        state_reason="",
        last_ticks=0,
        row=row,
    )


def test_a_body_with_defaults() -> None:
    body = read_place_body(BODY)

    assert body.order == OrderRequest(
        symbol="BTC-USDT",
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        time_in_force=TimeInForce.GTC,
        price=Decimal("100.5"),
        quantity=Decimal("0.02"),
    )
    assert (body.wait, body.validate_only) == (True, False)
    market_body = read_place_body(
        {"symbol": "A-B", "side": "SELL", "type": "MARKET", "quantity": "1", "response": "ACK"}
    )
    assert (market_body.order.time_in_force, market_body.wait) == (TimeInForce.IOC, False)


def test_null_is_absent() -> None:
    nothing = dict.fromkeys(("time_in_force", "post_only", "quote_amount", "client_order_id", "response"))

    assert read_place_body(BODY | nothing) == read_place_body(BODY)


def test_units() -> None:
    assert check_request(read_place_body(BODY).order, market()) == CountedOrder(201, 2, 0)
    by_amount = {"symbol": "BTC-USDT", "side": "BUY", "type": "MARKET", "quote_amount": "1.0129"}
    assert check_request(read_place_body(by_amount).order, market()) == CountedOrder(0, 0, 202)


@pytest.mark.parametrize(
    ("changes", "limits", "error"),
    [
        ({"price": "100.25"}, {}, PriceOffTick),
        ({"quantity": "0.01"}, {"min_lots": 2}, QuantityTooSmall),
        ({"time_in_force": "FOK", "post_only": True}, {}, InvalidOrder),
    ],
)
def test_refusals(changes: dict[str, Any], limits: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        check_request(read_place_body(BODY | changes).order, market(**limits))


def test_the_hash_is_of_the_meaning() -> None:
    first = read_place_body(BODY).order.input_hash()
    for same in ({"price": "100.50"}, {"symbol": "BTC-USDT"}, {"time_in_force": "GTC"}, {"response": "ACK"}):
        assert read_place_body(BODY | same).order.input_hash() == first
    for other in ({"price": "101"}, {"side": "SELL"}, {"post_only": True}, {"time_in_force": "IOC"}):
        assert read_place_body(BODY | other).order.input_hash() != first


def test_codes_of_the_engine_are_errors() -> None:
    refusals = [value for name, value in vars(risk_codes).items() if name.isupper()]
    refusals += [engine_codes.MARKET_HALTED, engine_codes.MARKET_CLOSED, engine_codes.MARKET_CANCEL_ONLY]
    refusals += [engine_codes.NOT_IN_AUCTION, engine_codes.POST_ONLY_WOULD_MATCH, engine_codes.STOP_WOULD_TRIGGER]
    refusals += [engine_codes.NO_REFERENCE_PRICE, engine_codes.ORDER_NOT_FOUND, engine_codes.ORDER_NOT_AMENDABLE]
    refusals += [engine_codes.AMEND_BELOW_FILLED, engine_codes.MARKET_RULES_CHANGED]
    refusals += ["ACCOUNT_TRADE_FROZEN", "ACCOUNT_CLOSED", "KYC_LEVEL_TOO_LOW", "MAX_POSITION"]
    for code in refusals:
        error = error_of(code, {"order_id": "1"})
        assert (error.code, error.details) == (code, {"order_id": "1"})
    assert isinstance(error_of("SOMETHING_NEW", {}), OrderRefused)
