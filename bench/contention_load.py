"""What runs beside the matching worker while `bench.contention` measures: each part in a process of its own.

Every part takes words on its input and answers each with one line: JSON where it has something to tell.

    feeder      offers orders at an even pace and tells when each was logged
    offerer     offers deposits at an even pace
    processor   applies deposits and tells when how many were committed
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import bench.setup  # noqa: F401

# isort: split

from django.db import connection

from bench.deposits import ORIGIN, deposit_file
from bench.exchange import log_commands
from bench.flow import Flow, commands
from exchange.giving_way import give_way
from kernel.ids import first_id_at
from ledger.models import Account, AccountKind
from matching.models import Market
from wallet.processor.processor import BalanceProcessor
from wallet.processor.running import Pace
from wallet.services.operations import request_operations

IDLE_SECONDS = 0.002
OFFERS_A_SECOND = 50
"""Deposits come in as rails bring them: some at once."""


class Part:
    """One such process, seen from outside."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def tell(self, word: str) -> Any:
        """Send a word, wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return self.answer()

    def answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


@contextmanager
def part(name: str, *arguments: object) -> Iterator[Part]:
    """That process, ready; it does not outlive the block."""
    command = [sys.executable, "-m", "bench.contention_load", name, *map(str, arguments)]
    # A session of its own, as the supervisor gives each process: sessions share the cores in another way.
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        ready = Part(process)
        ready.answer()
        yield ready
    finally:
        process.kill()
        process.wait()


def _account_ids() -> list[int]:
    return list(Account.objects.filter(kind=AccountKind.USER).order_by("pk").values_list("pk", flat=True))


def _say(answer: Any) -> None:
    print(json.dumps(answer), flush=True)


def feed(rate: int, count: int, seed: int) -> None:
    """At `go`: so many orders, one commit each; the answer has the time at which each was logged."""
    market, account_ids = Market.objects.select_related("shard").get(), _account_ids()
    connection.ensure_connection()
    _say("ready")
    for _ in sys.stdin:
        first_order_id = first_id_at(time.time_ns() // 1_000_000)
        flow = list(commands(count, seed, Flow(accounts=len(account_ids), first_order_id=first_order_id)))
        seed += 1
        logged_at = []
        started = time.time()
        for number, command in enumerate(flow):
            time.sleep(max(started + number / rate - time.time(), 0))
            log_commands(market, [command], account_ids)
            logged_at.append(time.time())
        _say(logged_at)


def offer(rate: int) -> None:
    """Between `start` and `stop` so many deposits a second; the answer to `stop` says how many."""
    # As the worker does that watches the rails.
    give_way()
    asset, account_ids = Market.objects.select_related("base").get().base.symbol, _account_ids()
    is_over = threading.Event()
    offered = 0

    def insert() -> None:
        nonlocal offered
        started, at_once = time.time(), rate // OFFERS_A_SECOND
        while not is_over.is_set():
            time.sleep(max(started + offered / rate - time.time(), 0))
            chosen = [account_ids[(offered + n) % len(account_ids)] for n in range(at_once)]
            request_operations(origin=ORIGIN, messages=deposit_file(f"offer{started}:{offered}:", asset, chosen))
            offered += at_once
        connection.close()

    _say("ready")
    for line in sys.stdin:
        if line.strip() == "start":
            offered = 0
            is_over.clear()
            thread = threading.Thread(target=insert)
            thread.start()
            _say("started")
        else:
            is_over.set()
            thread.join()
            _say(offered)


def process() -> None:
    """Between `start` and `stop` it applies what is pending; the answer to `stop`: [committed at, how many], …"""
    # As the worker of the funds does.
    give_way()
    is_over = threading.Event()
    committed: list[tuple[float, int]] = []

    def apply() -> None:
        processor, pace = BalanceProcessor(), Pace()
        while not is_over.is_set():
            applied = pace.run(processor.run_once)
            if applied:
                committed.append((time.time(), applied))
            else:
                is_over.wait(IDLE_SECONDS)
        connection.close()

    _say("ready")
    for line in sys.stdin:
        if line.strip() == "start":
            is_over.clear()
            committed.clear()
            thread = threading.Thread(target=apply)
            thread.start()
            _say("started")
        else:
            is_over.set()
            thread.join()
            _say(committed)


def main() -> None:
    name, *arguments = sys.argv[1:]
    parts: dict[str, Callable[..., None]] = {"feeder": feed, "offerer": offer, "processor": process}
    parts[name](*map(int, arguments))


if __name__ == "__main__":
    main()
