"""GET /api/v1/markets/{symbol}/depth"""

import time

import pytest
import redis

from marketdata.selectors import redis_answers
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
    monkeypatch.setattr(redis_answers, "_client", lambda url: nowhere)
    monkeypatch.setattr(redis_answers, "_resting_until", 0.0)

    body = idle.stranger.get(DEPTH).json()

    assert (body["update_id"], body["bids"], body["asks"]) == (None, BIDS, ASKS)


def test_limits(idle: TradingFloor) -> None:
    for price in range(50_000, 50_007):
        idle.limit(idle.owner, "BUY", str(price), "0.1", response="ACK")
    idle.exchange.run()
    for limit, expected in (("5", 5), ("10", 7), ("20", 7), ("100", 7), ("1000", 7), ("full", 7)):
        bids = idle.stranger.get(f"{DEPTH}?limit={limit}").json()["bids"]
        assert (len(bids), bids[0]) == (expected, ["50006", "0.1"])
    for query in ("4", "6", "1001", "x", "5.0", "-1"):
        response = idle.stranger.get(f"{DEPTH}?limit={query}")
        assert (response.status_code, error_code(response)) == (400, "FIELD_INVALID")


@pytest.mark.parametrize("is_cached", [True, False])
def test_groups_never_look_better_than_what_is_in_them(
    idle: TradingFloor, redis_client: "redis.Redis", is_cached: bool
) -> None:
    fill_the_book(idle)
    if not is_cached:
        redis_client.flushdb()

    def grouped(query: str) -> tuple[list[list[str]], list[list[str]]]:
        body = idle.stranger.get(f"{DEPTH}?{query}").json()
        return body["bids"], body["asks"]

    assert grouped("group=100") == ([["59000", "0.3"], ["58000", "0.1"]], [["61000", "0.2"], ["62000", "0.4"]])
    assert grouped("group=3000.00") == ([["57000", "0.4"]], [["63000", "0.6"]])
    assert grouped("group=100000&limit=5") == ([["0", "0.4"]], [["100000", "0.6"]])
    assert grouped("group=0.01&limit=full") == (BIDS, ASKS)


def test_groups_count_as_levels(idle: TradingFloor) -> None:
    for price in range(50_000, 50_014):
        idle.limit(idle.owner, "BUY", str(price), "0.1", response="ACK")
    idle.exchange.run()
    bids = idle.stranger.get(f"{DEPTH}?limit=5&group=2").json()["bids"]
    assert bids == [["50012", "0.2"], ["50010", "0.2"], ["50008", "0.2"], ["50006", "0.2"], ["50004", "0.2"]]


@pytest.mark.parametrize("group", ["0", "-1", "x", "1e3", "0.001", "0.015", "1" + "0" * 40, "NaN"])
def test_a_group_is_a_multiple_of_the_tick(idle: TradingFloor, group: str) -> None:
    response = idle.stranger.get(f"{DEPTH}?group={group}")
    assert (response.status_code, error_code(response)) == (400, "FIELD_INVALID")
    assert "group" in response.json()["error"]["details"]


def test_an_empty_book(idle: TradingFloor) -> None:
    body = idle.stranger.get(DEPTH).json()
    assert (body["bids"], body["asks"]) == ([], [])


def test_a_restarted_worker_gives_the_whole_book_at_once(idle: TradingFloor, redis_client: "redis.Redis") -> None:
    fill_the_book(idle)
    redis_client.flushdb()
    idle.exchange.restart_worker()
    body = idle.stranger.get(DEPTH).json()
    assert body["update_id"] is not None
    assert (body["bids"], body["asks"]) == (BIDS, ASKS)
