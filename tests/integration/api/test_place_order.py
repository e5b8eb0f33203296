"""POST /api/v1/orders: orders that are accepted."""

from decimal import Decimal

from django.conf import LazySettings

from matching.answers import forget_line
from matching.models import Command
from tests.integration.api.conftest import TradingFloor


def test_a_resting_order_is_answered_open_and_locks_its_value(floor: TradingFloor) -> None:
    response = floor.limit(floor.owner, "BUY", "60000", "0.5", client_order_id="mine-1")

    assert response.status_code == 201
    order = response.json()
    assert order["status"] == "OPEN"
    assert (order["price"], order["quantity"], order["filled_quantity"]) == ("60000", "0.5", "0")
    assert (order["symbol"], order["side"], order["type"]) == ("BTC-USDT", "BUY", "LIMIT")
    assert (order["time_in_force"], order["post_only"], order["client_order_id"]) == ("GTC", False, "mine-1")
    assert order["average_price"] is None
    assert order["fills"] == []
    assert order["created_at"].endswith("Z")
    assert floor.exchange.balance("owner", "USDT") == (Decimal(9_970_000), Decimal(30_000))


def test_a_match_tells_its_fills_with_the_fee(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "60000", "0.2")
    floor.limit(floor.colleague, "SELL", "60001", "0.2")

    order = floor.limit(floor.owner, "BUY", "60001", "0.3").json()

    assert order["status"] == "FILLED"
    assert order["filled_quantity"] == "0.3"
    assert order["filled_quote"] == "18000.1"
    assert Decimal(order["average_price"]) == Decimal("60000.333333333333333333")
    assert [(fill["price"], fill["quantity"], fill["fee"], fill["fee_asset"]) for fill in order["fills"]] == [
        ("60000", "0.2", "0.0003", "BTC"),
        ("60001", "0.1", "0.00015", "BTC"),
    ]


def test_the_answer_is_what_the_tables_say(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "60000", "0.2")
    for placed in (
        floor.limit(floor.owner, "BUY", "60000", "0.3", client_order_id="a"),
        floor.market(floor.owner, "BUY", quote_amount="100.5"),
        floor.limit(floor.owner, "SELL", "70000", "0.1", post_only=True),
        floor.limit(floor.owner, "BUY", "50000", "0.1", time_in_force="IOC"),
    ):
        assert placed.status_code == 201, placed.content
        told = placed.json()
        told.pop("fills")
        assert floor.owner.get(f"/api/v1/orders/{told['id']}").json() == told


def test_market_orders_by_quantity_and_by_quote_amount(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "60000", "1")
    by_quantity = floor.market(floor.owner, "BUY", quantity="0.1").json()
    by_amount = floor.market(floor.owner, "BUY", quote_amount="600").json()

    assert (by_quantity["status"], by_quantity["filled_quantity"]) == ("FILLED", "0.1")
    assert (by_amount["filled_quantity"], by_amount["quote_amount"], by_amount["quantity"]) == ("0.01", "600", None)
    assert by_amount["time_in_force"] == "IOC"


def test_an_order_that_expires_was_accepted(floor: TradingFloor) -> None:
    response = floor.market(floor.owner, "SELL", quantity="0.1")

    assert response.status_code == 201
    assert (response.json()["status"], response.json()["reason"]) == ("EXPIRED", "NO_LIQUIDITY")


def test_ack_answers_before_the_match(idle: TradingFloor) -> None:
    response = idle.limit(idle.owner, "BUY", "60000", "0.5", response="ACK")

    assert response.status_code == 202
    assert response.json()["status"] == "PENDING"
    command = Command.objects.get()
    assert (str(command.pk), command.reply_to) == (response.json()["id"], "")
    assert command.request_id == response.headers["X-Request-Id"]


def test_symbols_may_have_a_slash(floor: TradingFloor) -> None:
    response = floor.limit(floor.owner, "BUY", "60000", "0.5", symbol="BTC/USDT")

    assert response.json()["symbol"] == "BTC-USDT"


def test_orders_that_mean_now_expire_five_seconds_after_acceptance(idle: TradingFloor) -> None:
    idle.limit(idle.owner, "BUY", "60000", "0.5", response="ACK", time_in_force="IOC")
    idle.limit(idle.owner, "BUY", "60000", "0.5", response="ACK", time_in_force="FOK")
    idle.market(idle.owner, "BUY", quantity="0.5", response="ACK")
    idle.limit(idle.owner, "BUY", "60000", "0.5", response="ACK")

    *immediate, resting = Command.objects.order_by("id")
    for command in immediate:
        assert command.expires_at is not None
        assert abs((command.expires_at - command.accepted_at).total_seconds() - 5) < 0.1
    assert resting.expires_at is None


def test_without_an_answer_in_time_the_order_stands(idle: TradingFloor, settings: LazySettings) -> None:
    settings.ANSWER_TIMEOUT_SECONDS = 0.2
    forget_line()
    try:
        response = idle.limit(idle.owner, "BUY", "60000", "0.5")
    finally:
        forget_line()

    assert response.status_code == 202
    assert response.json()["status"] == "PENDING"
    idle.exchange.run()
    assert idle.owner.get(f"/api/v1/orders/{response.json()['id']}").json()["status"] == "OPEN"
