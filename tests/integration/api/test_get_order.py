"""GET /api/v1/orders/{id} and /orders/by-client-id/{id}"""

from django.test import RequestFactory
from rest_framework.test import force_authenticate

from matching.api.views import OrderByClientIdView
from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import error_code


def test_an_order_is_pending_before_it_has_a_row(idle: TradingFloor) -> None:
    placed = idle.limit(idle.owner, "BUY", "60000", "0.5", client_order_id="a", response="ACK").json()
    placed.pop("fills")

    assert idle.owner.get(f"{ORDERS}/{placed['id']}").json() == placed
    assert idle.owner.get(f"{ORDERS}/by-client-id/a").json() == placed
    assert placed["status"] == "PENDING"

    idle.exchange.run()
    assert idle.owner.get(f"{ORDERS}/{placed['id']}").json()["status"] == "OPEN"
    assert idle.owner.get(f"{ORDERS}/by-client-id/a").json()["status"] == "OPEN"


def test_a_refused_order_has_its_code(idle: TradingFloor) -> None:
    placed = idle.limit(idle.owner, "BUY", "95000", "0.5", response="ACK").json()
    idle.exchange.run()

    order = idle.owner.get(f"{ORDERS}/{placed['id']}").json()
    assert (order["status"], order["reason"]) == ("REJECTED", "PRICE_OUT_OF_BAND")


def test_other_peoples_orders_do_not_exist(idle: TradingFloor) -> None:
    order_id = idle.limit(idle.owner, "BUY", "60000", "0.5", client_order_id="a", response="ACK").json()["id"]
    for _ in range(2):
        for path in (f"{ORDERS}/{order_id}", f"{ORDERS}/by-client-id/a"):
            for client in (idle.colleague, idle.outsider):
                response = client.get(path)
                assert (response.status_code, error_code(response)) == (404, "ORDER_NOT_FOUND")
            response = idle.stranger.get(path)
            assert (response.status_code, error_code(response)) == (401, "AUTHENTICATION_REQUIRED")
        idle.exchange.run()


def test_what_cannot_be_a_client_order_id_is_not_found(idle: TradingFloor) -> None:
    for text in ("a b", "x" * 65, "\x00", "ä"):
        request = RequestFactory().get("/")
        force_authenticate(request, user=idle.exchange.user("owner"))
        response = OrderByClientIdView.as_view()(request, client_order_id=text)
        assert (response.status_code, response.data["error"]["code"]) == (404, "ORDER_NOT_FOUND"), text


def test_what_cannot_be_an_id_is_not_found(idle: TradingFloor) -> None:
    command_id = idle.exchange.cancel_all("owner")
    for text in ("0", "-1", "x", "1.5", "9" * 19, "9" * 40, str(command_id), "%D9%A1"):
        response = idle.owner.get(f"{ORDERS}/{text}")
        if response.status_code == 401:
            continue  # signed over the path as it was sent, checked over the path as it was read
        assert (response.status_code, error_code(response)) == (404, "ORDER_NOT_FOUND"), text
