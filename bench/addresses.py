"""What it costs to read deposit addresses among 100,000, and to sync an account's 100 currencies.

One user has 10,000 addresses at eight exchanges, 900 others have 100 each. Pages of 50 anywhere in the long list, with
and without filters, and single addresses are asked for in the database (the selector, with labels, lists and warnings)
and over HTTP with signatures, in the real web process, fifty a second of each. Then how many such requests a second one
user gets through, and whether indexes serve them. A full sync of 100 currencies runs as its task does, with real ccxt
clients, against a local far end that takes 200 ms for each answer.
"""

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench.address_load import (
    known_of,
    listing_path,
    look_up,
    look_up_path,
    mixed_path,
    percentile,
    questions,
    time_listing,
    time_look_ups,
)
from bench.address_plans import plans_of
from bench.address_rows import make_addresses
from bench.address_sync import time_sync
from bench.exchange import machine, open_accounts, open_market
from bench.http_load import Client, run_load
from bench.processes import matching_and

# isort: split

import random
from concurrent.futures import ThreadPoolExecutor

from django.db import connection as default

from accounts.models import User
from accounts.services import create_api_key
from exchange.embedded.ports import free_port
from exchange.embedded.programs import WEB_THREADS

KEYS = 10
"""Of the one user: a signature is good once, and two equal requests of a millisecond would have the same."""
CONNECTIONS = 16
WANTED_PER_SECOND = 100
SYNCED_AT = ("binance", "coinbase")
"""Where limits and clients leave time; Kraken and Bitfinex let themselves be asked a few times a minute only."""
NO_LIMIT = "10000000/second"
STARTED_SECONDS = 15.0
"""After which a web process has loaded all it loads behind its start, and does nothing but answer."""


def run(
    *,
    of_many: int = 10_000,
    others: int = 900,
    of_each_other: int = 100,
    times: int = 2_000,
    seconds: float = 8.0,
    currencies: int = 100,
    latency_ms: int = 200,
) -> dict[str, Any]:
    """Returns the figures; milliseconds where the name says so."""
    open_accounts(open_market(), others + 1)
    population = make_addresses(list(User.objects.order_by("pk")), of_many=of_many, of_each_other=of_each_other)
    _as_owner("VACUUM (ANALYZE) venues_depositaddress; VACUUM (ANALYZE) venues_addressmark")
    known = known_of(population)
    rng = random.Random(5)
    plans = plans_of(questions(known, rng) | {"look-up": look_up(known, rng)})
    listing, look_ups = time_listing(known, times=times), time_look_ups(known, times=times)
    keys = [create_api_key(user=population.many, label=f"bench {n}", scopes=["read"]) for n in range(KEYS)]
    clients = [Client(new.api_key.key, new.secret) for new in keys]
    with _processes() as port:
        load: dict[str, Any] = {"port": port, "clients": clients, "connections": CONNECTIONS}
        run_load(path=mixed_path(known), seconds=1, **load)
        rate: dict[str, Any] = {"per_second": WANTED_PER_SECOND / 2, "seconds": seconds}
        with ThreadPoolExecutor(2) as threads:
            measured = [
                threads.submit(run_load, path=path, seed=seed, **rate, **(load | {"clients": clients[seed::2]}))
                for seed, path in enumerate((listing_path(known), look_up_path(known)))
            ]
            pages, single = (one.result() for one in measured)
        most = run_load(path=mixed_path(known), seconds=seconds, seed=3, **load)
    syncs = {
        exchange_id: time_sync(
            user=population.others[-1], currencies=currencies, latency_ms=latency_ms, exchange_id=exchange_id
        )
        for exchange_id in SYNCED_AT
    }
    sync = syncs[SYNCED_AT[0]]
    return {
        "list_p99_ms": round(pages.percentile_ms(0.99), 1),
        "lookup_p99_ms": round(single.percentile_ms(0.99), 1),
        "requests_per_second": round(most.per_second),
        "sync_seconds": sync.seconds,
        "list_database_p99_ms": percentile(listing, 0.99),
        "lookup_database_p99_ms": percentile(look_ups, 0.99),
        "list_p50_ms": round(pages.percentile_ms(0.5), 1),
        "lookup_p50_ms": round(single.percentile_ms(0.5), 1),
        "list_database_p50_ms": percentile(listing, 0.5),
        "latency_measured_at_per_second": WANTED_PER_SECOND,
        "addresses": population.total,
        "of_one_user": population.of_many,
        "synced_currencies": sync.currencies,
        "synced_addresses": sync.addresses,
        "sync_status": sync.status,
        "sync_seconds_by_exchange": {exchange_id: one.seconds for exchange_id, one in syncs.items()},
        "far_end_latency_ms": latency_ms,
        "plans": plans,
        "indexed": not any(plan["reads_whole_table"] for plan in plans.values()),
        "statuses": [result.statuses for result in (pages, single, most)],
        "failures": [failure for result in (pages, single, most) for failure in result.failures][:5],
        "web_threads": WEB_THREADS,
        **machine(),
    }


@contextlib.contextmanager
def _processes() -> Iterator[int]:
    """The web process, and the matching worker without which it is not healthy; yields the port."""
    port = free_port()
    environment = {f"RATE_LIMIT_READS_PER_{who}": NO_LIMIT for who in ("KEY", "ADDRESS")}
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    web += ["--workers", "1", "--blocking-threads", str(WEB_THREADS), "--no-ws", "exchange.wsgi:application"]
    with matching_and(web, health_url=f"http://127.0.0.1:{port}/api/v1/health", environment=environment):
        time.sleep(STARTED_SECONDS)
        yield port


def _as_owner(statements: str) -> None:
    """Run statements as who owns the tables; without such a login, leave them to the database itself."""
    url = os.environ.get("DATABASE_OWNER_URL")
    if not url:
        return
    import psycopg

    with psycopg.connect(url, dbname=default.settings_dict["NAME"], autocommit=True) as connection:
        for statement in statements.split("; "):
            connection.execute(statement.encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each measurement over HTTP")
    options = parser.parse_args()
    figures = run(seconds=options.seconds)
    print(f"{figures['addresses']:,} addresses, {figures['of_one_user']:,} of one user; p99 of a page of 50: "
          f"{figures['list_p99_ms']} ms over HTTP, {figures['list_database_p99_ms']} ms in the database; "
          f"of one address: {figures['lookup_p99_ms']} ms and {figures['lookup_database_p99_ms']} ms")  # fmt: skip
    print(f"{figures['requests_per_second']:,} requests/s for one user; "
          f"a full sync of {figures['synced_currencies']} currencies in {figures['sync_seconds']} s, "
          f"each answer after {figures['far_end_latency_ms']} ms")  # fmt: skip
    for name, plan in figures["plans"].items():
        print(f"  {name}: {plan['ms']} ms, {', '.join(plan['indexes']) or 'no index'}")
    for failure in figures["failures"]:
        print("  ", failure)
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
