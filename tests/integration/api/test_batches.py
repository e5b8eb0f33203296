"""POST and DELETE /api/v1/orders/batch: many at once, each with its own result."""

from typing import Any

import pytest
from django.conf import LazySettings

from matching.models import Command
from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import error_code

BATCH = f"{ORDERS}/batch"


def limit(price: str = "50000", **fields: Any) -> dict[str, Any]:
    return {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": price, "quantity": "0.1"} | fields


def results(response: Any) -> list[tuple[int, str | None]]:
    """Status, and the code of a refusal."""
    assert response.status_code == 200, response.content
    return [(one["status"], one["error"]["code"] if "error" in one else None) for one in response.json()["results"]]


def test_each_has_its_result(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "61000", "1")
    stop = {"symbol": "BTC-USDT", "side": "SELL", "type": "STOP_MARKET", "quantity": "1", "trigger_price": "50000"}
    asked = [
        limit(client_order_id="a"),
        limit(price="61000"),
        limit(price="50000.001"),
        "no order",
        limit(symbol="BTC-EUR"),
        limit(price="95000"),
        limit(client_order_id="a"),
        limit(client_order_id="a", quantity="0.2"),
        limit(validate_only=True),
        stop,
        limit(symbol="ETH-USDT", price="2500", quantity="1"),
    ]

    response = floor.owner.post(BATCH, {"orders": asked})

    assert results(response) == [
        (201, None),
        (201, None),
        (422, "PRICE_OFF_TICK"),
        (400, "FIELD_INVALID"),
        (404, "UNKNOWN_MARKET"),
        (422, "PRICE_OUT_OF_BAND"),
        (201, None),
        (409, "CLIENT_ORDER_ID_CONFLICT"),
        (400, "UNKNOWN_FIELD"),
        (201, None),
        (201, None),
    ]
    answers = response.json()["results"]
    assert answers[6]["order"]["id"] == answers[0]["order"]["id"]
    assert answers[1]["order"]["status"] == "FILLED"
    assert [fill["quantity"] for fill in answers[1]["order"]["fills"]] == ["0.1"]
    assert answers[9]["order"]["is_waiting"] is True
    assert answers[5]["error"]["details"].keys() == {"order_id"}
    # One commit: all commands of one transaction.
    ids = [answers[index]["order"]["id"] for index in (0, 1, 9, 10)]
    assert Command.objects.filter(pk__in=ids).values("xact_number").distinct().count() == 1
    for index in (0, 1, 9, 10):
        order = answers[index]["order"]
        order.pop("fills")
        assert floor.owner.get(f"{ORDERS}/{order['id']}").json() == order


def test_cancels(floor: TradingFloor) -> None:
    placed = floor.owner.post(BATCH, {"orders": [limit(), limit(client_order_id="b"), limit()]}).json()["results"]
    first, named, last = (one["order"]["id"] for one in placed)
    theirs = floor.limit(floor.colleague, "BUY", "50000", "0.1").json()["id"]
    floor.owner.delete(f"{ORDERS}/{last}")
    body = {"order_ids": [first, last, theirs, "12345", "abc"], "client_order_ids": ["b", "unknown"]}

    response = floor.owner.delete(BATCH, payload=body)

    assert results(response) == [
        (200, None),
        (409, "ORDER_NOT_OPEN"),
        (404, "ORDER_NOT_FOUND"),
        (404, "ORDER_NOT_FOUND"),
        (404, "ORDER_NOT_FOUND"),
        (200, None),
        (404, "ORDER_NOT_FOUND"),
    ]
    answers = response.json()["results"]
    assert [(answers[index]["order"]["id"], answers[index]["order"]["status"]) for index in (0, 5)] == [
        (first, "CANCELLED"),
        (named, "CANCELLED"),
    ]
    assert floor.colleague.get(f"{ORDERS}/{theirs}").json()["status"] == "OPEN"


def test_acknowledged_only(idle: TradingFloor) -> None:
    response = idle.owner.post(BATCH, {"orders": [limit(), limit()], "response": "ACK"})
    assert results(response) == [(202, None), (202, None)]
    ids = [one["order"]["id"] for one in response.json()["results"]]
    cancelled = idle.owner.delete(BATCH, payload={"order_ids": ids, "response": "ACK"})
    assert results(cancelled) == [(202, None), (202, None)]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"orders": []},
        {"orders": "all"},
        {"orders": [limit()] * 101},
        {"orders": [limit()], "wait": True},
        {"orders": [limit()], "response": "SOON"},
    ],
)
def test_no_list_of_orders(idle: TradingFloor, body: dict[str, Any]) -> None:
    before = idle.rows()
    response = idle.owner.post(BATCH, body)
    assert (response.status_code, error_code(response)) in {(400, "FIELD_INVALID"), (400, "UNKNOWN_FIELD")}
    assert idle.rows() == before


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"order_ids": []},
        {"order_ids": ["1"] * 2},
        {"order_ids": [1]},
        {"order_ids": [str(number) for number in range(1, 60)], "client_order_ids": [f"c{n}" for n in range(42)]},
        {"ids": ["1"]},
    ],
)
def test_no_list_of_cancels(idle: TradingFloor, body: dict[str, Any]) -> None:
    before = idle.rows()
    response = idle.owner.delete(BATCH, payload=body)
    assert (response.status_code, error_code(response)) in {(400, "FIELD_INVALID"), (400, "UNKNOWN_FIELD")}
    assert idle.rows() == before


def test_a_hundred_at_once(floor: TradingFloor) -> None:
    response = floor.owner.post(BATCH, {"orders": [limit(price=f"{50000 + number}") for number in range(100)]})
    assert results(response) == [(201, None)] * 100
    ids = [one["order"]["id"] for one in response.json()["results"]]
    assert results(floor.owner.delete(BATCH, payload={"order_ids": ids})) == [(200, None)] * 100


def test_each_counts_against_the_limits(idle: TradingFloor, settings: LazySettings) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"orders": {"key": "10/hour", "address": "1000/hour"}}
    first = idle.owner.post(BATCH, {"orders": [limit()] * 6, "response": "ACK"})
    assert results(first) == [(202, None)] * 6
    before = idle.rows()
    refused = idle.owner.post(BATCH, {"orders": [limit()] * 6, "response": "ACK"})
    assert (refused.status_code, error_code(refused)) == (429, "RATE_LIMITED")
    assert idle.rows() == before
