"""GET /api/v1/orders"""

import time
from typing import Any

from kernel.ids import unix_ms_of
from ledger.api.parameters import rfc3339
from matching.worker.moments import datetime_of
from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import SignedClient, error_code


def ids(client: SignedClient, query: str = "") -> list[str]:
    response = client.get(f"{ORDERS}{query}")
    assert response.status_code == 200, response.content
    return [order["id"] for order in response.json()["items"]]


def place(floor: TradingFloor, *arguments: Any, **fields: Any) -> str:
    return str(floor.limit(*arguments, response="ACK", **fields).json()["id"])


def test_filters(idle: TradingFloor) -> None:
    opened = place(idle, idle.owner, "BUY", "60000", "0.5")
    refused = place(idle, idle.owner, "BUY", "95000", "0.5")
    partial = place(idle, idle.owner, "SELL", "61000", "0.5")
    place(idle, idle.colleague, "BUY", "61000", "0.2")
    ether = place(idle, idle.owner, "BUY", "3000", "1", symbol="ETH-USDT")
    idle.exchange.run()
    pending = place(idle, idle.owner, "BUY", "59000", "0.5")

    everything = [pending, ether, partial, refused, opened]
    for query, wanted in (
        ("", everything),
        ("?symbol=BTC-USDT", [pending, partial, refused, opened]),
        ("?symbol=ETH/USDT", [ether]),
        ("?side=SELL", [partial]),
        ("?status=PENDING", [pending]),
        ("?status=OPEN", [ether, opened]),
        ("?status=OPEN,PARTIAL", [ether, partial, opened]),
        ("?status=PENDING,OPEN,PARTIAL", [pending, ether, partial, opened]),
        ("?status=REJECTED", [refused]),
        ("?status=FILLED", []),
        ("?status=OPEN&symbol=BTC-USDT&side=BUY", [opened]),
    ):
        assert ids(idle.owner, query) == wanted, query
    assert pending not in ids(idle.colleague)
    assert ids(idle.outsider) == []


def test_pages_give_every_order_once(idle: TradingFloor) -> None:
    placed = [place(idle, idle.owner, "BUY", "60000", "0.5") for _ in range(7)]
    idle.exchange.run()
    for status in ("", "&status=OPEN"):
        found, cursor = [], ""
        while True:
            body = idle.owner.get(f"{ORDERS}?limit=3{status}{cursor}").json()
            found += [order["id"] for order in body["items"]]
            if body["next_cursor"] is None:
                break
            cursor = f"&cursor={body['next_cursor']}"
        assert found == placed[::-1]


def test_a_period_is_a_range_of_ids(idle: TradingFloor) -> None:
    early = place(idle, idle.owner, "BUY", "60000", "0.5")
    time.sleep(0.02)
    between = time.time_ns() // 1_000_000
    late = place(idle, idle.owner, "BUY", "60000", "0.5")

    assert ids(idle.owner, f"?from={between}") == [late]
    assert ids(idle.owner, f"?to={between}") == [early]
    assert ids(idle.owner, "?from=2026-01-01T00:00:00Z&to=2999-01-01T00:00:00%2B02:00") == [late, early]


def test_both_ends_of_a_period_belong_to_it(idle: TradingFloor) -> None:
    order_id = place(idle, idle.owner, "BUY", "60000", "0.5")
    # Periods go by ids; the row's own time is read a moment after its id's, which may be in the next millisecond.
    at = rfc3339(datetime_of(unix_ms_of(int(order_id)) * 1000))
    assert ids(idle.owner, f"?from={at}&to={at}") == [order_id]
    within_ms = at.replace("000Z", "999Z")
    assert ids(idle.owner, f"?from={within_ms}") == [order_id]


def test_by_type_and_own_id(idle: TradingFloor) -> None:
    named = place(idle, idle.owner, "BUY", "60000", "0.5", client_order_id="mine-1")
    place(idle, idle.colleague, "BUY", "60000", "0.5", client_order_id="mine-1")
    market = idle.market(idle.owner, "SELL", quantity="0.1", response="ACK").json()["id"]
    for applied in (False, True):
        if applied:
            idle.exchange.run()
        for query, wanted in (
            ("?client_order_id=mine-1", [named]),
            ("?client_order_id=mine-1&side=SELL", []),
            ("?client_order_id=mine-2", []),
            ("?type=MARKET", [market]),
            ("?type=LIMIT", [named]),
            ("?type=LIMIT,MARKET", [market, named]),
            ("?type=MARKET&client_order_id=mine-1", []),
        ):
            assert ids(idle.owner, query) == wanted, query
    assert ids(idle.owner, "?client_order_id=mine-1&status=OPEN,PARTIAL") == [named]


def test_bad_parameters(idle: TradingFloor) -> None:
    for query, status, code in (
        ("?symbol=BTC-EUR", 404, "UNKNOWN_MARKET"),
        ("?status=open", 400, "FIELD_INVALID"),
        ("?status=,", 400, "FIELD_INVALID"),
        ("?side=LEFT", 400, "FIELD_INVALID"),
        ("?type=limit", 400, "FIELD_INVALID"),
        ("?client_order_id=no%20spaces", 400, "FIELD_INVALID"),
        ("?limit=0", 400, "FIELD_INVALID"),
        ("?limit=501", 400, "FIELD_INVALID"),
        ("?limit=many", 400, "FIELD_INVALID"),
        ("?cursor=x", 400, "FIELD_INVALID"),
        ("?from=yesterday", 400, "FIELD_INVALID"),
        ("?sybmol=BTC-USDT", 400, "UNKNOWN_FIELD"),
    ):
        response = idle.owner.get(f"{ORDERS}{query}")
        assert (response.status_code, error_code(response)) == (status, code), query
    assert error_code(idle.stranger.get(ORDERS)) == "AUTHENTICATION_REQUIRED"
