"""How many deposits a second the balance processor credits, everything durable and checked.

A fresh database, 1,000 users, a log that already holds all operations (their insertion is timed apart). The processor
applies them in batches of at most 4,000 and commits deposits, outcomes, journal entries with the zero-sum trigger and
the hash chain, balances, numbered user events, mails and the chain of operations. Then the same number of deposits for
one single user. Then the whole file comes again, once as it was and once under other request ids: nothing of it may be
credited.
"""

import argparse
import json
import statistics
import time
from decimal import Decimal
from typing import Any

from bench.exchange import machine, open_accounts, open_market, totals

# isort: split

from django.db.models import Sum

from ledger.models import AccountKind, Balance
from ledger.verification import verify_ledger
from wallet.core.operations import Deposit, Message
from wallet.models import Deposit as DepositRow
from wallet.models import OperationOutcome, Rail, RailKind
from wallet.processor.processor import BATCH_LIMIT, BalanceProcessor
from wallet.processor.refusals import DUPLICATE_DEPOSIT
from wallet.services.operations import request_operations
from wallet.verification import CHECKS

RAIL = "bench"
ORIGIN = f"rail:{RAIL}"


def run(*, deposits: int = 20_000, accounts: int = 1_000) -> dict[str, Any]:
    """Returns the figures; `deposits` for many users, and as many for one."""
    market = open_market()
    account_ids = open_accounts(market, accounts)
    Rail.objects.create(code=RAIL, name="benchmark", kind=RailKind.PROCESSOR)
    before = totals()
    processor = BalanceProcessor()
    processor.batch_sizes = []
    asset = market.base.symbol
    many = deposit_file("many", asset, [account_ids[n % accounts] for n in range(deposits)])
    one = deposit_file("one", asset, [account_ids[0]] * deposits)

    insert_seconds = _timed(lambda: request_operations(origin=ORIGIN, messages=many))
    seconds = _timed(lambda: drain(processor))
    batches = processor.batch_sizes
    request_operations(origin=ORIGIN, messages=one)
    one_user_seconds = _timed(lambda: drain(processor))
    credited = credited_in_all()

    request_operations(origin=ORIGIN, messages=[*many, *one])
    applied_again = drain(processor)
    request_operations(origin="rail:repeat", messages=[*many, *one])
    repeat_seconds = _timed(lambda: drain(processor))
    duplicates_credited = (credited_in_all() - credited) / Decimal(1)

    findings = verify_ledger(extra_checks=CHECKS).findings
    return {
        "deposits_per_second": round(deposits / seconds),
        "one_user_deposits_per_second": round(deposits / one_user_seconds),
        "repeats_per_second": round(2 * deposits / repeat_seconds),
        "insertions_per_second": round(deposits / insert_seconds),
        "deposits": 2 * deposits,
        "users": accounts,
        "mean_batch": round(statistics.mean(batches)),
        "duplicates_credited": int(duplicates_credited) + applied_again,
        "duplicates_refused": OperationOutcome.objects.filter(code=DUPLICATE_DEPOSIT).count(),
        "conserved": totals() == before and not findings and credited == DepositRow.objects.count(),
        "findings": findings,
        **machine(),
    }


def deposit_file(name: str, asset: str, account_ids: list[int]) -> list[Message]:
    """One deposit of one unit for each of these accounts, each of a transaction of its own."""
    return [
        Deposit(
            request_id=f"{name}:{number}",
            asset=asset,
            amount=Decimal(1),
            account_id=account_id,
            rail=RAIL,
            external_tx_id=f"{name}{number:062x}",
            confirmations=6,
        )
        for number, account_id in enumerate(account_ids)
    ]


def drain(processor: BalanceProcessor) -> int:
    """Apply everything that is pending; returns how many operations that was."""
    applied = 0
    while done := processor.run_once():
        applied += done
    return applied


def credited_in_all() -> Decimal:
    """What stands against all deposits on the rail's custody account."""
    incoming = Balance.objects.filter(account__kind=AccountKind.CUSTODY, account__purpose=f"{RAIL}:incoming")
    return -(incoming.aggregate(total=Sum("available"))["total"] or Decimal(0))


def _timed(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--deposits", type=int, default=20_000)
    options = parser.parse_args()
    figures = run(deposits=options.deposits)
    print(f"{figures['deposits_per_second']:,} deposits/s for {figures['users']:,} users, "
          f"{figures['one_user_deposits_per_second']:,} for one, in batches of {figures['mean_batch']:,} "
          f"(up to {BATCH_LIMIT:,}); {figures['insertions_per_second']:,}/s inserted before; "
          f"{figures['duplicates_credited']} of {figures['duplicates_refused']:,} repeats credited")  # fmt: skip
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
