"""Sockets live through the death of everything behind them, and clients never see a wrong book or a missing event."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from matching.models import Outcome, Shard
from tests.integration.streams.conftest import Stage, make_stage
from tests.integration.streams.test_books import agrees
from tests.support.random_flow import log_flow
from tests.support.streams_process import ClientBook, StreamClient, StreamsProcess
from tests.support.worker_process import WorkerProcess, eventually

WRITER = "matching:main"
UNANSWERED: dict[str, Any] = {"ANSWER_TIMEOUT_SECONDS": 8}
"""Some orders of these tests are never answered. A worker may still need seconds for one."""


@pytest.fixture(scope="module")
def broken(django_db_blocker: Any) -> Iterator[Stage]:
    """For these tests alone: they break things."""
    yield from make_stage(django_db_blocker, "broken", **UNANSWERED)


@pytest.fixture
def house(broken: Stage) -> Stage:
    """Mended, and with nobody in the books."""
    if broken.worker.process.poll() is not None:
        broken.worker = WorkerProcess(broken.exchange.database)
    if broken.streams.process.poll() is not None:
        broken.streams = StreamsProcess(broken.exchange.database, **UNANSWERED)
    broken.clear()
    return broken


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
    assert house.worker.wait() == -signal.SIGKILL


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


def test_a_client_that_comes_back_goes_on_where_it_was(house: Stage) -> None:
    first = house.user_client("owner")
    first.ask("subscribe")
    house.place("owner", "BUY", "50000", "0.1")
    seen = first.next("event")["sequence"]
    first.close()
    house.streams.kill()
    house.place("owner", "BUY", "50001", "0.1")
    house.streams = StreamsProcess(house.exchange.database, **UNANSWERED)
    second: StreamClient = house.user_client("owner")
    second.ask("subscribe", **{"from": {WRITER: seen}})
    assert second.next("event")["sequence"] == seen + 1
    book: ClientBook = house.book(house.market_client())
    eventually(lambda: book.update_id > 0)
