"""How many durable orders a second go over private sockets and come back with their results.

The real streams process (daphne), the real matching worker (Celery), PostgreSQL and Redis, and the load generator, all
on this machine. First as fast as results come; then the latency at a tenth of that rate. At the end all money must be
where it was, and every check of the books must pass.
"""

import argparse
import json
import statistics
import subprocess
import sys
from typing import Any

import bench.setup  # noqa: F401

# isort: split

from accounts.models import User
from accounts.services import create_api_key
from bench.exchange import machine, open_accounts, open_market, totals
from bench.streams_processes import matching_and_streams
from ledger.verification import verify_ledger
from matching.models import Trade
from matching.verification import CHECKS

SOCKETS = 48
IN_FLIGHT = 4
"""Orders that each socket keeps on their way at full speed."""


def run(*, seconds: float = 5.0, rounds: int = 3, sockets: int = SOCKETS) -> dict[str, Any]:
    """Each round measures for so long; their median is reported."""
    market = open_market()
    open_accounts(market, sockets)
    new_keys = [create_api_key(user=user, label="bench", scopes=["read", "trade"]) for user in User.objects.all()]
    keys = json.dumps([[new.api_key.key, new.secret] for new in new_keys])
    before = totals()
    with matching_and_streams() as port:

        def load(*options: str) -> dict[str, Any]:
            command = [sys.executable, "-c", "from bench.ws_orders_load import main; main()"]
            command += ["--port", str(port), "--symbol", market.symbol, "--in-flight", str(IN_FLIGHT), *options]
            answer = subprocess.run(command, check=True, input=keys, stdout=subprocess.PIPE, text=True)
            figures: dict[str, Any] = json.loads(answer.stdout)
            return figures

        busy = [load("--seconds", str(seconds)) for _ in range(rounds)]
        orders_per_second = statistics.median(figures["orders_per_second"] for figures in busy)
        calm = load("--seconds", str(2 * seconds), "--per-second", str(orders_per_second / 10))
    findings = verify_ledger(extra_checks=CHECKS).findings
    return {
        "orders_per_second": round(orders_per_second),
        "p50_ms": calm["p50_ms"],
        "p99_ms": calm["p99_ms"],
        "latency_measured_at_per_second": round(orders_per_second / 10),
        "busy_p50_ms": statistics.median(figures["p50_ms"] for figures in busy),
        "busy_p99_ms": statistics.median(figures["p99_ms"] for figures in busy),
        "conserved": totals() == before and not findings,
        "trades": Trade.objects.count(),
        "sockets": sockets,
        "in_flight": sockets * IN_FLIGHT,
        "statuses": [figures["statuses"] for figures in (*busy, calm)],
        "unanswered": sum(figures["unanswered"] for figures in (*busy, calm)),
        "failures": [failure for figures in (*busy, calm) for failure in figures["failures"]][:5],
        "findings": findings,
        **machine(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    options = parser.parse_args()
    figures = run(seconds=options.seconds)
    print(f"{figures['orders_per_second']:,} orders/s with their results over {figures['sockets']} sockets, "
          f"p99 {figures['busy_p99_ms']} ms")  # fmt: skip
    print(f"at {figures['latency_measured_at_per_second']:,} orders/s: "
          f"p50 {figures['p50_ms']} ms, p99 {figures['p99_ms']} ms")  # fmt: skip
    for failure in figures["failures"]:
        print("  ", failure)
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
