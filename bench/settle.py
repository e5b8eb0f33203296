"""How many orders a second the matching worker settles, everything durable and checked.

A fresh database, 1,000 users, a log that already holds all commands (60 % limit, 20 % market, 20 % cancel). The
worker reads it in batches of at most 500 and commits outcomes, orders, trades, candles, journal entries with the
zero-sum trigger and the hash chain, balances, numbered user events and engine state. Batch size 1 is measured beside
it.
"""

import argparse
import json
import statistics
import time
from collections import Counter
from typing import Any

from bench.exchange import log_commands, machine, open_accounts, open_market, start_worker, totals
from bench.flow import Flow, commands
from kernel.ids import first_id_at
from ledger.verification import verify_ledger
from matching.models import Trade
from matching.worker.worker import MatchingWorker
from storage.plans import looking_up_by_keys

BATCH_LIMIT = 500


def run(*, orders: int = 40_000, single_orders: int = 1_500, accounts: int = 1_000, seed: int = 7) -> dict[str, Any]:
    """Returns the figures; `orders_per_second` counts every command of the log."""
    market = open_market()
    account_ids = open_accounts(market, accounts)
    first_id = first_id_at(time.time_ns() // 1_000_000)
    before = totals()
    flow = list(commands(orders + single_orders, seed, Flow(accounts=accounts, first_order_id=first_id)))
    worker = start_worker(batch_limit=BATCH_LIMIT)
    worker.batch_sizes = []

    log_commands(market, flow[:orders], account_ids)
    with looking_up_by_keys():
        seconds = _drain(worker)
    batches = worker.batch_sizes
    trades = Trade.objects.count()

    log_commands(market, flow[orders:], account_ids)
    worker.batch_limit, worker.batch_sizes = 1, []
    with looking_up_by_keys():
        single_seconds = _drain(worker)

    findings = verify_ledger().findings
    return {
        "orders_per_second": round(orders / seconds),
        "single_orders_per_second": round(single_orders / single_seconds),
        "orders": orders,
        "trades": trades,
        "users": accounts,
        "mix": "60 % limit, 20 % market, 20 % cancel",
        "batches": dict(sorted(Counter(_bucket(size) for size in batches).items())),
        "mean_batch": round(statistics.mean(batches)),
        "conserved": totals() == before and not findings,
        "findings": findings,
        **machine(),
    }


def _drain(worker: MatchingWorker) -> float:
    started = time.perf_counter()
    while worker.run_once():
        pass
    return time.perf_counter() - started


def _bucket(size: int) -> int:
    """The power of two a batch size rounds up to."""
    return 1 << (size - 1).bit_length()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--orders", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    figures = run(orders=options.orders, seed=options.seed)
    print(f"{figures['orders_per_second']:,} orders/s in batches of {figures['mean_batch']} (up to {BATCH_LIMIT}), "
          f"{figures['trades']:,} trades; {figures['single_orders_per_second']:,} orders/s one by one")  # fmt: skip
    print("batch sizes, rounded up to a power of two:")
    for size, count in figures["batches"].items():
        print(f"  {size:>5}  {count:>6}  {'#' * min(60, count)}")
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
