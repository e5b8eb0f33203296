"""How long a fresh matching worker needs until its books of 200,000 open orders are ready.

The orders of 1,000 users come in the ordinary way: through the command log, applied and settled by a worker, so the
funds are locked and the books hold. Then a process that knows nothing takes the shard over and rebuilds the books
from the database; they must equal those that were left. The clock runs from the first statement of the new worker to
the end of its first look for commands; interpreter and imports are reported beside it.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from bench.exchange import SHARD, log_commands, machine, open_accounts, open_market
from kernel.ids import first_id_at
from ledger.verification import verify_ledger
from matching.engine.commands import Command, Place
from matching.engine.types import OrderType, Side, TimeInForce
from matching.models import Order, OrderStatus
from matching.verification import CHECKS
from matching.worker.loop import collector_tuned_for_books
from matching.worker.publishing import Publisher
from matching.worker.worker import MatchingWorker

TARGET_SECONDS = 5.0
MID_TICKS = 50_000
LEVELS = 2_000
"""Prices on each side."""
LOGGED_AT_ONCE = 20_000
BATCH_LIMIT = 2_000
ROOT = Path(__file__).resolve().parent.parent


def run(*, orders: int = 200_000, accounts: int = 1_000, seed: int = 3) -> dict[str, Any]:
    """Returns the figures; `seconds` is the one that counts."""
    market = open_market()
    account_ids = open_accounts(market, accounts)
    worker = MatchingWorker(shard_name=SHARD, publisher=Publisher(None), batch_limit=BATCH_LIMIT)
    with collector_tuned_for_books():
        worker.try_take_over()
    flow = _resting_orders(orders, accounts, seed)
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("opening orders", total=orders)
        while chunk := [command for _, command in zip(range(LOGGED_AT_ONCE), flow, strict=False)]:
            log_commands(market, chunk, account_ids)
            while applied := worker.run_once():
                bar.advance(task, applied)
    left = worker.books[market.id].state_hash().hex()
    worker.step_down()
    connection.close()

    started = time.perf_counter()
    process = subprocess.run(
        [sys.executable, "-m", "bench.recovery", "--take-over"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
    )
    process_seconds = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"the new worker failed: {process.stderr}")
    found = json.loads(process.stdout.splitlines()[-1])
    findings = verify_ledger(extra_checks=CHECKS).findings
    return {
        "seconds": found["seconds"],
        "target_seconds": TARGET_SECONDS,
        "process_seconds": round(process_seconds, 3),
        "open_orders": found["open_orders"],
        "open_orders_in_the_database": Order.objects.filter(status__in=[OrderStatus.OPEN, OrderStatus.PARTIAL]).count(),
        "users": accounts,
        "price_levels": 2 * LEVELS,
        "same_state": found["state_hash"] == left,
        "conserved": not findings,
        "findings": findings,
        **machine(),
    }


def take_over() -> dict[str, Any]:
    """The part that is timed, in a process of its own."""
    import redis
    from django.conf import settings

    worker = MatchingWorker(shard_name=SHARD, publisher=Publisher(redis.Redis.from_url(settings.REDIS_URL)))
    started = time.perf_counter()
    with collector_tuned_for_books():
        if not worker.try_take_over():
            raise RuntimeError("another worker runs the shard")
    worker.run_once()
    seconds = time.perf_counter() - started
    (book,) = worker.books.values()
    return {"seconds": round(seconds, 3), "open_orders": len(book), "state_hash": book.state_hash().hex()}


def _resting_orders(count: int, accounts: int, seed: int) -> Iterator[Command]:
    """Limit orders on both sides of the mid price that never meet."""
    rng = random.Random(seed)
    first_id = first_id_at(time.time_ns() // 1_000_000)
    for number in range(count):
        side = Side.BUY if number % 2 else Side.SELL
        away = rng.randint(1, LEVELS)
        account_id = number % accounts + 1
        yield Place(
            order_id=first_id + number,
            account_id=account_id,
            side=side,
            order_type=OrderType.LIMIT,
            time_in_force=TimeInForce.GTC,
            post_only=False,
            ticks=MID_TICKS - away if side is Side.BUY else MID_TICKS + away,
            lots=rng.randint(1, 200),
            value=0,
            maker_ppm=0,
            taker_ppm=0,
            stp_group=account_id,
            expires_at_us=0,
            refusal=None,
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench recovery", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--orders", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--take-over", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.take_over:
        print(json.dumps(take_over()))
        return
    figures = run(orders=options.orders, seed=options.seed)
    print(
        f"{figures['seconds']:.2f} s until {figures['open_orders']:,} open orders are ready "
        f"(target {TARGET_SECONDS} s), {figures['process_seconds']:.2f} s with interpreter and imports; "
        f"same state: {figures['same_state']}, books consistent: {figures['conserved']}"
    )
    print(
        f"  {figures['cores']} cores, Python {figures['python']}, PostgreSQL {figures['postgresql']}, "
        f"fsync {figures['fsync']}, synchronous_commit {figures['synchronous_commit']}"
    )
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
