"""Redis dies, forgets, or loses its listeners: streams are late then, never wrong."""

import os
from collections.abc import Iterator

import pytest

from matching.models import Outcome
from matching.redis_names import depth_keys
from tests.integration.streams.conftest import Stage
from tests.integration.streams.test_books import agrees, follow
from tests.support.exchange import Exchange
from tests.support.private_redis import PrivateRedis, private_redis
from tests.support.streams_process import USER_PATH, signature_headers
from tests.support.worker_process import WorkerProcess, eventually

WRITER = "matching:main"


@pytest.fixture
def alone(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stage, PrivateRedis]]:
    """A stage with a Redis server that only this test uses."""
    with private_redis() as server:
        monkeypatch.setitem(os.environ, "REDIS_URL", server.url)
        exchange.redis = server.client
        stage = Stage(exchange)
        try:
            stage.wait()
            yield stage, server
        finally:
            stage.close()


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


def test_who_can_not_be_looked_up_is_asked_to_come_back(alone: tuple[Stage, PrivateRedis]) -> None:
    """Without Redis nobody knows whether a signature was used before; that is not the client's mistake."""
    stage, server = alone
    headers = signature_headers(stage.key("owner"))
    server.kill()
    client = stage.streams.open(USER_PATH, additional_headers=headers)
    assert client.error_code() == "SERVICE_UNAVAILABLE"
    assert client.closed_with() == 1012


def test_a_book_that_was_read_before_the_last_change_was_in_the_cache_is_mended(
    alone: tuple[Stage, PrivateRedis],
) -> None:
    """Who begins to listen just after a change was told, and reads the cache just before it is written, has missed
    it; nothing else happens in this market that would show the gap."""
    stage, server = alone
    public = stage.market_client()
    book = stage.book(public)
    written: dict[int, dict[str, bytes]] = {}
    keys = [key for key in depth_keys("BTC-USDT") if "ask" not in key]
    for number in (1, 2):
        order_id = stage.place("owner", "BUY", f"{50_000 + number}", "0.1")
        agrees(stage, public, book)
        sequence = Outcome.objects.get(command_id=order_id).applied_sequence
        eventually(lambda last=sequence: int(server.client.get(depth_keys("BTC-USDT")[2]) or 0) == last)
        written[number] = {key: server.client.dump(key) or b"" for key in keys}

    def write(number: int) -> None:
        for key, content in written[number].items():
            server.client.restore(key, 0, content, replace=True)

    write(1)
    server.client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    eventually(lambda: follow(public, book) and book.levels()["bids"] == ["50001:0.1"])
    write(2)
    agrees(stage, public, book)
