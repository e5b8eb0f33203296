"""POST /api/v1/orders: every type, as it is answered and as the tables have it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import error_code

COMMON = {"symbol": "BTC-USDT", "side": "SELL"}
TYPES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # what is sent, what the answer says of it
    (
        {"type": "ICEBERG", "price": "70000", "quantity": "1", "display_quantity": "0.1"},
        {"display_quantity": "0.1", "visible_quantity": "0.1", "is_waiting": False, "time_in_force": "GTC"},
    ),
    (
        {"type": "STOP_LIMIT", "price": "49000", "quantity": "1", "trigger_price": "50000"},
        {"trigger_price": "50000", "is_waiting": True, "price": "49000", "protection_price": None},
    ),
    (
        {"type": "STOP_MARKET", "side": "BUY", "quantity": "1", "trigger_price": "70000"},
        {"trigger_price": "70000", "is_waiting": True, "price": None, "protection_price": "105000"},
    ),
    (
        {"type": "STOP_MARKET", "side": "BUY", "quote_amount": "100", "trigger_price": "70000"},
        {"quote_amount": "100", "quantity": None, "remaining_quantity": None, "is_waiting": True},
    ),
    (
        {"type": "TAKE_PROFIT_LIMIT", "price": "65000", "quantity": "1", "trigger_price": "70000"},
        {"trigger_price": "70000", "is_waiting": True},
    ),
    (
        {"type": "TAKE_PROFIT", "quantity": "1", "trigger_price": "70000"},
        {"trigger_price": "70000", "is_waiting": True, "remaining_quantity": "1"},
    ),
    (
        {"type": "TRAILING_STOP", "quantity": "1", "trailing_delta": "0.015"},
        {"trailing_delta": "0.015", "trigger_price": "59100", "is_waiting": True},
    ),
]


def test_every_type_is_answered_as_it_stands(floor: TradingFloor) -> None:
    for sent, expected in TYPES:
        response = floor.owner.post(ORDERS, COMMON | sent)
        assert response.status_code == 201, response.content
        placed = response.json()
        assert placed["status"] == "OPEN"
        assert {field: placed[field] for field in expected} == expected
        assert placed.pop("fills") == []
        assert floor.owner.get(f"{ORDERS}/{placed['id']}").json() == placed
    listed = floor.owner.get(f"{ORDERS}?status=OPEN").json()["items"]
    assert [order["type"] for order in listed] == [sent["type"] for sent, _ in reversed(TYPES)]


def test_before_the_engine_has_seen_it(idle: TradingFloor) -> None:
    for sent, _ in TYPES:
        response = idle.owner.post(ORDERS, COMMON | sent | {"response": "ACK"})
        assert response.status_code == 202, response.content
        placed = response.json()
        stored = idle.owner.get(f"{ORDERS}/{placed['id']}").json()
        assert placed.pop("fills") == []
        assert placed == stored
        assert (stored["status"], stored["is_waiting"]) == ("PENDING", False)


def test_a_stop_is_triggered_and_trades(floor: TradingFloor) -> None:
    stop = {"symbol": "BTC-USDT", "side": "BUY", "type": "STOP_MARKET", "quantity": "0.5", "trigger_price": "61000"}
    stop_id = floor.owner.post(ORDERS, stop).json()["id"]
    for price in ("61000", "61100"):
        assert floor.limit(floor.colleague, "SELL", price, "0.5").status_code == 201

    assert floor.market(floor.outsider, "BUY", quantity="0.5").json()["status"] == "FILLED"

    stands = floor.owner.get(f"{ORDERS}/{stop_id}").json()
    assert (stands["status"], stands["average_price"], stands["is_waiting"]) == ("FILLED", "61100", False)
    assert stands["triggered_at"] is not None


def test_good_till_a_date(floor: TradingFloor) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=123456)
    written = tomorrow.isoformat()
    placed = floor.limit(floor.owner, "BUY", "50000", "0.1", time_in_force="GTD", good_till=written).json()
    assert placed["good_till"] == written.replace("+00:00", "Z")
    assert floor.owner.get(f"{ORDERS}/{placed['id']}").json()["good_till"] == placed["good_till"]
    for changes, status, code in (
        ({"good_till": "2020-01-01T00:00:00Z"}, 422, "GOOD_TILL_PASSED"),
        ({"good_till": "tomorrow"}, 400, "FIELD_INVALID"),
        ({"good_till": "2030-01-01T00:00:00"}, 400, "FIELD_INVALID"),
        ({"good_till": "2030-02-30T00:00:00Z"}, 400, "FIELD_INVALID"),
        ({"good_till": 1767225600000}, 400, "FIELD_INVALID"),
    ):
        refused = floor.limit(floor.owner, "BUY", "50000", "0.1", time_in_force="GTD", **changes)
        assert (refused.status_code, error_code(refused)) == (status, code), changes


@pytest.mark.parametrize("mode", ["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT"])
def test_self_trade_prevention_of_one_order(floor: TradingFloor, mode: str) -> None:
    maker = floor.limit(floor.owner, "SELL", "60000", "0.3").json()
    taker = floor.limit(floor.owner, "BUY", "60000", "0.5", self_trade_prevention=mode).json()
    rests = floor.owner.get(f"{ORDERS}/{maker['id']}").json()
    # status, filled and prevented quantity of the taker, then of the maker
    expected = {
        "NONE": ("PARTIAL", "0.3", "0", "FILLED", "0.3", "0"),
        "EXPIRE_TAKER": ("EXPIRED", "0", "0", "OPEN", "0", "0"),
        "EXPIRE_MAKER": ("OPEN", "0", "0", "EXPIRED", "0", "0"),
        "EXPIRE_BOTH": ("EXPIRED", "0", "0", "EXPIRED", "0", "0"),
        "DECREMENT": ("OPEN", "0", "0.3", "EXPIRED", "0", "0.3"),
    }[mode]
    fields = ("status", "filled_quantity", "prevented_quantity")
    assert tuple(taker[field] for field in fields) + tuple(rests[field] for field in fields) == expected
    assert taker["self_trade_prevention"] == mode
    taker.pop("fills")
    assert floor.owner.get(f"{ORDERS}/{taker['id']}").json() == taker


def test_the_accounts_default_counts_at_acceptance(floor: TradingFloor) -> None:
    preferences = "/api/v1/account/trading"
    before = floor.limit(floor.owner, "BUY", "50000", "0.1").json()
    assert floor.owner.get(preferences).json() == {"self_trade_prevention": "EXPIRE_TAKER"}

    changed = floor.owner.send("PATCH", preferences, {"self_trade_prevention": "DECREMENT"})

    assert (changed.status_code, changed.json()) == (200, {"self_trade_prevention": "DECREMENT"})
    after = floor.limit(floor.owner, "BUY", "50000", "0.1").json()
    named = floor.limit(floor.owner, "BUY", "50000", "0.1", self_trade_prevention="NONE").json()
    modes = [
        floor.owner.get(f"{ORDERS}/{order['id']}").json()["self_trade_prevention"] for order in (before, after, named)
    ]
    assert modes == ["EXPIRE_TAKER", "DECREMENT", "NONE"]
    assert [order["self_trade_prevention"] for order in (before, after, named)] == modes
    assert floor.limit(floor.colleague, "BUY", "50000", "0.1").json()["self_trade_prevention"] == "EXPIRE_TAKER"
    for body, code in (
        ({}, "FIELD_INVALID"),
        ({"self_trade_prevention": "ALL"}, "FIELD_INVALID"),
        ({"a": 1}, "UNKNOWN_FIELD"),
    ):
        refused = floor.owner.send("PATCH", preferences, body)
        assert (refused.status_code, error_code(refused)) == (400, code)
    assert floor.owner.get(preferences).json() == {"self_trade_prevention": "DECREMENT"}
