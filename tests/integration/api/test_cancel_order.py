"""DELETE /api/v1/orders/{id}"""

from decimal import Decimal

from matching.engine.types import MarketState
from matching.models import Command, CommandKind
from matching.services import set_market_state
from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import SignedClient, error_code, make_key


def test_a_cancel_gives_the_money_back(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "60000", "0.1")
    order = floor.limit(floor.owner, "BUY", "60000", "0.5").json()

    response = floor.owner.delete(f"{ORDERS}/{order['id']}")

    assert response.status_code == 200
    cancelled = response.json()
    assert (cancelled["status"], cancelled["filled_quantity"]) == ("CANCELLED", "0.1")
    assert cancelled["reason"] == "CANCELLED_BY_OWNER"
    assert floor.exchange.balance("owner", "USDT") == (Decimal(9_994_000), Decimal(0))


def test_ack_and_a_cancel_of_a_pending_order(idle: TradingFloor) -> None:
    order_id = idle.limit(idle.owner, "BUY", "60000", "0.5", response="ACK").json()["id"]
    response = idle.owner.delete(f"{ORDERS}/{order_id}?response=ACK")
    assert (response.status_code, response.json()["status"]) == (202, "PENDING")

    idle.exchange.run()
    assert idle.owner.get(f"{ORDERS}/{order_id}").json()["status"] == "CANCELLED"


def test_a_finished_order_is_not_open(floor: TradingFloor) -> None:
    filled = floor.limit(floor.colleague, "SELL", "60000", "0.1").json()["id"]
    floor.limit(floor.owner, "BUY", "60000", "0.1")
    cancelled = floor.limit(floor.colleague, "SELL", "60000", "0.1").json()["id"]
    floor.colleague.delete(f"{ORDERS}/{cancelled}")
    refused = floor.limit(floor.colleague, "SELL", "95000", "0.1").json()["error"]["details"]["order_id"]
    before = floor.rows()

    for order_id, status in ((filled, "FILLED"), (cancelled, "CANCELLED"), (refused, "REJECTED")):
        response = floor.colleague.delete(f"{ORDERS}/{order_id}")
        assert (response.status_code, error_code(response)) == (409, "ORDER_NOT_OPEN")
        assert response.json()["error"]["details"] == {"order_id": order_id, "status": status}
    assert floor.rows() == before


def test_an_order_that_ends_while_its_cancel_waits(idle: TradingFloor) -> None:
    order_id = idle.limit(idle.owner, "BUY", "60000", "0.5", response="ACK").json()["id"]
    idle.owner.delete(f"{ORDERS}/{order_id}?response=ACK")
    idle.start()

    response = idle.owner.delete(f"{ORDERS}/{order_id}")

    assert (response.status_code, error_code(response)) == (409, "ORDER_NOT_OPEN")


def test_other_peoples_orders_are_not_found(idle: TradingFloor) -> None:
    order_id = idle.limit(idle.owner, "BUY", "60000", "0.5", response="ACK").json()["id"]
    for _ in range(2):
        before = idle.rows()
        for client in (idle.colleague, idle.outsider):
            response = client.delete(f"{ORDERS}/{order_id}")
            assert (response.status_code, error_code(response)) == (404, "ORDER_NOT_FOUND")
        reader = SignedClient(make_key(idle.exchange.user("owner"), scopes=("read",)))
        assert error_code(reader.delete(f"{ORDERS}/{order_id}")) == "SCOPE_MISSING"
        assert error_code(idle.stranger.delete(f"{ORDERS}/{order_id}")) == "AUTHENTICATION_REQUIRED"
        assert error_code(idle.owner.delete(f"{ORDERS}/{int(order_id) + 1}")) == "ORDER_NOT_FOUND"
        assert error_code(idle.owner.delete(f"{ORDERS}/x")) == "ORDER_NOT_FOUND"
        assert error_code(idle.owner.delete(f"{ORDERS}/{order_id}?response=MAYBE")) == "FIELD_INVALID"
        assert idle.rows() == before
        idle.exchange.run()


def test_a_halted_market_takes_cancels(floor: TradingFloor) -> None:
    order_id = floor.limit(floor.owner, "BUY", "60000", "0.5").json()["id"]
    set_market_state(symbol="BTC-USDT", state=MarketState.HALTED, reason="a test")

    assert floor.owner.delete(f"{ORDERS}/{order_id}").json()["status"] == "CANCELLED"
    assert Command.objects.filter(kind=CommandKind.CANCEL).count() == 1
