"""The sandbox's exchanges for tests, and plain ccxt clients that are led there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
from django.conf import settings

from wallet.ccxt_habits import rebased
from wallet.venues.sandbox.far_end import FarEnd
from wallet.venues.sandbox.keys import Key
from wallet.venues.sandbox.running import RunningFarEnd

EIGHT = ("binance", "coinbase", "kraken", "bitfinex", "htx", "kucoin", "bybit", "okx")
SEED = "test"
PATIENT_MS = 60_000
"""Of a plain client: the far end answers at once, but the machine may stand still."""
ADDRESS_PATHS = {
    "binance": "capital/deposit/address", "coinbase": "/addresses", "kraken": "DepositAddresses",
    "bitfinex": "deposit/address", "htx": "deposit/address", "kucoin": "deposit-addresses",
    "bybit": "query-address", "okx": "deposit-address",
}  # fmt: skip
"""Of each exchange's request for an address."""


@contextmanager
def running_far_end() -> Iterator[RunningFarEnd]:
    with RunningFarEnd(FarEnd(SEED)) as running:
        yield running


def plain_client(module: Any, ccxt_id: str, running: RunningFarEnd, key: Key | None, **options: Any) -> Any:
    """A client of `ccxt` or `ccxt.async_support` as anybody would make it, but for its base URLs."""
    keys = {"apiKey": key.api_key, "secret": key.api_secret, "password": key.passphrase} if key else {}
    made = getattr(module, ccxt_id)({**keys, "enableRateLimit": False, "timeout": PATIENT_MS, **options})
    made.urls["api"] = rebased(made.urls["api"], f"{running.url}/{ccxt_id}")
    return made


def forget(pattern: str = "*") -> None:
    """What Redis knows of limits and circuits; what exchanges said of their currencies stays, as within a day."""
    connection = redis.Redis.from_url(settings.REDIS_URL)
    for name in connection.scan_iter(match=pattern):
        if b"venue-currencies" not in name:
            connection.delete(name)
    connection.close()


def true_addresses(running: RunningFarEnd, key: Key, currency: str) -> dict[str, tuple[str, str]]:
    """Network → address and tag, as the far end has them."""
    places = running.far_end.deposits.every(key, currency)
    listed = running.far_end.exchanges[key.exchange].networks_of(places[0].currency)
    return {place.network: (place.address, place.tag) for place in places if place.network in listed}


def address_requests(running: RunningFarEnd, key: Key) -> int:
    """How often addresses were asked for with a key, so far."""
    calls = running.far_end.calls_of(key.exchange, ADDRESS_PATHS[key.exchange])
    return sum(one.api_key == key.api_key for one in calls)
