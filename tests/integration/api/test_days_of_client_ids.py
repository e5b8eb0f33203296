"""A client's own order id names its order for 24 hours; then it may be used again."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from matching.models import ClientOrderKey
from matching.tasks import delete_old_client_order_ids
from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import error_code

LIMIT: dict[str, Any] = {
    "symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": "50000", "quantity": "0.1",
    "client_order_id": "mine", "response": "ACK",
}  # fmt: skip


def age(hours: float) -> None:
    """Let the ids be as old as that."""
    ClientOrderKey.objects.update(created_at=timezone.now() - timedelta(hours=hours))


def test_a_day_later_it_is_another_order(idle: TradingFloor) -> None:
    first = idle.owner.post(ORDERS, LIMIT).json()["id"]
    age(23.9)
    assert idle.owner.post(ORDERS, LIMIT).json()["id"] == first
    assert error_code(idle.owner.post(ORDERS, LIMIT | {"quantity": "0.2"})) == "CLIENT_ORDER_ID_CONFLICT"
    age(24.1)

    second = idle.owner.post(ORDERS, LIMIT | {"quantity": "0.2"}).json()

    assert second["id"] != first
    assert idle.owner.get(f"{ORDERS}/by-client-id/mine").json()["id"] == second["id"]
    assert idle.owner.post(ORDERS, LIMIT | {"quantity": "0.2"}).json()["id"] == second["id"]
    key = ClientOrderKey.objects.get()
    assert (str(key.command_id), key.created_at > timezone.now() - timedelta(minutes=1)) == (second["id"], True)


def test_the_same_over_a_list_of_orders(idle: TradingFloor) -> None:
    order = {name: value for name, value in LIMIT.items() if name != "response"}
    batch = {"orders": [order], "response": "ACK"}
    first = idle.owner.post(f"{ORDERS}/batch", batch).json()["results"][0]["order"]["id"]
    age(25)
    second = idle.owner.post(f"{ORDERS}/batch", batch).json()["results"][0]["order"]["id"]
    assert second != first


def test_an_old_id_does_not_answer_for_a_new_order_that_is_refused(idle: TradingFloor) -> None:
    idle.owner.post(ORDERS, LIMIT)
    age(25)
    refused = idle.owner.post(ORDERS, LIMIT | {"price": "50000.001"})
    assert (refused.status_code, error_code(refused)) == (422, "PRICE_OFF_TICK")


def test_old_ids_are_forgotten(idle: TradingFloor) -> None:
    first = idle.owner.post(ORDERS, LIMIT).json()["id"]
    age(24.5)
    assert delete_old_client_order_ids() == 0
    age(25.5)
    assert delete_old_client_order_ids() == 1
    assert ClientOrderKey.objects.count() == 0
    assert idle.owner.get(f"{ORDERS}/{first}").json()["client_order_id"] == "mine"
    assert idle.owner.post(ORDERS, LIMIT).json()["id"] != first
