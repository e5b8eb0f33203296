"""POST /api/v1/orders with validate_only: all checks, nothing written."""

from typing import Any

from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import error_code

LIMIT: dict[str, Any] = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": "60000", "quantity": "0.5"}
MARKET: dict[str, Any] = {"symbol": "BTC-USDT", "side": "BUY", "type": "MARKET"}


def test_what_it_says_is_what_the_engine_says(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "61000", "2")
    floor.limit(floor.colleague, "BUY", "59000", "2")
    for quantity in ("49", "50"):  # nearly all of the outsider's BTC is locked
        assert floor.limit(floor.outsider, "SELL", "60500", quantity).status_code == 201

    cases = [
        (floor.owner, LIMIT, None),
        (floor.owner, LIMIT | {"post_only": True}, None),
        (floor.owner, LIMIT | {"post_only": True, "price": "60500"}, "POST_ONLY_WOULD_MATCH"),
        (floor.owner, LIMIT | {"side": "SELL", "post_only": True, "price": "59000"}, "POST_ONLY_WOULD_MATCH"),
        (floor.owner, LIMIT | {"price": "90000.01", "quantity": "0.01"}, "PRICE_OUT_OF_BAND"),
        (floor.owner, LIMIT | {"side": "SELL", "price": "29999.99"}, "PRICE_OUT_OF_BAND"),
        (floor.outsider, LIMIT | {"side": "SELL", "price": "60600", "quantity": "1.0001"}, "INSUFFICIENT_BALANCE"),
        (floor.outsider, LIMIT | {"side": "SELL", "price": "60600", "quantity": "1"}, None),
        (floor.outsider, MARKET | {"side": "SELL", "quantity": "1.5"}, "INSUFFICIENT_BALANCE"),
        (floor.owner, MARKET | {"quantity": "90"}, "MAX_ORDER_VALUE"),
        (floor.owner, MARKET | {"quote_amount": "1000"}, None),
    ]
    for client, body, code in cases:
        before = floor.rows()
        dry = client.post(ORDERS, body | {"validate_only": True})
        assert floor.rows() == before
        if code is None:
            assert (dry.status_code, dry.json()) == (200, {"is_acceptable": True}), dry.content
        else:
            assert (dry.status_code, error_code(dry)) == (422, code), dry.content
        real = client.post(ORDERS, body | {"response": "RESULT"})
        assert (error_code(real) if real.status_code == 422 else None) == code, (body, real.content)
        if code is None and body["type"] == "LIMIT":
            assert client.delete(f"{ORDERS}/{real.json()['id']}").status_code == 200


def test_missing_funds_are_told(idle: TradingFloor) -> None:
    body = LIMIT | {"side": "SELL", "symbol": "ETH-USDT", "price": "3000", "quantity": "1000.5"}
    refused = idle.owner.post(ORDERS, body | {"quantity": "1000", "validate_only": True})
    assert refused.status_code == 200

    idle.owner.post(ORDERS, body | {"quantity": "1000", "response": "ACK"})
    idle.exchange.run()
    response = idle.owner.post(ORDERS, body | {"quantity": "1", "validate_only": True})
    assert error_code(response) == "INSUFFICIENT_BALANCE"
    assert response.json()["error"]["details"] == {"asset": "ETH", "required": "1", "available": "0"}


def test_a_client_order_id_is_checked_and_not_taken(idle: TradingFloor) -> None:
    named = LIMIT | {"client_order_id": "a", "response": "ACK"}
    assert idle.owner.post(ORDERS, named | {"validate_only": True}).status_code == 200
    assert idle.owner.post(ORDERS, named | {"quantity": "0.6"}).status_code == 202

    response = idle.owner.post(ORDERS, named | {"validate_only": True})
    assert (response.status_code, error_code(response)) == (409, "CLIENT_ORDER_ID_CONFLICT")
