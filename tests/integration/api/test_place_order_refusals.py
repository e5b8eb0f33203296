"""POST /api/v1/orders: everything that is refused, with its code, and nothing written."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection

from accounts.models import AccountState
from accounts.services import change_account_state
from matching.engine.types import MarketState
from matching.models import Command, Market
from matching.selectors.markets import forget_markets
from matching.services import set_market_state
from matching.services.load import _cache as pending_cache
from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import SignedClient, error_code, make_key

LIMIT: dict[str, Any] = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": "60000", "quantity": "0.5"}
MARKET: dict[str, Any] = {"symbol": "BTC-USDT", "side": "BUY", "type": "MARKET"}

WITHOUT = object()

REFUSALS: list[tuple[dict[str, Any], dict[str, Any], int, str]] = [
    # changes to a good body, status, code
    (LIMIT, {"symbol": "BTC-EUR"}, 404, "UNKNOWN_MARKET"),
    (LIMIT, {"symbol": "btc-usdt"}, 404, "UNKNOWN_MARKET"),
    (LIMIT, {"symbol": 7}, 400, "FIELD_INVALID"),
    (LIMIT, {"symbol": WITHOUT}, 400, "FIELD_INVALID"),
    (LIMIT, {"side": "HOLD"}, 400, "FIELD_INVALID"),
    (LIMIT, {"side": WITHOUT}, 400, "FIELD_INVALID"),
    (LIMIT, {"side": ["BUY"]}, 400, "FIELD_INVALID"),
    (LIMIT, {"type": "STOP"}, 400, "FIELD_INVALID"),
    (LIMIT, {"type": WITHOUT}, 400, "FIELD_INVALID"),
    (LIMIT, {"time_in_force": "GTX"}, 400, "FIELD_INVALID"),
    (LIMIT, {"post_only": "yes"}, 400, "FIELD_INVALID"),
    (LIMIT, {"post_only": 1}, 400, "FIELD_INVALID"),
    (LIMIT, {"response": "FULL"}, 400, "FIELD_INVALID"),
    (LIMIT, {"validate_only": "true"}, 400, "FIELD_INVALID"),
    (LIMIT, {"client_order_id": ""}, 400, "FIELD_INVALID"),
    (LIMIT, {"client_order_id": "a" * 65}, 400, "FIELD_INVALID"),
    (LIMIT, {"client_order_id": "a b"}, 400, "FIELD_INVALID"),
    (LIMIT, {"client_order_id": "a\n"}, 400, "FIELD_INVALID"),
    (LIMIT, {"client_order_id": 5}, 400, "FIELD_INVALID"),
    (LIMIT, {"prise": "1"}, 400, "UNKNOWN_FIELD"),
    (LIMIT, {"price": 60000}, 400, "NUMBER_MALFORMED"),
    (LIMIT, {"price": 60000.5}, 400, "NUMBER_MALFORMED"),
    (LIMIT, {"price": "NaN"}, 400, "NUMBER_MALFORMED"),
    (LIMIT, {"price": "Infinity"}, 400, "NUMBER_MALFORMED"),
    (LIMIT, {"price": "6e4"}, 400, "NUMBER_MALFORMED"),
    (LIMIT, {"price": "1e400"}, 400, "NUMBER_OUT_OF_RANGE"),
    (LIMIT, {"price": "9" * 21}, 400, "NUMBER_OUT_OF_RANGE"),
    (LIMIT, {"price": "-1"}, 400, "NUMBER_NOT_POSITIVE"),
    (LIMIT, {"price": "0"}, 400, "NUMBER_NOT_POSITIVE"),
    (LIMIT, {"price": "0.0000000000000000001"}, 400, "TOO_MANY_DECIMALS"),
    (LIMIT, {"price": "60000.001"}, 422, "PRICE_OFF_TICK"),
    (LIMIT, {"quantity": "0.00005"}, 422, "QUANTITY_OFF_LOT"),
    (LIMIT, {"quantity": "1001"}, 422, "QUANTITY_TOO_LARGE"),
    (LIMIT, {"quantity": "99999999999999999999"}, 422, "QUANTITY_TOO_LARGE"),
    (LIMIT, {"price": "99999999999999999999"}, 422, "INVALID_PRICE"),
    (LIMIT, {"price": "1", "quantity": "0.0001"}, 422, "NOTIONAL_TOO_SMALL"),
    (LIMIT, {"quantity": "100"}, 422, "MAX_ORDER_VALUE"),
    (LIMIT, {"price": WITHOUT}, 422, "INVALID_ORDER"),
    (LIMIT, {"quantity": WITHOUT}, 422, "INVALID_ORDER"),
    (LIMIT, {"quote_amount": "10"}, 422, "INVALID_ORDER"),
    (LIMIT, {"post_only": True, "time_in_force": "IOC"}, 422, "INVALID_ORDER"),
    (MARKET, {}, 422, "INVALID_ORDER"),
    (MARKET, {"quantity": "1", "quote_amount": "10"}, 422, "INVALID_ORDER"),
    (MARKET, {"quantity": "1", "price": "60000"}, 422, "INVALID_ORDER"),
    (MARKET, {"quantity": "1", "post_only": True}, 422, "INVALID_ORDER"),
    (MARKET, {"quantity": "1", "time_in_force": "GTC"}, 422, "INVALID_ORDER"),
    (MARKET, {"quantity": "1", "time_in_force": "FOK"}, 422, "INVALID_ORDER"),
    (MARKET, {"quote_amount": "1"}, 422, "NOTIONAL_TOO_SMALL"),
    (MARKET, {"quote_amount": "0.0000000000001"}, 400, "TOO_MANY_DECIMALS"),
    (MARKET, {"quote_amount": "99999999999999999999"}, 400, "NUMBER_OUT_OF_RANGE"),
]


def test_every_malformed_or_impossible_order_has_its_code(idle: TradingFloor, unchanged: Callable[[], None]) -> None:
    for good, changes, status, code in REFUSALS:
        body = {name: value for name, value in (good | changes).items() if value is not WITHOUT}
        for tried in (body, {"validate_only": True} | body):
            response = idle.owner.post(ORDERS, tried)
            assert (response.status_code, error_code(response)) == (status, code), (changes, response.content)
    unchanged()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"symbol": "BTC-USDT"', "JSON_MALFORMED"),
        (b"[]", "JSON_MALFORMED"),
        (b"", "FIELD_INVALID"),
        (b'{"price": NaN}', "JSON_MALFORMED"),
        (b'{"price": "1", "price": "2"}', "JSON_NAME_TWICE"),
    ],
)
def test_bodies_that_are_no_json_object(
    idle: TradingFloor, unchanged: Callable[[], None], raw: bytes, code: str
) -> None:
    response = idle.owner.post(ORDERS, raw=raw)

    assert response.status_code == 400
    assert error_code(response) == code


def test_names_of_unknown_fields_are_told(idle: TradingFloor, unchanged: Callable[[], None]) -> None:
    response = idle.owner.post(ORDERS, LIMIT | {"b": 1, "a": 2})

    assert response.json()["error"]["details"] == {"fields": ["a", "b"]}


def test_who_may_not(idle: TradingFloor, unchanged: Callable[[], None]) -> None:
    reader = SignedClient(make_key(idle.exchange.user("owner"), scopes=("read",)))
    staff = SignedClient(make_key(idle.exchange.user("staff")))

    for client, status, code in (
        (idle.stranger, 401, "AUTHENTICATION_REQUIRED"),
        (reader, 403, "SCOPE_MISSING"),
        (staff, 403, "ACCOUNT_MISSING"),
    ):
        response = client.post(ORDERS, LIMIT)
        assert (response.status_code, error_code(response)) == (status, code)


def test_a_frozen_account_places_nothing(idle: TradingFloor, unchanged: Callable[[], None]) -> None:
    change_account_state(
        user=idle.exchange.user("owner"),
        state=AccountState.TRADE_FROZEN,
        by=idle.exchange.user("staff"),
        reason="a test",
    )
    response = idle.owner.post(ORDERS, LIMIT)

    assert (response.status_code, error_code(response)) == (403, "ACCOUNT_TRADE_FROZEN")


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [(MarketState.HALTED, 503, "MARKET_HALTED"), (MarketState.CLOSED, 422, "MARKET_CLOSED")],
)
def test_a_market_that_takes_no_orders(idle: TradingFloor, state: MarketState, status: int, code: str) -> None:
    set_market_state(symbol="BTC-USDT", state=state, reason="a test")
    before_the_web_knows = idle.limit(idle.owner, "BUY", "60000", "0.5", response="ACK").json()["id"]
    idle.exchange.run()
    refused_by_the_engine = idle.owner.get(f"{ORDERS}/{before_the_web_knows}").json()
    assert (refused_by_the_engine["status"], refused_by_the_engine["reason"]) == ("REJECTED", code)

    forget_markets()
    before = idle.rows()
    response = idle.owner.post(ORDERS, LIMIT)
    assert (response.status_code, error_code(response)) == (status, code)
    assert idle.rows() == before


def test_a_busy_exchange_accepts_nothing(idle: TradingFloor, settings: LazySettings) -> None:
    settings.MAX_PENDING_COMMANDS = 2
    for _ in range(3):
        idle.limit(idle.owner, "BUY", "60000", "0.5", response="ACK")
    pending_cache.forget()
    before = idle.rows()

    response = idle.owner.post(ORDERS, LIMIT | {"response": "ACK"})

    assert (response.status_code, error_code(response)) == (503, "EXCHANGE_BUSY")
    assert response.json()["error"]["retry_after"] == 1
    assert response.headers["Retry-After"] == "1"
    assert idle.rows() == before
    pending_cache.forget()


def test_refusals_of_the_engine_have_the_orders_id(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "60000", "1")
    everything = {"symbol": "ETH-USDT", "side": "SELL", "price": "3000", "quantity": "1000"}
    floor.owner.post(ORDERS, LIMIT | everything)
    balances = floor.rows()[1]
    for changes, code in (
        ({"price": "95000", "quantity": "0.1"}, "PRICE_OUT_OF_BAND"),
        ({"price": "60000", "quantity": "0.1", "post_only": True}, "POST_ONLY_WOULD_MATCH"),
        (everything | {"quantity": "1"}, "INSUFFICIENT_BALANCE"),
    ):
        response = floor.owner.post(ORDERS, LIMIT | changes)
        assert (response.status_code, error_code(response)) == (422, code), response.content
        order_id = response.json()["error"]["details"]["order_id"]
        stands = floor.owner.get(f"{ORDERS}/{order_id}").json()
        assert (stands["status"], stands["reason"]) == ("REJECTED", code)
        assert floor.rows()[1] == balances


def test_the_most_open_orders(floor: TradingFloor) -> None:
    Market.objects.filter(symbol="BTC-USDT").update(max_open_orders=2)
    floor.stop()
    floor.start()
    for _ in range(2):
        assert floor.limit(floor.owner, "BUY", "50000", "0.01").status_code == 201
    forget_markets()

    for dry in (False, True):
        response = floor.limit(floor.owner, "BUY", "50000", "0.01", validate_only=dry)
        assert (response.status_code, error_code(response)) == (422, "MAX_OPEN_ORDERS")


def test_a_connection_that_the_server_closed_is_replaced(idle: TradingFloor) -> None:
    idle.limit(idle.owner, "BUY", "60000", "0.5", response="ACK")
    raw = connection.connection
    assert raw is not None
    with raw.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    from psycopg import sql

    from tests.support.databases import _owner_execute  # the app's login may not end sessions

    _owner_execute(sql.SQL("SELECT pg_terminate_backend({}, 2000)").format(sql.Literal(pid)))
    assert idle.limit(idle.owner, "BUY", "60000", "0.5", response="ACK").status_code == 202
    assert Command.objects.count() == 2
