"""How many signed orders a second go through HTTP and come back with their result.

The real web process (granian, WSGI, its threads), the real matching worker (Celery), PostgreSQL and Redis,
and the load generator, all on this machine. In the same run, in turn with the orders, a bare view of the same process
is measured: same middleware, signature check, rate limit and connections, one INSERT. Then the latency at a tenth of
the rate the orders reached.
"""

import argparse
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import bench.setup  # noqa: F401

# isort: split

from accounts.models import User
from accounts.services import create_api_key
from bench.exchange import machine, open_accounts, open_market, totals
from bench.http_load import Client, LoadResult, run_load
from bench.http_server import BARE_PATH
from bench.processes import matching_and
from exchange.embedded.ports import free_port
from exchange.embedded.programs import WEB_THREADS
from ledger.verification import verify_ledger
from matching.models import Trade
from matching.verification import CHECKS

ORDERS_PATH = "/api/v1/orders"
CONNECTIONS = 48
NO_LIMIT = "10000000/second"


def run(*, seconds: float = 4.0, rounds: int = 3, users: int = 48) -> dict[str, Any]:
    """Each round measures the bare view and the orders for so long; the medians of the rounds are reported."""
    _as_owner("from bench.http_server import make_table; make_table()")
    market = open_market()
    open_accounts(market, users)
    clients = [
        Client(new.api_key.key, new.secret)
        for new in (create_api_key(user=user, label="bench", scopes=["read", "trade"]) for user in User.objects.all())
    ]
    before = totals()

    def order(rng: random.Random) -> bytes:
        return _order(rng, market.symbol)

    with _processes() as port:
        load: dict[str, Any] = {"port": port, "clients": clients, "body": order, "connections": CONNECTIONS}
        run_load(path=BARE_PATH, seconds=1, **load)
        run_load(path=ORDERS_PATH, seconds=2, **load)
        bare: list[LoadResult] = []
        orders: list[LoadResult] = []
        for number in range(rounds):
            bare.append(run_load(path=BARE_PATH, seconds=seconds, seed=number, **load))
            orders.append(run_load(path=ORDERS_PATH, seconds=seconds, seed=100 + number, **load))
        orders_per_second = statistics.median(result.per_second for result in orders)
        bare_per_second = statistics.median(result.per_second for result in bare)
        calm = run_load(path=ORDERS_PATH, seconds=2 * seconds, per_second=orders_per_second / 10, seed=7, **load)
    findings = verify_ledger(extra_checks=CHECKS).findings
    return {
        "orders_per_second": round(orders_per_second),
        "bare_insert_per_second": round(bare_per_second),
        "ratio": round(statistics.median(o.per_second / b.per_second for o, b in zip(orders, bare, strict=True)), 2),
        "p50_ms": round(calm.percentile_ms(0.50), 1),
        "p99_ms": round(calm.percentile_ms(0.99), 1),
        "latency_measured_at_per_second": round(orders_per_second / 10),
        "conserved": totals() == before and not findings,
        "trades": Trade.objects.count(),
        "connections": CONNECTIONS,
        "web_threads": WEB_THREADS,
        "statuses": [result.statuses for result in orders],
        "failures": [failure for result in (*orders, *bare, calm) for failure in result.failures][:5],
        "findings": findings,
        **machine(),
    }


def _order(rng: random.Random, symbol: str) -> bytes:
    """80 % limit orders around 500, most of which rest, and 20 % market orders."""
    side = rng.choice(("BUY", "SELL"))
    quantity = f"{rng.randint(1, 100) / 1000:.3f}"
    if rng.random() < 0.2:
        return json.dumps({"symbol": symbol, "side": side, "type": "MARKET", "quantity": quantity}).encode()
    price = f"{500 + rng.gauss(0.5 if side == 'SELL' else -0.5, 0.4):.2f}"
    return json.dumps({"symbol": symbol, "side": side, "type": "LIMIT", "price": price, "quantity": quantity}).encode()


@contextlib.contextmanager
def _processes() -> Iterator[int]:
    """The web process and the matching worker; yields the port."""
    port = free_port()
    environment = {
        f"RATE_LIMIT_{kind}_PER_{who}": NO_LIMIT for kind in ("ORDERS", "READS") for who in ("KEY", "ADDRESS")
    }
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    web += ["--workers", "1", "--blocking-threads", str(WEB_THREADS), "--no-ws", "bench.http_server:application"]
    with matching_and(web, health_url=f"http://127.0.0.1:{port}/api/v1/health", environment=environment):
        yield port


def _as_owner(code: str) -> None:
    setup = "import os, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'exchange.settings'); django.setup(); "
    environment = os.environ | {"DATABASE_URL": os.environ["DATABASE_OWNER_URL"]}
    subprocess.run([sys.executable, "-c", setup + code], check=True, env=environment)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    options = parser.parse_args()
    figures = run(seconds=options.seconds)
    print(f"{figures['orders_per_second']:,} orders/s with their results over {CONNECTIONS} connections; "
          f"the bare view {figures['bare_insert_per_second']:,}/s (ratio {figures['ratio']})")  # fmt: skip
    print(f"at {figures['latency_measured_at_per_second']:,} orders/s: "
          f"p50 {figures['p50_ms']} ms, p99 {figures['p99_ms']} ms")  # fmt: skip
    for failure in figures["failures"]:
        print("  ", failure)
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
