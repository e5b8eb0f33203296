"""PATCH /api/v1/orders/{id}, POST /api/v1/orders/{id}/replace, and changes by the client's own id."""

from decimal import Decimal
from typing import Any

from accounts.models import AccountState
from accounts.services import change_account_state
from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import SignedClient, error_code, make_key


def amend(client: SignedClient, order_id: str, **body: Any) -> Any:
    return client.send("PATCH", f"{ORDERS}/{order_id}", body)


def test_less_keeps_the_place_and_another_price_may_trade(floor: TradingFloor) -> None:
    first = floor.limit(floor.owner, "SELL", "60000", "0.5").json()["id"]
    second = floor.limit(floor.colleague, "SELL", "60000", "0.5").json()["id"]

    response = amend(floor.owner, first, quantity="0.3")

    assert response.status_code == 200, response.content
    answer = response.json()
    assert (answer["quantity"], answer["remaining_quantity"], answer.pop("fills")) == ("0.3", "0.3", [])
    assert floor.owner.get(f"{ORDERS}/{first}").json() == answer
    assert floor.exchange.balance("owner", "BTC")[1] == Decimal("0.3")
    floor.market(floor.outsider, "BUY", quantity="0.3")
    assert floor.owner.get(f"{ORDERS}/{first}").json()["status"] == "FILLED"
    assert floor.colleague.get(f"{ORDERS}/{second}").json()["status"] == "OPEN"

    bid = floor.limit(floor.owner, "BUY", "59000", "0.2").json()["id"]
    moved = amend(floor.owner, bid, price="60000").json()
    assert (moved["status"], moved["average_price"]) == ("FILLED", "60000")
    (fill,) = moved["fills"]
    assert (fill["quantity"], fill["fee_asset"]) == ("0.2", "BTC")


def test_nothing_new_and_repeats_are_harmless(floor: TradingFloor) -> None:
    order_id = floor.limit(floor.owner, "BUY", "50000", "0.5").json()["id"]
    for _ in range(2):
        response = amend(floor.owner, order_id, price="50000", quantity="0.4")
        assert (response.status_code, response.json()["quantity"]) == (200, "0.4")


def test_ack(idle: TradingFloor) -> None:
    order_id = idle.limit(idle.owner, "BUY", "50000", "0.5", response="ACK").json()["id"]
    response = amend(idle.owner, order_id, price="50001", response="ACK")
    assert (response.status_code, response.json()["price"], response.json()["status"]) == (202, "50000", "PENDING")
    idle.exchange.run()
    assert idle.owner.get(f"{ORDERS}/{order_id}").json()["price"] == "50001"


def test_amendments_that_are_refused_change_nothing(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "61000", "1")
    partly = floor.limit(floor.owner, "BUY", "60000", "0.5", post_only=True).json()["id"]
    floor.market(floor.outsider, "SELL", quantity="0.2")
    done = floor.limit(floor.owner, "BUY", "50000", "0.1").json()["id"]
    floor.owner.delete(f"{ORDERS}/{done}")
    stop = {"symbol": "BTC-USDT", "side": "SELL", "type": "STOP_MARKET", "quantity": "1", "trigger_price": "50000"}
    waiting = floor.owner.post(ORDERS, stop).json()["id"]
    theirs = floor.limit(floor.colleague, "BUY", "50000", "0.1").json()["id"]
    balances = floor.rows()[1]
    for order_id, body, status, code in (
        (partly, {"quantity": "0.2"}, 422, "AMEND_BELOW_FILLED"),
        (partly, {"price": "61000"}, 422, "POST_ONLY_WOULD_MATCH"),
        (partly, {"price": "95000"}, 422, "PRICE_OUT_OF_BAND"),
        (partly, {"quantity": "90"}, 422, "MAX_ORDER_VALUE"),
        (partly, {"price": "60000.001"}, 422, "PRICE_OFF_TICK"),
        (partly, {}, 422, "INVALID_ORDER"),
        (partly, {"side": "SELL"}, 400, "UNKNOWN_FIELD"),
        (partly, {"price": 1}, 400, "NUMBER_MALFORMED"),
        (waiting, {"quantity": "0.5"}, 409, "ORDER_NOT_AMENDABLE"),
        (done, {"quantity": "0.05"}, 409, "ORDER_NOT_OPEN"),
        (theirs, {"quantity": "0.05"}, 404, "ORDER_NOT_FOUND"),
        ("12345", {"quantity": "0.05"}, 404, "ORDER_NOT_FOUND"),
        ("abc", {"quantity": "0.05"}, 404, "ORDER_NOT_FOUND"),
    ):
        response = amend(floor.owner, order_id, **body)
        assert (response.status_code, error_code(response)) == (status, code), (body, response.content)
    assert floor.rows()[1] == balances
    reader = SignedClient(make_key(floor.exchange.user("owner"), scopes=("read",)))
    assert error_code(amend(reader, partly, quantity="0.4")) == "SCOPE_MISSING"
    assert error_code(amend(floor.stranger, partly, quantity="0.4")) == "AUTHENTICATION_REQUIRED"


def test_by_the_clients_own_id(floor: TradingFloor) -> None:
    placed = floor.limit(floor.owner, "BUY", "50000", "0.5", client_order_id="mine").json()
    address = f"{ORDERS}/by-client-id/mine"

    assert floor.owner.send("PATCH", address, {"quantity": "0.4"}).json()["quantity"] == "0.4"
    assert floor.outsider.delete(address).status_code == 404
    cancelled = floor.owner.delete(address)

    assert (cancelled.status_code, cancelled.json()["id"], cancelled.json()["status"]) == (
        200,
        placed["id"],
        "CANCELLED",
    )
    assert error_code(floor.owner.delete(address)) == "ORDER_NOT_OPEN"
    assert error_code(floor.owner.delete(f"{ORDERS}/by-client-id/a%20b")) == "ORDER_NOT_FOUND"


def test_one_order_in_the_place_of_another(floor: TradingFloor) -> None:
    everything = {"symbol": "ETH-USDT", "side": "SELL", "type": "LIMIT", "price": "4000", "quantity": "1000"}
    old = floor.owner.post(ORDERS, everything).json()["id"]
    lower = everything | {"price": "3900"}
    assert floor.owner.post(f"{ORDERS}/{old}/replace", lower | {"validate_only": True}).json() == {
        "is_acceptable": True
    }
    assert error_code(floor.owner.post(ORDERS, lower | {"validate_only": True})) == "INSUFFICIENT_BALANCE"

    response = floor.owner.post(f"{ORDERS}/{old}/replace", lower)

    assert response.status_code == 201, response.content
    new = response.json()
    assert (new["status"], new["price"]) == ("OPEN", "3900")
    ended = floor.owner.get(f"{ORDERS}/{old}").json()
    assert (ended["status"], ended["reason"]) == ("CANCELLED", "REPLACED")
    # The field of a new order says the same.
    third = floor.owner.post(ORDERS, everything | {"replaces": new["id"], "client_order_id": "third"})
    assert third.status_code == 201
    again = floor.owner.post(ORDERS, everything | {"replaces": new["id"], "client_order_id": "third"})
    assert again.json()["id"] == third.json()["id"]


def test_a_replacement_that_is_refused_leaves_the_old_order(floor: TradingFloor) -> None:
    old = floor.limit(floor.owner, "BUY", "50000", "0.5").json()
    balances = floor.rows()[1]
    body = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": "95000", "quantity": "0.1"}
    for address, changes, status, code in (
        (old["id"], {}, 422, "PRICE_OUT_OF_BAND"),
        (old["id"], {"symbol": "ETH-USDT", "price": "3000"}, 404, "ORDER_NOT_FOUND"),
        (old["id"], {"replaces": old["id"]}, 400, "UNKNOWN_FIELD"),
        ("12345", {"price": "50000"}, 404, "ORDER_NOT_FOUND"),
        ("abc", {"price": "50000"}, 404, "ORDER_NOT_FOUND"),
    ):
        response = floor.owner.post(f"{ORDERS}/{address}/replace", body | changes)
        assert (response.status_code, error_code(response)) == (status, code), response.content
    theirs = floor.colleague.post(f"{ORDERS}/{old['id']}/replace", body | {"price": "50000"})
    assert (theirs.status_code, error_code(theirs)) == (404, "ORDER_NOT_FOUND")
    assert floor.rows()[1] == balances
    old.pop("fills")
    assert floor.owner.get(f"{ORDERS}/{old['id']}").json() == old


def test_a_frozen_account_changes_nothing(idle: TradingFloor) -> None:
    order_id = idle.limit(idle.owner, "BUY", "50000", "0.5", response="ACK").json()["id"]
    staff, owner = idle.exchange.user("staff"), idle.exchange.user("owner")
    change_account_state(user=owner, state=AccountState.TRADE_FROZEN, by=staff, reason="a test")
    before = idle.rows()
    body = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": "50000", "quantity": "0.1"}
    for response in (
        amend(idle.owner, order_id, quantity="0.4"),
        idle.owner.post(f"{ORDERS}/{order_id}/replace", body),
        idle.owner.post(f"{ORDERS}/batch", {"orders": [body]}),
        idle.owner.post(f"{ORDERS}/oco", {}),
    ):
        assert (response.status_code, error_code(response)) == (403, "ACCOUNT_TRADE_FROZEN")
    assert idle.rows() == before
