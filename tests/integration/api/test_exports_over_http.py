"""Exports from the server that serves them in earnest: a client that goes away, and a failure on the way."""

import csv
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from ledger.api.exports import INCOMPLETE
from matching.models import Order
from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.integration.api.test_exports import copy_rows
from tests.support import databases
from tests.support.worker_process import eventually

PATH = f"{ORDERS}/export"
MANY = 20_000


@pytest.fixture
def served(idle: TradingFloor) -> Iterator[tuple[TradingFloor, str]]:
    """The floor with many orders, and the address of a server of it."""
    order_id = idle.exchange.place("owner", "BUY", "60000", "0.1")
    idle.exchange.worker()
    idle.exchange.run()
    for table in ("matching_command", "matching_order"):
        copy_rows(idle, table, order_id, count=MANY)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--workers", "1", "--blocking-threads", "8", "--no-ws", "exchange.wsgi:application"],
        cwd=databases.ROOT,
        env=os.environ
        | {
            "DATABASE_URL": databases.app_url(idle.exchange.database),
            "MAX_EXPORTS_PER_ACCOUNT": "1",
            "RATE_LIMIT_EXPORTS_PER_KEY": "1000/minute",
            "RATE_LIMIT_EXPORTS_PER_ADDRESS": "1000/minute",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: _answers(address), seconds=60, every=0.2)
        yield idle, address
    finally:
        # It has a worker, which would outlive it.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/v1/time").status_code == 200
    except httpx.HTTPError:
        return False


def stream(served: tuple[TradingFloor, str]) -> Any:
    floor, address = served
    return httpx.stream("GET", f"{address}{PATH}", headers=floor.owner.headers("GET", PATH, b""), timeout=60)


def test_the_whole_file_and_one_that_is_left(served: tuple[TradingFloor, str]) -> None:
    with stream(served) as response:
        assert response.status_code == 200
        assert "Content-Length" not in response.headers
        pieces = response.iter_raw()
        next(pieces)
        # Who is being written one, and does not read on, has to finish or to go.
        with stream(served) as second:
            assert second.status_code == 429
    eventually(lambda: _status(served) == 200)
    with stream(served) as response:
        lines = list(csv.DictReader(response.iter_lines(), strict=True))
    assert len(lines) == MANY + 1
    assert {line["symbol"] for line in lines} == {"BTC-USDT"}


def _status(served: tuple[TradingFloor, str]) -> int:
    with stream(served) as response:
        return int(response.status_code)


def test_a_failure_on_the_way_shows_at_the_end(served: tuple[TradingFloor, str]) -> None:
    floor, _ = served
    oldest = Order.objects.earliest("pk")
    with psycopg.connect(databases.owner_url(floor.exchange.database), autocommit=True) as connection:
        connection.execute("UPDATE matching_order SET status = 99 WHERE id = %s", [oldest.pk])
    with stream(served) as response:
        assert response.status_code == 200
        lines = list(response.iter_lines())
    assert len(lines) > MANY - 2_000
    assert lines[-1] == INCOMPLETE
    # Its place is free again.
    assert _status(served) == 200
