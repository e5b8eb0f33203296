"""One full sync of one exchange account, as the task runs it, against a far end that takes its time."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import bench.setup  # noqa: F401

# isort: split

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from bench.processes import stop, wait_until_healthy
from exchange.embedded.ports import free_port
from wallet.venues.models import (
    AddressSyncLog,
    DepositAddress,
    ExchangeAccount,
    SupportedExchange,
    SyncTrigger,
    SyncType,
)
from wallet.venues.sandbox.demo import demo_credentials
from wallet.venues.sandbox.listing import CURRENCIES
from wallet.venues.services.running import run_sync


@dataclass(frozen=True, slots=True)
class TimedSync:
    """How long it took, and what came of it."""

    seconds: float
    currencies: int
    addresses: int
    status: str


def time_sync(*, user: User, currencies: int, latency_ms: int, exchange_id: str) -> TimedSync:
    """The far end is a process of its own on this machine and ends with the measurement."""
    known = demo_credentials(exchange_id)
    assert known is not None
    codes = sorted(CURRENCIES)[:currencies]
    exchange = SupportedExchange.objects.get(pk=exchange_id)
    exchange.currencies = {
        code: {
            "name": CURRENCIES[code].name,
            "networks": {name: {"deposit": True} for name in CURRENCIES[code].networks},
        }
        for code in codes
    }
    exchange.currencies_at = timezone.now()
    exchange.save()
    account = ExchangeAccount.objects.create(
        user=user,
        exchange=exchange,
        name=f"synced at {exchange_id}",
        api_key=known.api_key,
        api_secret=known.api_secret,
        passphrase=known.passphrase,
        key_hint="…",
        keys_changed_at=timezone.now(),
        is_sandbox=True,
    )
    sync = AddressSyncLog.objects.create(
        account=account, type=SyncType.FULL, trigger=SyncTrigger.USER, started_at=timezone.now()
    )
    with _far_end(latency_ms) as url:
        before, settings.VENUE_SANDBOX_URL = settings.VENUE_SANDBOX_URL, url
        try:
            started = time.perf_counter()
            run_sync(sync_id=sync.pk)
            seconds = time.perf_counter() - started
        finally:
            settings.VENUE_SANDBOX_URL = before
    sync.refresh_from_db()
    return TimedSync(
        seconds=round(seconds, 1),
        currencies=sync.total,
        addresses=DepositAddress.objects.filter(account=account).count(),
        status=sync.status,
    )


@contextlib.contextmanager
def _far_end(latency_ms: int) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "wallet.venues.sandbox", "--port", str(port), "--latency-ms", str(latency_ms)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(f"{url}/health")
        yield url
    finally:
        stop([process])
