"""What settlement keeps of its speed while somebody else spends the same money all the time.

One database, one log. Turns of the matching worker alone alternate with turns beside a second process that takes all
money of some accounts out through the ledger and brings it back, like withdrawals and deposits, as fast as it can.
Batches then find balances locked, or empty although they were full when the batch decided: those are taken back and
run again. The second process needs a core of its own, so the ratio also tells how many the machine has.
"""

import argparse
import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.exchange import log_commands, machine, open_accounts, open_market, start_worker, totals
from bench.flow import Flow, commands

# isort: split

from django.db import transaction
from django.utils import timezone

from exchange.demo import FUNDS_WRITER
from kernel.ids import first_id_at
from kernel.units import to_atoms
from ledger.journal import Scales
from ledger.locks import enter_gate_shared, lock_balances
from ledger.models import Account, AccountKind, Balance, EntryKind
from ledger.services import PostingRequest, post_entry
from ledger.verification import verify_ledger
from matching.models import Outcome, Trade
from matching.verification import CHECKS
from storage.plans import looking_up_by_keys

BATCH_LIMIT = 500
ACCOUNTS_AT_ONCE = 20
CONTENDED = (False, True, True, False)
"""The turns of a round: neither kind is always the earlier one."""


def run(*, orders: int = 6_000, rounds: int = 2, accounts: int = 1_000, seed: int = 7) -> dict[str, Any]:
    """Every turn applies `orders` commands; the speeds are over all turns of a kind."""
    market = open_market()
    account_ids = open_accounts(market, accounts)
    before = totals()
    flow = commands(
        orders * rounds * len(CONTENDED),
        seed,
        Flow(accounts=accounts, first_order_id=first_id_at(time.time_ns() // 1_000_000)),
    )
    worker = start_worker(batch_limit=BATCH_LIMIT)
    worker.batch_sizes = []
    seconds = {False: 0.0, True: 0.0}
    writes = 0
    contended_batches = 0
    with _other_spender() as spender, looking_up_by_keys():
        for is_contended in CONTENDED * rounds:
            log_commands(market, [next(flow) for _ in range(orders)], account_ids)
            batches_before = len(worker.batch_sizes)
            if is_contended:
                _tell(spender, "start")
            started = time.perf_counter()
            while worker.run_once():
                pass
            seconds[is_contended] += time.perf_counter() - started
            if is_contended:
                writes += int(_tell(spender, "stop"))
                contended_batches += len(worker.batch_sizes) - batches_before
    findings = verify_ledger(extra_checks=CHECKS).findings
    each = orders * rounds * len(CONTENDED) // 2
    return {
        "orders_per_second": round(each / seconds[False]),
        "contended_orders_per_second": round(each / seconds[True]),
        "ratio": round(seconds[False] / seconds[True], 3),
        "reruns": worker.reruns,
        "contended_batches": contended_batches,
        "other_writes": writes,
        "refused_for_funds": Outcome.objects.filter(code="INSUFFICIENT_BALANCE").count(),
        "orders": 2 * each,
        "trades": Trade.objects.count(),
        "users": accounts,
        "conserved": totals() == before and not findings,
        "findings": findings,
        **machine(),
    }


@contextmanager
def _other_spender() -> Iterator["subprocess.Popen[str]"]:
    """The second process, ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.contended", "--spend"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.wait()


def _tell(process: "subprocess.Popen[str]", word: str) -> str:
    """Send a word, wait for the line that answers it."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{word}\n")
    process.stdin.flush()
    return process.stdout.readline()


def spend() -> None:
    """The second process: between `start` and `stop` on its input it moves money, then prints how often."""
    rng = random.Random(11)
    vault = Account.objects.get(writer_id=FUNDS_WRITER, kind=AccountKind.OPENING)
    everyone = list(Account.objects.filter(kind=AccountKind.USER).values_list("id", flat=True))
    is_over = threading.Event()
    moved = 0

    def move() -> None:
        nonlocal moved
        while not is_over.is_set():
            chosen = rng.sample(everyone, min(ACCOUNTS_AT_ONCE, len(everyone)))
            taken = _take_all(vault.id, chosen, number=moved)
            _post(vault.id, [posting._replace(available=-posting.available) for posting in taken], moved + 1)
            moved += 2

    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "start":
            is_over.clear()
            before = moved
            thread = threading.Thread(target=move)
            thread.start()
            print("started", flush=True)
        else:
            is_over.set()
            thread.join()
            print(moved - before, flush=True)


def _take_all(vault_id: int, account_ids: list[int], *, number: int) -> list[PostingRequest]:
    """Everything these accounts can spend goes to the vault; the postings of the accounts."""
    balances = {row.pk: row for row in Balance.objects.filter(account_id__in=account_ids)}
    scale_of = Scales.load().by_asset
    with transaction.atomic():
        enter_gate_shared()
        postings = [
            PostingRequest(
                balances[row_id].account_id,
                balances[row_id].asset_id,
                -to_atoms(available, scale_of[balances[row_id].asset_id]),
            )
            for row_id, available, _, _ in lock_balances(balances)
        ]
        _post(vault_id, postings, number)
    return postings


def _post(vault_id: int, postings: list[PostingRequest], number: int) -> None:
    sums: dict[int, int] = {}
    for posting in postings:
        sums[posting.asset_id] = sums.get(posting.asset_id, 0) - posting.available
    post_entry(
        writer_id=FUNDS_WRITER,
        idempotency_key=f"contended:{number}",
        kind=EntryKind.TRANSFER,
        postings=[*postings, *(PostingRequest(vault_id, asset_id, atoms) for asset_id, atoms in sums.items())],
        at=timezone.now(),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--orders", type=int, default=6_000, help="per turn")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--spend", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.spend:
        spend()
        return
    figures = run(orders=options.orders, rounds=options.rounds)
    print(f"{figures['orders_per_second']:,} orders/s alone, {figures['contended_orders_per_second']:,} beside another "
          f"writer ({figures['ratio']:.2f}): {figures['reruns']} reruns in {figures['contended_batches']} batches, "
          f"{figures['other_writes']} other writes")  # fmt: skip
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
