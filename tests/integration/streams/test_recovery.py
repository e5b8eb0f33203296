"""Sockets live through the death of everything behind them, and clients never see a wrong book or a missing event."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from matching.models import Outcome, Shard
from tests.integration.streams.conftest import Stage
from tests.integration.streams.test_books import agrees
from tests.support.exchange import Exchange
from tests.support.private_redis import PrivateRedis, private_redis
from tests.support.random_flow import log_flow
from tests.support.streams_process import USER_PATH, ClientBook, StreamClient, StreamsProcess, signature_headers
from tests.support.worker_process import WorkerProcess, eventually

WRITER = "matching:main"


@pytest.fixture
def house(exchange: Exchange) -> Iterator[Stage]:
    """A stage of its own: these tests break things."""
    stage = Stage(exchange)
    try:
        stage.wait()
        yield stage
    finally:
        stage.close()


@pytest.fixture
def alone(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stage, PrivateRedis]]:
    """The same with a Redis server that only this test uses."""
    with private_redis() as server:
        monkeypatch.setitem(os.environ, "REDIS_URL", server.url)
        exchange.redis = server.client
        stage = Stage(exchange)
        try:
            stage.wait()
            yield stage, server
        finally:
            stage.close()


def restart_worker(stage: Stage, **options: Any) -> None:
    """Returns when the successor leads."""
    stage.worker.kill()
    before = Shard.objects.get().epoch
    stage.worker = WorkerProcess(stage.exchange.database, **options)
    eventually(lambda: Shard.objects.get().epoch > before)


def test_a_killed_worker_and_its_successor(house: Stage) -> None:
    client = house.market_client()
    book = house.book(client)
    log_flow(house.exchange, 40, seed=1, symbols=("BTC-USDT",))
    house.settle()
    agrees(house, client, book)
    house.worker.kill()
    log_flow(house.exchange, 40, seed=2, symbols=("BTC-USDT",))
    house.worker = WorkerProcess(house.exchange.database)
    log_flow(house.exchange, 40, seed=3, symbols=("BTC-USDT",))
    house.settle()
    agrees(house, client, book)
    assert book.snapshots > 1


def test_a_crash_between_commit_and_announcement_loses_nothing(house: Stage) -> None:
    user, public = house.user_client("owner"), house.market_client()
    start = user.ask("subscribe")["sequences"].get(WRITER, 0)
    book = house.book(public)
    restart_worker(house, failpoint="committed:kill")
    order_id = house.exchange.place("owner", "BUY", "50000", "0.1")
    assert house.worker.wait() == -signal.SIGKILL
    assert Outcome.objects.filter(command_id=order_id).exists()
    house.worker = WorkerProcess(house.exchange.database)
    event = user.next("event")
    assert (event["sequence"], event["order"]["id"]) == (start + 1, str(order_id))
    agrees(house, public, book)


def test_an_order_whose_answer_is_lost_still_has_its_result(house: Stage) -> None:
    user = house.user_client("owner")
    restart_worker(house, failpoint="committed:kill")
    order = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": "50000", "quantity": "0.1"}
    result = user.ask("place", order=order)
    assert (result["status"], result["order"]["status"]) == (201, "OPEN")


def test_an_order_without_a_worker_is_accepted(house: Stage) -> None:
    user = house.user_client("owner")
    house.worker.kill()
    order = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": "50000", "quantity": "0.1"}
    result = user.ask("place", order=order)
    assert (result["status"], result["order"]["status"]) == (202, "PENDING")
    snapshot = user.ask("subscribe")
    assert [pending["status"] for pending in snapshot["orders"]] == ["PENDING"]
    house.worker = WorkerProcess(house.exchange.database)
    assert user.next("event")["order"]["status"] == "OPEN"


def test_a_restarting_service_says_so(house: Stage) -> None:
    public, user = house.market_client(), house.user_client("owner")
    house.streams.terminate()
    assert public.closed_with() == 1012
    assert user.closed_with() == 1012


def test_redis_dies_and_comes_back(alone: tuple[Stage, PrivateRedis]) -> None:
    stage, server = alone
    public, user = stage.market_client(), stage.user_client("owner")
    book = stage.book(public)
    start = user.ask("subscribe")["sequences"].get(WRITER, 0)
    stage.place("owner", "BUY", "50000", "0.1")
    server.kill()
    stage.streams.wait_until(503)
    stage.place("owner", "BUY", "50001", "0.1")
    server.start()
    stage.streams.wait_until(200)
    stage.place("owner", "BUY", "50002", "0.1")
    assert [user.next("event")["sequence"] for _ in range(3)] == [start + 1, start + 2, start + 3]
    agrees(stage, public, book)
    assert book.snapshots > 1


def test_an_empty_redis_and_a_new_worker_are_right_at_once(alone: tuple[Stage, PrivateRedis]) -> None:
    stage, server = alone
    public = stage.market_client()
    public.ask("subscribe", channel="depth", symbols=["BTC-USDT"], levels=5)
    public.ask("subscribe", channel="candles", symbols=["BTC-USDT"], interval="1d")
    public.ask("subscribe", channel="ticker", symbols=["BTC-USDT"])
    stage.place("owner", "BUY", "50000", "0.1")
    stage.place("owner", "SELL", "60000", "0.1")
    stage.place("colleague", "BUY", "60000", "0.1")
    public.take(lambda frame: frame.get("bids") == [["50000", "0.1"]])
    stage.worker.kill()
    server.client.flushall()
    stage.worker = WorkerProcess(stage.exchange.database)
    stage.place("owner", "SELL", "60001", "0.1")
    public.take(lambda frame: frame.get("asks") == [["60001", "0.1"]] and frame["bids"] == [["50000", "0.1"]])
    stage.place("colleague", "BUY", "60001", "0.1")
    public.take(lambda frame: (frame.get("candle") or {}).get("trades") == 2)
    public.take(lambda frame: (frame.get("ticker") or {}).get("trades") == 2)


def test_a_lost_subscription_is_made_good(alone: tuple[Stage, PrivateRedis]) -> None:
    stage, server = alone
    public, user = stage.market_client(), stage.user_client("owner")
    book = stage.book(public)
    start = user.ask("subscribe")["sequences"].get(WRITER, 0)
    for number in range(4):
        server.client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        stage.place("owner", "BUY", f"{50001 + number}", "0.1")
    assert [user.next("event")["sequence"] for _ in range(4)] == list(range(start + 1, start + 5))
    agrees(stage, public, book)


def test_a_client_that_comes_back_goes_on_where_it_was(house: Stage) -> None:
    first = house.user_client("owner")
    first.ask("subscribe")
    house.place("owner", "BUY", "50000", "0.1")
    seen = first.next("event")["sequence"]
    first.close()
    house.streams.kill()
    house.place("owner", "BUY", "50001", "0.1")
    house.streams = StreamsProcess(house.exchange.database)
    second: StreamClient = house.user_client("owner")
    second.ask("subscribe", **{"from": {WRITER: seen}})
    assert second.next("event")["sequence"] == seen + 1
    book: ClientBook = house.book(house.market_client())
    eventually(lambda: book.update_id > 0)


def test_who_can_not_be_looked_up_is_asked_to_come_back(alone: tuple[Stage, PrivateRedis]) -> None:
    """Without Redis nobody knows whether a signature was used before; that is not the client's mistake."""
    stage, server = alone
    headers = signature_headers(stage.key("owner"))
    server.kill()
    client = stage.streams.open(USER_PATH, additional_headers=headers)
    assert client.error_code() == "SERVICE_UNAVAILABLE"
    assert client.closed_with() == 1012
