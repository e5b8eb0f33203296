"""/api/v1/orders/cancel-all-after: orders end unless their owner says in time that they are wanted."""

from datetime import UTC, datetime, timedelta

from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import error_code
from tests.support.worker_process import eventually

AFTER = f"{ORDERS}/cancel-all-after"


def test_orders_end_when_the_time_has_passed(floor: TradingFloor) -> None:
    order_id = floor.limit(floor.owner, "BUY", "50000", "0.1").json()["id"]
    theirs = floor.limit(floor.colleague, "BUY", "50000", "0.1").json()["id"]

    before = datetime.now(UTC)
    response = floor.owner.post(AFTER, {"timeout_ms": 1000, "symbol": "BTC-USDT"})
    second = timedelta(seconds=1)

    assert response.status_code == 200, response.content
    (market,) = response.json()["markets"]
    assert market["symbol"] == "BTC-USDT"
    assert before + second <= datetime.fromisoformat(market["deadline"]) <= datetime.now(UTC) + second
    eventually(lambda: floor.owner.get(f"{ORDERS}/{order_id}").json()["status"] == "CANCELLED")
    assert floor.owner.get(f"{ORDERS}/{order_id}").json()["reason"] == "COUNTDOWN"
    assert floor.colleague.get(f"{ORDERS}/{theirs}").json()["status"] == "OPEN"
    assert floor.owner.get(AFTER).json() == {"markets": []}


def test_it_is_renewed_shown_and_ended(floor: TradingFloor) -> None:
    everywhere = floor.owner.post(AFTER, {"timeout_ms": 3_600_000}).json()["markets"]
    assert [market["symbol"] for market in everywhere] == ["BTC-USDT", "ETH-USDT"]
    shown = floor.owner.get(AFTER).json()["markets"]
    assert shown == [{"symbol": market["symbol"], "deadline": market["deadline"]} for market in everywhere]
    assert floor.colleague.get(AFTER).json() == {"markets": []}

    later = floor.owner.post(AFTER, {"timeout_ms": 7_200_000, "symbol": "ETH-USDT"}).json()["markets"][0]
    assert later["deadline"] > everywhere[1]["deadline"]
    ended = floor.owner.post(AFTER, {"timeout_ms": 0, "symbol": "BTC-USDT"})
    assert (ended.status_code, ended.json()["markets"][0]["deadline"]) == (200, None)
    assert [market["symbol"] for market in floor.owner.get(AFTER).json()["markets"]] == ["ETH-USDT"]


def test_ack(idle: TradingFloor) -> None:
    response = idle.owner.post(AFTER, {"timeout_ms": 5000, "response": "ACK"})
    assert (response.status_code, response.json()["markets"][0]["deadline"]) == (202, None)


def test_refusals_write_nothing(idle: TradingFloor) -> None:
    before = idle.rows()
    for body, status, code in (
        ({}, 400, "FIELD_INVALID"),
        ({"timeout_ms": 999}, 400, "FIELD_INVALID"),
        ({"timeout_ms": -1}, 400, "FIELD_INVALID"),
        ({"timeout_ms": True}, 400, "FIELD_INVALID"),
        ({"timeout_ms": "1000"}, 400, "FIELD_INVALID"),
        ({"timeout_ms": 86_400_001}, 400, "FIELD_INVALID"),
        ({"timeout_ms": 1000, "symbol": ""}, 400, "FIELD_INVALID"),
        ({"timeout_ms": 1000, "symbol": "BTC-EUR"}, 404, "UNKNOWN_MARKET"),
        ({"timeout_ms": 1000, "side": "BUY"}, 400, "UNKNOWN_FIELD"),
    ):
        response = idle.owner.post(AFTER, body)
        assert (response.status_code, error_code(response)) == (status, code), body
    assert idle.stranger.post(AFTER, {"timeout_ms": 1000}).status_code == 401
    assert idle.rows() == before
