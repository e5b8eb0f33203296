"""A whole exchange in processes, with the demo in it, and the bots as one more."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
import redis
from pytest_django import Settings

from accounts.credentials import forget_credentials
from exchange.bots.house import FILE_NAME, HOUSE
from exchange.bots.team import LONGEST_STOP_SECONDS
from exchange.demo import load_demo
from marketdata.selectors.house import forget_house_accounts
from matching.models import Command, Order, OrderStatus, Outcome
from matching.selectors.markets import forget_markets
from tests.support import databases
from tests.support.audit import audit
from tests.support.exchange import Exchange
from tests.support.streams_process import StreamsProcess
from tests.support.worker_process import WorkerProcess, eventually

_numbers = itertools.count(1)

SYMBOLS = ("BTC-USDT", "ETH-BTC", "ETH-USDT", "SOL-USDT")


GONE_SECONDS = LONGEST_STOP_SECONDS + 5
"""In which the bots have stopped, on a machine that stands still now and then; it is less than a far end's ten."""


class Process:
    """A program that ends with its test."""

    def __init__(self, *arguments: str, log: Path, **environment: str) -> None:
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=databases.ROOT,
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
            stderr=log.open("ab"),
            start_new_session=True,
        )

    def kill(self) -> None:
        # All of it: a web server's workers would outlive it.
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def terminate(self) -> float:
        """Tell it to stop; how many seconds it took. It must end well."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0, self.log.read_text()[-2000:]
        return time.monotonic() - started

    def __enter__(self) -> "Process":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Hall:
    """The exchange as the bots find it: matching and web run; sockets only where a test starts them."""

    def __init__(self, exchange: Exchange, worker: WorkerProcess, web_port: int, folder: Path) -> None:
        self.exchange = exchange
        self._worker = worker
        self.web = f"http://127.0.0.1:{web_port}"
        self.folder = folder
        self.log = folder / "bots.log"

    def bots(self, streams: StreamsProcess | None, **options: str) -> Process:
        """Without streams they are told a port where nobody listens."""
        port = streams.port if streams is not None else free_port()
        arguments = ["--web", self.web, "--streams", f"ws://127.0.0.1:{port}", "--house", str(self.folder / FILE_NAME)]
        return Process("exchange.bots", *arguments, "--seed", "1", log=self.log, PROCESS_NAME="bots", **options)

    def audit(self) -> None:
        """Stop matching, and look at everything that was done."""
        eventually(lambda: Outcome.objects.count() == Command.objects.count())
        self._worker.send(signal.SIGTERM)
        self._worker.wait()
        audit(self.exchange)

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.web}/api/v1/{path}", timeout=60) as response:
            return json.load(response)

    def levels(self, symbol: str) -> tuple[int, int]:
        """How many prices stand on each side of a book."""
        depth = self.get(f"markets/{symbol}/depth?limit=100")
        return len(depth["bids"]), len(depth["asks"])

    def books_stand(self, *symbols: str) -> bool:
        return all(min(self.levels(symbol)) >= 15 for symbol in symbols or ("BTC-USDT", "ETH-USDT", "SOL-USDT"))

    def trades(self, symbol: str) -> int:
        newest = self.get(f"markets/{symbol}/trades?limit=1")["items"]
        return newest[0]["number"] if newest else 0

    def resting(self) -> int:
        """Open orders of the house."""
        live = (OrderStatus.OPEN, OrderStatus.PARTIAL)
        return Order.objects.filter(account__user__username__in=HOUSE, status__in=live).count()


@pytest.fixture
def demo(django_db_blocker: Any, redis_client: "redis.Redis") -> Iterator[Exchange]:
    """An exchange with nobody in it."""
    name = f"bourse_test_{os.getpid()}_bots_{next(_numbers)}"
    databases.create_database(name, from_template=databases.template(with_cast=False))
    with django_db_blocker.unblock(), databases.default_database(name):
        exchange = Exchange(database=name, redis_client=redis_client)
        yield exchange
        exchange.close()
    databases.drop_database(name)


@pytest.fixture
def hall(demo: Exchange, settings: Settings, tmp_path: Path) -> Iterator[Hall]:
    settings.BOURSE_HOME = tmp_path
    for forget in (forget_credentials, forget_markets, forget_house_accounts):
        forget()
    load_demo()
    port = free_port()
    web = ["granian", "--interface", "wsgi", "--port", str(port), "--workers", "1", "--blocking-threads", "8"]
    database = databases.app_url(demo.database)
    with (
        WorkerProcess(demo.database) as worker,
        Process(*web, "--no-ws", "exchange.wsgi:application", log=tmp_path / "web.log", DATABASE_URL=database),
    ):
        hall = Hall(demo, worker, port, tmp_path)

        def answers() -> bool:
            with suppress(OSError):
                return bool(hall.get("time"))
            return False

        eventually(answers, seconds=120)
        yield hall
    forget_credentials()


@pytest.fixture
def streams(hall: Hall) -> Iterator[StreamsProcess]:
    with StreamsProcess(hall.exchange.database) as process:
        yield process
