"""Whether trading and deposits stall each other: they are separate writers that meet in the same balances.

A fresh database, 1,000 users who trade and whose deposits come in. First each alone: the matching worker drains a log
of orders, the balance processor a log of deposits. Then both at once, each measured while both are at work. Last the
waiting time of orders that come at an even pace, alone and while deposits are offered at another: in turns, as a shared
machine is another one a minute later; the ratio is the median of what each two neighbouring turns say.
"""

import argparse
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.conf import settings

from bench.contention_load import part
from bench.deposits import ORIGIN, RAIL, deposit_file, drain
from bench.exchange import log_commands, machine, open_accounts, open_market, start_worker, totals
from bench.flow import Flow, commands

# isort: split

from kernel.ids import first_id_at
from ledger.verification import verify_ledger
from matching.models import Market
from matching.verification import CHECKS as MATCHING_CHECKS
from matching.worker.worker import MatchingWorker
from storage.plans import looking_up_by_keys
from wallet.models import Rail, RailKind
from wallet.processor.processor import BalanceProcessor
from wallet.services.operations import request_operations
from wallet.verification import CHECKS as WALLET_CHECKS

Committed = list[tuple[float, int]]
"""When a batch was committed, and of how many."""

ORDER_RATE = 500
DEPOSIT_RATE = 2_000
IDLE_SECONDS = 0.001
WARM_SECONDS = 2
TURNS = 3


class Turn(NamedTuple):
    """One turn at an even pace: milliseconds that each order waited, in order, and at how many a second they came."""

    waits: list[float]
    offered_per_second: float

    def percentile(self, percent: int) -> float:
        return self.waits[min(len(self.waits) * percent // 100, len(self.waits) - 1)]


def run(*, orders: int = 12_000, deposits: int = 12_000, seconds: int = 6, accounts: int = 1_000) -> dict[str, Any]:
    """`orders` and `deposits` of each turn that drains a log; `seconds` of each turn at an even pace."""
    market = open_market()
    account_ids = open_accounts(market, accounts)
    Rail.objects.create(code=RAIL, name="benchmark", kind=RailKind.PROCESSOR)
    before = totals()
    worker = start_worker(batch_limit=settings.MATCHING_BATCH_LIMIT)
    with looking_up_by_keys():
        figures = _throughput(worker, market, account_ids, orders, deposits) | _waiting(worker, seconds)
    drain(BalanceProcessor())
    findings = verify_ledger(extra_checks=(*MATCHING_CHECKS, *WALLET_CHECKS)).findings
    return figures | {
        "users": accounts,
        "reruns": worker.reruns,
        "conserved": totals() == before and not findings,
        "findings": findings,
        **machine(),
    }


def _throughput(
    worker: MatchingWorker, market: Market, account_ids: list[int], orders: int, deposits: int
) -> dict[str, Any]:
    def log_orders(seed: int) -> None:
        flow = Flow(accounts=len(account_ids), first_order_id=first_id_at(time.time_ns() // 1_000_000))
        log_commands(market, commands(orders, seed, flow), account_ids)

    def log_deposits(name: str) -> None:
        owners = [account_ids[n % len(account_ids)] for n in range(deposits)]
        request_operations(origin=ORIGIN, messages=deposit_file(name, market.base.symbol, owners))

    log_orders(1)
    started = time.time()
    orders_alone = _rate(started, _drain_orders(worker))
    with part("processor") as processor:
        log_deposits("alone")
        started = time.time()
        processor.tell("start")
        time.sleep(deposits / DEPOSIT_RATE)
        deposits_alone = _rate(started, _until(processor.tell, deposits))
        log_orders(2)
        log_deposits("together")
        started = time.time()
        processor.tell("start")
        orders_committed = _drain_orders(worker)
        deposits_committed = _until(processor.tell, deposits)
    both = (orders_committed, deposits_committed)
    end = max(min(batches[-1][0] for batches in both), max(batches[0][0] for batches in both))
    orders_together = _rate(started, orders_committed, end=end)
    deposits_together = _rate(started, deposits_committed, end=end)
    return {
        "orders_per_second": round(orders_alone),
        "deposits_per_second": round(deposits_alone),
        "orders_per_second_together": round(orders_together),
        "deposits_per_second_together": round(deposits_together),
        "orders_ratio": round(orders_together / orders_alone, 2),
        "deposits_ratio": round(deposits_together / deposits_alone, 2),
    }


def _waiting(worker: MatchingWorker, seconds: int) -> dict[str, Any]:
    """From the moment at which an order was logged to the commit of its outcome."""
    count = ORDER_RATE * seconds
    alone: list[Turn] = []
    beside: list[Turn] = []
    offered = credited = lasted = 0.0
    with (
        part("feeder", ORDER_RATE, count, 100) as feeder,
        part("processor") as processor,
        part("offerer", DEPOSIT_RATE) as offerer,
    ):
        for _ in range(TURNS):
            alone.append(_waits(worker, feeder.tell, count))
            processor.tell("start")
            offerer.tell("start")
            started = time.time()
            # New sessions plan their statements first; asked is for how it is from then on.
            time.sleep(WARM_SECONDS)
            beside.append(_waits(worker, feeder.tell, count))
            offered += offerer.tell("stop")
            lasted += time.time() - started
            credited += sum(applied for _, applied in processor.tell("stop"))
            drain(BalanceProcessor())
    p99s = [(before.percentile(99), there.percentile(99)) for before, there in zip(alone, beside, strict=True)]
    return {
        "p50_ms": _median(turn.percentile(50) for turn in alone),
        "p99_ms": _median(turn.percentile(99) for turn in alone),
        "p50_beside_deposits_ms": _median(turn.percentile(50) for turn in beside),
        "p99_beside_deposits_ms": _median(turn.percentile(99) for turn in beside),
        "p99_ratio": _median(there / before for before, there in p99s),
        "p99_ms_of_each_turn": [[round(before, 2), round(there, 2)] for before, there in p99s],
        "orders_offered_per_second": round(_median(turn.offered_per_second for turn in alone)),
        "orders_offered_per_second_beside_deposits": round(_median(turn.offered_per_second for turn in beside)),
        "deposits_offered_per_second": round(offered / lasted),
        "deposits_credited_per_second": round(credited / lasted),
    }


def _drain_orders(worker: MatchingWorker) -> Committed:
    committed = []
    while applied := worker.run_once():
        committed.append((time.time(), applied))
    return committed


def _until(tell: Callable[[str], Any], count: int) -> Committed:
    """Let the processor go on until it has applied so many."""
    committed: Committed = []
    while True:
        committed += [(at, applied) for at, applied in tell("stop")]
        if sum(applied for _, applied in committed) >= count:
            return committed
        tell("start")
        time.sleep(0.5)


def _rate(started: float, committed: Committed, *, end: float | None = None) -> float:
    end = committed[-1][0] if end is None else end
    in_time = [(at, applied) for at, applied in committed if at <= end]
    return sum(applied for _, applied in in_time) / (in_time[-1][0] - started)


def _waits(worker: MatchingWorker, tell: Callable[[str], Any], count: int) -> Turn:
    """How long each order waited.

    They are applied in the order in which they were logged. A machine that cannot offer `ORDER_RATE` measures less.
    """
    logged_at: list[float] = []
    feeding = threading.Thread(target=lambda: logged_at.extend(tell("go")))
    feeding.start()
    committed_at: list[float] = []
    while len(committed_at) < count:
        applied = worker.run_once()
        committed_at += [time.time()] * applied
        if not applied:
            time.sleep(IDLE_SECONDS)
    feeding.join()
    # The commit of a log row is told to the feeder a moment after the worker can see it.
    waits = sorted(max((done - logged) * 1000, 0.0) for logged, done in zip(logged_at, committed_at, strict=True))
    return Turn(waits, count / (logged_at[-1] - logged_at[0]))


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--seconds", type=int, default=6, help="of each turn at an even pace")
    options = parser.parse_args()
    figures = run(seconds=options.seconds)
    print(f"{figures['orders_per_second']:,} orders/s and {figures['deposits_per_second']:,} deposits/s alone, "
          f"{figures['orders_per_second_together']:,} ({figures['orders_ratio']:.2f}) and "
          f"{figures['deposits_per_second_together']:,} ({figures['deposits_ratio']:.2f}) at once; "
          f"p99 of orders {figures['p99_ms']} ms alone, {figures['p99_beside_deposits_ms']} ms beside "
          f"{figures['deposits_offered_per_second']:,} deposits/s")  # fmt: skip
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
