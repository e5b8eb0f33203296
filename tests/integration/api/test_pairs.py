"""POST /api/v1/orders/oco: two orders of which one cancels the other."""

from decimal import Decimal
from typing import Any

from matching.models import ClientOrderKey, Command
from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import error_code

OCO = f"{ORDERS}/oco"
PAIR: dict[str, Any] = {
    "symbol": "BTC-USDT", "side": "SELL", "quantity": "0.5", "price": "70000", "trigger_price": "50000"
}  # fmt: skip


def test_both_come_in_and_are_found(floor: TradingFloor) -> None:
    response = floor.owner.post(OCO, PAIR | {"stop_price": "49000", "client_order_id": "mine"})

    assert response.status_code == 201, response.content
    limit, stop = response.json()["legs"]
    assert (limit["type"], limit["status"], limit["price"], limit["post_only"]) == ("LIMIT", "OPEN", "70000", True)
    assert (limit["trigger_price"], limit["is_waiting"]) == (None, False)
    assert (stop["type"], stop["status"], stop["price"]) == ("STOP_LIMIT", "OPEN", "49000")
    assert (stop["trigger_price"], stop["is_waiting"]) == ("50000", True)
    assert (limit["other_leg_id"], stop["other_leg_id"]) == (stop["id"], limit["id"])
    assert limit["client_order_id"] == stop["client_order_id"] == "mine"
    for leg in (limit, stop):
        assert floor.owner.get(f"{ORDERS}/{leg['id']}").json() == leg
        assert floor.outsider.get(f"{ORDERS}/{leg['id']}").status_code == 404
    assert floor.owner.get(f"{ORDERS}/by-client-id/mine").json() == limit
    assert {order["id"] for order in floor.owner.get(ORDERS).json()["items"]} == {limit["id"], stop["id"]}
    # The larger of the two needs is locked, once.
    assert floor.exchange.balance("owner", "BTC")[1] == Decimal("0.5")


def test_whoever_cancels_one_cancels_both(floor: TradingFloor) -> None:
    for index in (0, 1):
        legs = floor.owner.post(OCO, PAIR).json()["legs"]
        assert floor.owner.delete(f"{ORDERS}/{legs[index]['id']}").json()["status"] == "CANCELLED"
        for leg in legs:
            assert floor.owner.get(f"{ORDERS}/{leg['id']}").json()["status"] == "CANCELLED"
        again = floor.owner.delete(f"{ORDERS}/{legs[1 - index]['id']}")
        assert (again.status_code, error_code(again)) == (409, "ORDER_NOT_OPEN")
    assert floor.exchange.balance("owner", "BTC")[1] == 0


def test_pending_legs_are_seen_by_their_owner(idle: TradingFloor) -> None:
    response = idle.owner.post(OCO, PAIR | {"response": "ACK"})

    assert response.status_code == 202
    limit, stop = response.json()["legs"]
    assert (limit["status"], stop["status"], stop["type"]) == ("PENDING", "PENDING", "STOP_MARKET")
    listed = idle.owner.get(f"{ORDERS}?status=PENDING").json()["items"]
    assert [order["id"] for order in listed] == [stop["id"], limit["id"]]
    pages = [idle.owner.get(f"{ORDERS}?limit=1").json()]
    pages.append(idle.owner.get(f"{ORDERS}?limit=1&cursor={pages[0]['next_cursor']}").json())
    assert [page["items"][0]["id"] for page in pages] == [stop["id"], limit["id"]]
    assert idle.outsider.delete(f"{ORDERS}/{stop['id']}").status_code == 404
    cancelled = idle.owner.delete(f"{ORDERS}/{stop['id']}?response=ACK")
    assert cancelled.status_code == 202, cancelled.content
    idle.exchange.run()
    assert {order["status"] for order in idle.owner.get(ORDERS).json()["items"]} == {"CANCELLED"}


def test_a_repeat_is_the_same_pair(floor: TradingFloor) -> None:
    named = PAIR | {"client_order_id": "once"}
    first = floor.owner.post(OCO, named)
    rows = Command.objects.count(), ClientOrderKey.objects.count()

    again = floor.owner.post(OCO, named | {"price": "70000.00"})

    assert (again.status_code, again.json()) == (201, first.json())
    for other in ({"stop_price": "49000"}, {"quantity": "0.6"}):
        conflict = floor.owner.post(OCO, named | other)
        assert (conflict.status_code, error_code(conflict)) == (409, "CLIENT_ORDER_ID_CONFLICT")
    order = floor.limit(floor.owner, "SELL", "70000", "0.5", client_order_id="once")
    assert error_code(order) == "CLIENT_ORDER_ID_CONFLICT"
    assert (Command.objects.count(), ClientOrderKey.objects.count()) == rows


def test_refusals_of_the_engine(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "BUY", "59000", "1")
    for changes, code in (
        ({"price": "59000"}, "POST_ONLY_WOULD_MATCH"),
        ({"trigger_price": "60000"}, "STOP_WOULD_TRIGGER"),
        ({"price": "95000", "quantity": "0.1"}, "PRICE_OUT_OF_BAND"),
    ):
        dry = floor.owner.post(OCO, PAIR | changes | {"validate_only": True})
        assert (dry.status_code, error_code(dry)) == (422, code), (changes, dry.content)
        response = floor.owner.post(OCO, PAIR | changes)
        assert (response.status_code, error_code(response)) == (422, code), changes
        order_id = response.json()["error"]["details"]["order_id"]
        rejected = floor.owner.get(f"{ORDERS}/{order_id}").json()
        assert (rejected["status"], rejected["reason"]) == ("REJECTED", code)
    assert floor.owner.post(OCO, PAIR | {"validate_only": True}).json() == {"is_acceptable": True}
    assert floor.exchange.balance("owner", "BTC")[1] == 0


def test_what_is_malformed_writes_nothing(idle: TradingFloor) -> None:
    before = idle.rows()
    for changes, status, code in (
        ({"type": "LIMIT"}, 400, "UNKNOWN_FIELD"),
        ({"price": None}, 400, "FIELD_INVALID"),
        ({"trigger_price": None}, 400, "FIELD_INVALID"),
        ({"quantity": 1}, 400, "NUMBER_MALFORMED"),
        ({"symbol": "BTC-EUR"}, 404, "UNKNOWN_MARKET"),
        ({"stop_price": "49000.001"}, 422, "PRICE_OFF_TICK"),
        ({"quantity": "0.00001"}, 422, "QUANTITY_OFF_LOT"),
        ({"client_order_id": "a b"}, 400, "FIELD_INVALID"),
    ):
        for dry in (False, True):
            response = idle.owner.post(OCO, PAIR | changes | {"validate_only": dry})
            assert (response.status_code, error_code(response)) == (status, code), changes
    assert idle.stranger.post(OCO, PAIR).status_code == 401
    assert idle.rows() == before
