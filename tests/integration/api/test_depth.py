"""GET /api/v1/markets/{symbol}/depth"""

import time

import pytest
import redis

from marketdata.selectors import depth as depth_module
from tests.integration.api.conftest import TradingFloor
from tests.support.api import error_code

DEPTH = "/api/v1/markets/BTC-USDT/depth"

BIDS = [["59000.5", "0.3"], ["58000", "0.1"]]
ASKS = [["61000", "0.2"], ["62000", "0.4"]]


def fill_the_book(floor: TradingFloor) -> None:
    for side, price, quantity in (
        ("BUY", "58000", "0.1"),
        ("BUY", "59000.5", "0.1"),
        ("BUY", "59000.50", "0.2"),
        ("SELL", "62000", "0.4"),
        ("SELL", "61000", "0.5"),
    ):
        floor.limit(floor.colleague, side, price, quantity, response="ACK")
    floor.limit(floor.owner, "BUY", "61000", "0.3", response="ACK")
    floor.exchange.run()
    time.sleep(0.06)
    worker = floor.exchange.worker()
    worker._publisher.flush(worker.memory.markets.values())  # type: ignore[union-attr]


def test_the_cached_book_and_the_stored_one_are_equal(idle: TradingFloor, redis_client: "redis.Redis") -> None:
    fill_the_book(idle)

    cached = idle.stranger.get(DEPTH).json()
    assert isinstance(cached.pop("update_id"), int)
    assert cached == {"symbol": "BTC-USDT", "bids": BIDS, "asks": ASKS}

    redis_client.delete("orderbook:BTC-USDT:update_id")
    stored = idle.stranger.get(DEPTH).json()
    assert stored.pop("update_id") is None
    assert stored == cached


def test_without_redis_the_database_answers(idle: TradingFloor, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_the_book(idle)
    nowhere = redis.Redis.from_url("unix:///nowhere/redis.sock")
    monkeypatch.setattr(depth_module, "_client", lambda url: nowhere)
    monkeypatch.setattr(depth_module, "_resting_until", 0.0)

    body = idle.stranger.get(DEPTH).json()

    assert (body["update_id"], body["bids"], body["asks"]) == (None, BIDS, ASKS)


def test_limits(idle: TradingFloor) -> None:
    for price in range(50_000, 50_007):
        idle.limit(idle.owner, "BUY", str(price), "0.1", response="ACK")
    idle.exchange.run()
    assert len(idle.stranger.get(f"{DEPTH}?limit=5").json()["bids"]) == 5
    for query in ("4", "1001", "x", "5.0"):
        response = idle.stranger.get(f"{DEPTH}?limit={query}")
        assert (response.status_code, error_code(response)) == (400, "FIELD_INVALID")


def test_an_empty_book(idle: TradingFloor) -> None:
    body = idle.stranger.get(DEPTH).json()
    assert (body["bids"], body["asks"]) == ([], [])
