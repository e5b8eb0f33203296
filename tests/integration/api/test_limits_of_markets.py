"""Refusals that come from a market's state and limits and from what an account is, by the web and by the engine."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from ledger.models import Asset
from matching.engine.types import MarketState
from matching.models import Market
from matching.selectors.markets import forget_markets
from matching.services import set_market_state
from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import error_code

LIMIT: dict[str, Any] = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": "50000", "quantity": "0.1"}
STOP: dict[str, Any] = {
    "symbol": "BTC-USDT", "side": "SELL", "type": "STOP_MARKET", "quantity": "0.1", "trigger_price": "40000"
}  # fmt: skip


def change(idle: TradingFloor, **limits: Any) -> None:
    """Other limits for the market, in force at once."""
    Market.objects.filter(symbol="BTC-USDT").update(**limits)
    forget_markets()
    idle.start()


def refused(floor: TradingFloor, body: dict[str, Any], status: int, code: str) -> None:
    """Both the check and the order itself are refused so, and no money moves."""
    balances = floor.rows()[1]
    for dry in (True, False):
        response = floor.owner.post(ORDERS, body | {"validate_only": dry})
        assert (response.status_code, error_code(response)) == (status, code), (body, dry, response.content)
    assert floor.rows()[1] == balances


def test_waiting_orders_are_counted(idle: TradingFloor) -> None:
    change(idle, max_stop_orders=2)
    for _ in range(2):
        assert idle.owner.post(ORDERS, STOP).status_code == 201
    refused(idle, STOP, 422, "MAX_STOP_ORDERS")
    assert idle.owner.post(ORDERS, LIMIT).status_code == 201


def test_the_rate_of_orders_is_counted(idle: TradingFloor) -> None:
    change(idle, max_order_rate=1)
    answers = [idle.owner.post(ORDERS, LIMIT) for _ in range(4)]
    # At most one window ends meanwhile.
    exceeded = [answer for answer in answers if answer.status_code == 429]
    assert len(exceeded) >= 2
    assert error_code(exceeded[0]) == "ORDER_RATE_EXCEEDED"
    assert exceeded[0].headers["Retry-After"] == "10"
    assert idle.colleague.post(ORDERS, LIMIT).status_code == 201


def test_a_position_has_a_limit(idle: TradingFloor) -> None:
    Asset.objects.filter(symbol="BTC").update(max_position=Decimal("100.25"))
    change(idle)
    bid = idle.owner.post(ORDERS, LIMIT | {"quantity": "0.2"}).json()
    refused(idle, LIMIT, 422, "MAX_POSITION")
    assert idle.owner.post(ORDERS, LIMIT | {"replaces": bid["id"]}).status_code == 201
    assert idle.owner.post(ORDERS, LIMIT | {"side": "SELL", "price": "70000"}).status_code == 201


def test_a_market_may_ask_who_one_is(idle: TradingFloor) -> None:
    change(idle, min_kyc_level=1)
    refused(idle, LIMIT, 403, "KYC_LEVEL_TOO_LOW")
    User.objects.filter(username="owner").update(kyc_level=1)
    assert idle.owner.post(ORDERS, LIMIT).status_code == 201


def test_a_trailing_stop_needs_a_price_to_follow(idle: TradingFloor) -> None:
    change(idle, initial_price=0)
    trailing = {
        "symbol": "BTC-USDT",
        "side": "SELL",
        "type": "TRAILING_STOP",
        "quantity": "1",
        "trailing_delta": "0.01",
    }
    refused(idle, trailing, 422, "NO_REFERENCE_PRICE")


def test_a_trigger_that_is_reached_already(idle: TradingFloor) -> None:
    change(idle)
    for changes in (
        {"trigger_price": "60000"},
        {"type": "TAKE_PROFIT", "trigger_price": "60000"},
        {"side": "BUY", "trigger_price": "60000"},
        {"side": "BUY", "type": "TAKE_PROFIT", "trigger_price": "60000"},
    ):
        refused(idle, STOP | changes, 422, "STOP_WOULD_TRIGGER")


def test_static_bands_and_steps(idle: TradingFloor) -> None:
    change(idle, static_band_ppm=100_000, tick_multiple=50, lot_multiple=10)
    for changes, code in (
        ({"price": "53999.5"}, "PRICE_OUT_OF_BAND"),
        ({"price": "54000.01"}, "PRICE_OFF_TICK"),
        ({"price": "54000", "quantity": "0.1001"}, "QUANTITY_OFF_LOT"),
    ):
        refused(idle, LIMIT | changes, 422, code)
    assert idle.owner.post(ORDERS, LIMIT | {"price": "54000"}).status_code == 201


def test_waiting_purchases_lock_at_their_protection_price(idle: TradingFloor) -> None:
    change(idle, protection_ppm=100_000)
    stop = STOP | {"side": "BUY", "trigger_price": "70000"}
    refused(idle, stop | {"quantity": "70"}, 422, "MAX_ORDER_VALUE")
    placed = idle.owner.post(ORDERS, stop).json()
    assert placed["protection_price"] == "77000"
    assert idle.exchange.balance("owner", "USDT")[1] == Decimal("7700")


@pytest.mark.parametrize("state", [MarketState.PRE_OPEN, MarketState.AUCTION])
def test_an_auction_collects_what_can_wait(idle: TradingFloor, state: MarketState) -> None:
    set_market_state(symbol="BTC-USDT", state=state, reason="a test")
    idle.exchange.run()
    forget_markets()
    before = idle.rows()
    pair = {"symbol": "BTC-USDT", "side": "SELL", "quantity": "1", "price": "70000", "trigger_price": "50000"}
    for address, body in (
        (ORDERS, {"symbol": "BTC-USDT", "side": "BUY", "type": "MARKET", "quantity": "1"}),
        (ORDERS, LIMIT | {"time_in_force": "FOK"}),
        (ORDERS, LIMIT | {"post_only": True}),
        (f"{ORDERS}/oco", pair),
    ):
        response = idle.owner.post(address, body)
        assert (response.status_code, error_code(response)) == (422, "NOT_IN_AUCTION"), body
    assert idle.rows() == before
    for body in (LIMIT, STOP):
        assert idle.owner.post(ORDERS, body | {"response": "ACK"}).status_code == 202
    idle.exchange.run()
    assert {order["status"] for order in idle.owner.get(ORDERS).json()["items"]} == {"OPEN"}


def test_a_market_of_cancels_only(idle: TradingFloor) -> None:
    order_id = idle.owner.post(ORDERS, LIMIT | {"response": "ACK"}).json()["id"]
    set_market_state(symbol="BTC-USDT", state=MarketState.CANCEL_ONLY, reason="a test")
    idle.exchange.run()
    forget_markets()
    before = idle.rows()
    for response in (
        idle.owner.post(ORDERS, LIMIT),
        idle.owner.send("PATCH", f"{ORDERS}/{order_id}", {"quantity": "0.05"}),
    ):
        assert (response.status_code, error_code(response)) == (422, "MARKET_CANCEL_ONLY")
    assert idle.rows() == before
    assert idle.owner.delete(f"{ORDERS}/{order_id}?response=ACK").status_code == 202
    idle.exchange.run()
    assert idle.owner.get(f"{ORDERS}/{order_id}").json()["status"] == "CANCELLED"
