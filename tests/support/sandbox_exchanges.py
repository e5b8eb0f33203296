"""The sandbox's exchanges for tests, and plain ccxt clients that are led there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wallet.venues.exchanges.ccxt_habits import rebased
from wallet.venues.sandbox.far_end import FarEnd
from wallet.venues.sandbox.keys import Key
from wallet.venues.sandbox.running import RunningFarEnd

EIGHT = ("binance", "coinbase", "kraken", "bitfinex", "htx", "kucoin", "bybit", "okx")
SEED = "test"


@contextmanager
def running_far_end() -> Iterator[RunningFarEnd]:
    with RunningFarEnd(FarEnd(SEED)) as running:
        yield running


def plain_client(module: Any, ccxt_id: str, running: RunningFarEnd, key: Key | None, **options: Any) -> Any:
    """A client of `ccxt` or `ccxt.async_support` as anybody would make it, but for its base URLs."""
    keys = {"apiKey": key.api_key, "secret": key.api_secret, "password": key.passphrase} if key else {}
    made = getattr(module, ccxt_id)({**keys, "enableRateLimit": False, "timeout": 5_000, **options})
    made.urls["api"] = rebased(made.urls["api"], f"{running.url}/{ccxt_id}")
    return made
