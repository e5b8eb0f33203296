"""How late a thousand clients learn what happened, over the 100 ms book stream of a market that trades.

The real matching worker (Celery), the real streams process (daphne), PostgreSQL and Redis, and the load generator, all
on this machine. The market changes fifty times a second through real commands. Every client checks that the update ids
of its messages join. The delay of a message is its arrival less the engine's time of its newest change; that of the
oldest change in it is reported beside it.
"""

import argparse
import contextlib
import json
import random
import subprocess
import sys
import threading
import time
from decimal import Decimal
from typing import Any

import bench.setup  # noqa: F401

# isort: split

from django.db import connection

from bench.exchange import machine, open_accounts, open_market
from bench.streams_processes import matching_and_streams
from exchange.exact_decimals import install_decimal_context
from matching.engine.types import OrderType, Side, TimeInForce
from matching.errors import OrderNotOpen
from matching.models import Outcome
from matching.services import OrderRequest, cancel_order, place_order

CHANGES_PER_SECOND = 50
RESTING_ORDERS = 400
"""What is kept in the book; beyond it the oldest order is cancelled."""


class LivelyMarket:
    """Places and cancels orders at a fixed pace, in a thread of its own."""

    def __init__(self, symbol: str, account_ids: list[int], *, per_second: int) -> None:
        self._symbol = symbol
        self._account_ids = account_ids
        self._per_second = per_second
        self._rng = random.Random(1)
        self._resting: list[tuple[int, int]] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="market")
        self.commands = 0

    def __enter__(self) -> "LivelyMarket":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        install_decimal_context()
        next_at = time.monotonic()
        while not self._stopping.wait(max(0.0, next_at - time.monotonic())):
            next_at += 1 / self._per_second
            self._change()
            self.commands += 1
        connection.close()

    def _change(self) -> None:
        rng = self._rng
        if len(self._resting) > RESTING_ORDERS:
            account_id, order_id = self._resting.pop(rng.randrange(len(self._resting)))
            # An order that was filled meanwhile is no change: then a new one is placed.
            with contextlib.suppress(OrderNotOpen):
                cancel_order(account_id=account_id, order_id=order_id, wait=False)
                return
        side = rng.choice((Side.BUY, Side.SELL))
        account_id = rng.choice(self._account_ids)
        cents = round(50_000 + rng.gauss(-60 if side is Side.BUY else 60, 40))
        request = OrderRequest(
            symbol=self._symbol,
            side=side,
            order_type=OrderType.LIMIT,
            time_in_force=TimeInForce.GTC,
            price=Decimal(cents).scaleb(-2),
            quantity=Decimal(rng.randint(1, 500)).scaleb(-3),
        )
        receipt = place_order(account_id=account_id, request=request, wait=False)
        self._resting.append((account_id, receipt.order_id))


def run(*, clients: int = 1_000, seconds: float = 20.0) -> dict[str, Any]:
    """Let so many clients listen for so long."""
    market = open_market()
    account_ids = open_accounts(market, 20)
    with (
        matching_and_streams() as port,
        LivelyMarket(market.symbol, account_ids, per_second=CHANGES_PER_SECOND) as lively,
    ):
        load = [sys.executable, "-c", "from bench.streams_load import main; main()"]
        load += ["--port", str(port), "--symbol", market.symbol]
        load += ["--clients", str(clients), "--seconds", str(seconds)]
        started, commands = time.monotonic(), lively.commands
        answer = subprocess.run(load, check=True, stdout=subprocess.PIPE, text=True)
        commands_per_second = (lively.commands - commands) / (time.monotonic() - started)
    return {
        **json.loads(answer.stdout),
        "commands_per_second": round(commands_per_second, 1),
        "applied": Outcome.objects.count(),
        **machine(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--clients", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=20.0, help="of the measurement")
    options = parser.parse_args()
    figures = run(clients=options.clients, seconds=options.seconds)
    print(f"{figures['clients']:,} clients, {figures['messages_per_second']:,} messages/s, one to each every "
          f"{figures['interval_ms']} ms; {figures['gaps']} gaps")  # fmt: skip
    print(f"delay of the newest change: p50 {figures['p50_ms']} ms, p99 {figures['p99_ms']} ms; "
          f"of the oldest in a message: p99 at most {figures['p99_oldest_ms']} ms")  # fmt: skip
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
