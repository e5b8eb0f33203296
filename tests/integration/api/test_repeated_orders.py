"""POST /api/v1/orders under one client_order_id: the first commit is the order."""

import threading

from django.db import connection

from matching.engine.types import MarketState
from matching.models import ClientOrderKey, Command
from matching.selectors.markets import forget_markets
from matching.services import set_market_state
from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import SignedClient, error_code


def test_a_repeat_returns_the_first_result_with_its_status(floor: TradingFloor) -> None:
    first = floor.limit(floor.owner, "BUY", "60000", "0.50", client_order_id="a")
    before = floor.rows()
    again = floor.limit(floor.owner, "BUY", "60000.0", "0.5", client_order_id="a")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["status"] == "OPEN"
    assert floor.rows() == before


def test_a_repeat_tells_the_present_state(floor: TradingFloor) -> None:
    floor.limit(floor.owner, "BUY", "60000", "0.5", client_order_id="a")
    floor.limit(floor.colleague, "SELL", "60000", "0.5")

    assert floor.limit(floor.owner, "BUY", "60000", "0.5", client_order_id="a").json()["status"] == "FILLED"


def test_a_repeat_of_a_refused_order_is_refused_alike(floor: TradingFloor) -> None:
    first = floor.limit(floor.owner, "BUY", "95000", "0.5", client_order_id="a")
    before = floor.rows()
    again = floor.limit(floor.owner, "BUY", "95000", "0.5", client_order_id="a")

    assert (again.status_code, error_code(again)) == (422, "PRICE_OUT_OF_BAND")
    assert again.json()["error"]["details"] == first.json()["error"]["details"]
    assert floor.rows() == before


def test_ack_is_answered_ack_every_time(idle: TradingFloor) -> None:
    first = idle.limit(idle.owner, "BUY", "95000", "0.5", client_order_id="a", response="ACK")
    idle.exchange.run()
    again = idle.limit(idle.owner, "BUY", "95000", "0.5", client_order_id="a", response="ACK")

    assert (first.status_code, again.status_code) == (202, 202)
    assert (again.json()["id"], again.json()["status"]) == (first.json()["id"], "REJECTED")


def test_other_content_is_a_conflict(idle: TradingFloor) -> None:
    first = idle.limit(idle.owner, "BUY", "60000", "0.5", client_order_id="a", response="ACK")
    before = idle.rows()
    for changed in ({"price": "60001"}, {"side": "SELL"}, {"time_in_force": "IOC"}, {"post_only": True}):
        body = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": "60000", "quantity": "0.5"}
        response = idle.owner.post(ORDERS, body | changed | {"client_order_id": "a"})
        assert (response.status_code, error_code(response)) == (409, "CLIENT_ORDER_ID_CONFLICT")
        assert response.json()["error"]["details"] == {"order_id": first.json()["id"]}
    assert idle.rows() == before


def test_client_order_ids_are_each_accounts_own(idle: TradingFloor) -> None:
    mine = idle.limit(idle.owner, "BUY", "60000", "0.5", client_order_id="a", response="ACK").json()["id"]
    theirs = idle.limit(idle.colleague, "BUY", "60000", "0.5", client_order_id="a", response="ACK").json()["id"]

    assert mine != theirs


def test_a_repeat_finds_its_order_even_when_the_market_is_halted_now(idle: TradingFloor) -> None:
    first = idle.limit(idle.owner, "BUY", "60000", "0.5", client_order_id="a", response="ACK").json()
    set_market_state(symbol="BTC-USDT", state=MarketState.HALTED, reason="a test")
    idle.exchange.run()
    forget_markets()

    again = idle.limit(idle.owner, "BUY", "60000", "0.5", client_order_id="a")

    assert (again.status_code, again.json()["id"]) == (201, first["id"])


def test_twenty_at_once_make_one_order(floor: TradingFloor) -> None:
    start = threading.Barrier(20)
    answers: list[tuple[int, str]] = []

    def place() -> None:
        try:
            client = SignedClient(floor.owner.key)
            start.wait()
            response = floor.limit(client, "BUY", "60000", "0.5", client_order_id="once", response=words.pop())
            answers.append((response.status_code, response.json()["id"]))
        finally:
            connection.close()

    words = ["RESULT", "ACK"] * 10
    threads = [threading.Thread(target=place) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({order_id for _, order_id in answers}) == 1
    assert {status for status, _ in answers} <= {201, 202}
    assert len(answers) == 20
    assert (Command.objects.count(), ClientOrderKey.objects.count()) == (1, 1)
