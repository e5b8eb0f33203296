"""Every benchmark runs, small, and keeps the books right; the figures themselves are not judged here."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
import redis

from bench import addresses, candles, contended, contention, deposits, engine, recovery, settle, streams, ws_orders
from marketdata.intervals import INTERVALS
from tests.support import databases


@pytest.fixture
def fresh_database(
    django_db_blocker: pytest.FixtureRequest,
    redis_client: "redis.Redis",
    monkeypatch: pytest.MonkeyPatch,
    worker_id: str,
) -> Iterator[None]:
    """Migrated and empty, as ./bourse bench makes it; child processes see it too."""
    name = f"bourse_test_bench_{worker_id}"
    databases.create_database(name, from_template=databases.template(with_cast=False))
    monkeypatch.setenv("DATABASE_URL", databases.app_url(name))
    with django_db_blocker.unblock(), databases.default_database(name):  # type: ignore[attr-defined]
        yield
    databases.drop_database(name)


def test_engine() -> None:
    figures = engine.run(commands_count=3_000)
    assert figures["commands_per_second"] > 0
    assert figures["trades"] > 0


@pytest.mark.usefixtures("fresh_database")
def test_settle() -> None:
    figures = settle.run(orders=1_500, single_orders=20, accounts=20)
    assert figures["orders_per_second"] > 0
    assert figures["single_orders_per_second"] > 0
    assert figures["trades"] > 0
    assert figures["conserved"] is True, figures["findings"]
    assert figures["mean_batch"] <= 500


@pytest.mark.usefixtures("fresh_database")
def test_contended() -> None:
    figures = contended.run(orders=500, rounds=1, accounts=30)
    assert figures["orders_per_second"] > 0
    assert figures["contended_orders_per_second"] > 0
    assert figures["ratio"] > 0
    assert figures["other_writes"] > 0
    assert figures["conserved"] is True, figures["findings"]


@pytest.mark.usefixtures("fresh_database")
def test_recovery() -> None:
    figures = recovery.run(orders=1_000, accounts=10)
    assert figures["seconds"] > 0
    assert figures["open_orders"] == figures["open_orders_in_the_database"] == 1_000
    assert figures["same_state"] is True
    assert figures["conserved"] is True, figures["findings"]


@pytest.mark.usefixtures("fresh_database")
def test_candles() -> None:
    figures = candles.run(trades=2_000, days=2)
    assert figures["trades"] == 2_000
    assert figures["ticker_ms"] > 0
    assert figures["statistics_ms"] > 0
    assert figures["candles_ms"].keys() == INTERVALS.keys()


@pytest.mark.usefixtures("fresh_database")
def test_streams() -> None:
    figures = streams.run(clients=20, seconds=1)
    assert figures["clients"] == 20
    assert figures["messages_per_second"] > 0
    assert 0 < figures["p50_ms"] <= figures["p99_ms"]
    assert (figures["gaps"], figures["lost_connections"]) == (0, 0)


@pytest.mark.usefixtures("fresh_database")
def test_ws_orders() -> None:
    figures = ws_orders.run(seconds=1, rounds=1, sockets=4)
    assert figures["orders_per_second"] > 0
    assert figures["p99_ms"] > 0
    assert (figures["failures"], figures["unanswered"]) == ([], 0)
    assert figures["conserved"] is True, figures["findings"]


def test_the_last_line_is_one_json_object() -> None:
    output = subprocess.run(
        [sys.executable, "-m", "bench.engine", "--commands", "2000", "--json"],
        cwd=databases.ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert json.loads(output.splitlines()[-1])["commands_per_second"] > 0


@pytest.mark.usefixtures("fresh_database")
def test_deposits() -> None:
    figures = deposits.run(deposits=300, accounts=10)
    assert figures["deposits_per_second"] > 0
    assert figures["one_user_deposits_per_second"] > 0
    assert figures["duplicates_refused"] == 600
    assert figures["duplicates_credited"] == 0
    assert figures["conserved"] is True, figures["findings"]


@pytest.mark.usefixtures("fresh_database")
def test_addresses() -> None:
    figures = addresses.run(
        of_many=400, others=5, of_each_other=20, times=30, seconds=0.5, currencies=10, latency_ms=10
    )
    assert figures["addresses"] == 500
    assert min(figures["list_p99_ms"], figures["lookup_p99_ms"], figures["list_database_p99_ms"]) > 0
    assert figures["requests_per_second"] > 0
    assert figures["failures"] == []
    assert {status for statuses in figures["statuses"] for status in statuses} == {200}
    assert (figures["synced_currencies"], figures["sync_status"]) == (10, "success")
    assert figures["synced_addresses"] >= 10
    assert figures["plans"].keys() >= {"first page", "deepest page", "look-up"}


@pytest.mark.usefixtures("fresh_database")
def test_contention() -> None:
    figures = contention.run(orders=300, deposits=300, seconds=1, accounts=20)
    assert figures["orders_ratio"] > 0
    assert figures["deposits_ratio"] > 0
    assert figures["p99_ratio"] > 0
    assert figures["deposits_credited_per_second"] > 0
    assert figures["conserved"] is True, figures["findings"]
