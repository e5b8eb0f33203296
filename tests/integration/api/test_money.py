"""GET /api/v1/balances, /ledger, /fees"""

from decimal import Decimal

import pytest

from accounts.services import change_fee_tier
from kernel.units import plain
from ledger import history
from tests.integration.api.conftest import TradingFloor
from tests.support.api import error_code

BALANCES, LEDGER, FEES = "/api/v1/balances", "/api/v1/ledger", "/api/v1/fees"


def test_balances_show_what_is_locked(floor: TradingFloor) -> None:
    floor.limit(floor.owner, "BUY", "60000", "0.5")

    items = floor.owner.get(BALANCES).json()["items"]

    assert items == [
        {"asset": "BTC", "available": "100", "locked": "0", "total": "100", "version": 1},
        {"asset": "ETH", "available": "1000", "locked": "0", "total": "1000", "version": 1},
        {"asset": "USDT", "available": "9970000", "locked": "30000", "total": "10000000", "version": 2},
    ]
    untouched = floor.outsider.get(BALANCES).json()["items"]
    assert [item["locked"] for item in untouched] == ["0", "0", "0"]


def test_postings_add_up_to_the_balance(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "60000", "0.2")
    order_id = floor.limit(floor.owner, "BUY", "60000", "0.3").json()["id"]
    floor.owner.delete(f"/api/v1/orders/{order_id}")

    postings, cursor = [], ""
    while True:
        body = floor.owner.get(f"{LEDGER}?limit=2{cursor}").json()
        postings += body["items"]
        if body["next_cursor"] is None:
            break
        cursor = f"&cursor={body['next_cursor']}"

    assert len({posting["id"] for posting in postings}) == len(postings)
    assert [int(posting["id"]) for posting in postings] == sorted((int(p["id"]) for p in postings), reverse=True)
    assert [posting["cause"] for posting in postings][-3:] == ["FUNDING"] * 3
    assert "CANCEL" in {posting["cause"] for posting in postings}
    assert order_id in {posting["entry_id"] for posting in postings}
    balances: dict[str, tuple[str, ...]] = {
        item["asset"]: (item["available"], item["locked"]) for item in floor.owner.get(BALANCES).json()["items"]
    }
    for posting in postings:
        assert (posting["available_after"], posting["locked_after"]) == balances[posting["asset"]]
        balances[posting["asset"]] = tuple(
            plain(Decimal(posting[f"{part}_after"]) - Decimal(posting[f"{part}_delta"]))
            for part in ("available", "locked")
        )
    assert set(balances.values()) == {("0", "0")}
    for item in floor.owner.get(BALANCES).json()["items"]:
        mine = [posting for posting in postings if posting["asset"] == item["asset"]]
        assert sum(Decimal(posting["available_delta"]) for posting in mine) == Decimal(item["available"])
        assert sum(Decimal(posting["locked_delta"]) for posting in mine) == Decimal(item["locked"])


def test_the_ledger_by_cause(floor: TradingFloor) -> None:
    order_id = floor.limit(floor.owner, "BUY", "60000", "0.3").json()["id"]
    floor.owner.delete(f"/api/v1/orders/{order_id}")
    everything = floor.owner.get(LEDGER).json()["items"]

    for cause, count in (("FUNDING", 3), ("ORDER", 1), ("CANCEL", 1), ("TRANSFER", 0)):
        told = floor.owner.get(f"{LEDGER}?cause={cause}").json()["items"]
        assert told == [posting for posting in everything if posting["cause"] == cause]
        assert len(told) == count
    assert [posting["asset"] for posting in floor.owner.get(f"{LEDGER}?cause=FUNDING&asset=ETH").json()["items"]] == [
        "ETH"
    ]
    (ordered,) = floor.owner.get(f"{LEDGER}?cause=ORDER").json()["items"]
    at = ordered["posted_at"]
    assert floor.owner.get(f"{LEDGER}?from={at}&to={at}").json()["items"] == [ordered]


def test_far_back_the_balance_is_not_told(floor: TradingFloor, monkeypatch: pytest.MonkeyPatch) -> None:
    floor.limit(floor.owner, "BUY", "60000", "0.3")
    monkeypatch.setattr(history, "MOST_ADDED_UP", 3)
    first = floor.owner.get(f"{LEDGER}?limit=2").json()
    second = floor.owner.get(f"{LEDGER}?limit=2&cursor={first['next_cursor']}").json()
    assert None not in {posting["available_after"] for posting in first["items"]}
    assert {posting["available_after"] for posting in second["items"]} == {None}


def test_the_ledger_by_asset_and_period(idle: TradingFloor) -> None:
    assert {item["asset"] for item in idle.owner.get(f"{LEDGER}?asset=BTC").json()["items"]} == {"BTC"}
    assert idle.owner.get(f"{LEDGER}?to=2026-01-01T00:00:00Z").json() == {"items": [], "next_cursor": None}
    for query, status, code in (
        ("?asset=XYZ", 404, "UNKNOWN_ASSET"),
        ("?asset=%00", 404, "UNKNOWN_ASSET"),
        ("?limit=-1", 400, "FIELD_INVALID"),
        ("?limit=501", 400, "FIELD_INVALID"),
        ("?cause=THEFT", 400, "FIELD_INVALID"),
        ("?cursor=-1", 400, "FIELD_INVALID"),
        ("?page=2", 400, "UNKNOWN_FIELD"),
    ):
        response = idle.owner.get(f"{LEDGER}{query}")
        assert (response.status_code, error_code(response)) == (status, code)


def test_fees_follow_the_tier(idle: TradingFloor) -> None:
    fees = idle.owner.get(FEES).json()
    assert (fees["tier"], fees["maker"], fees["taker"]) == (1, "0.001", "0.0015")
    assert [tier["tier"] for tier in fees["tiers"]] == [1, 2, 3, 4, 5]

    change_fee_tier(user=idle.exchange.user("owner"), fee_tier=5, by=None, reason="a test")
    assert idle.owner.get(FEES).json()["taker"] == "0.0007"


def test_strangers_see_no_money(idle: TradingFloor) -> None:
    for path in (BALANCES, LEDGER, FEES, "/api/v1/trades"):
        response = idle.stranger.get(path)
        assert (response.status_code, error_code(response)) == (401, "AUTHENTICATION_REQUIRED")
