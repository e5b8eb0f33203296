"""What has to be done around ccxt wherever it is used, if its numbers and its ways are not to become ours.

ccxt changes the decimal context it runs in and rounds on purpose, so each call gets a context of its own. It takes its
currencies for loaded only where there is a market. And its URLs are moved to another far end host and all.
"""

import decimal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

NO_MARKET: Final = {
    "id": "none", "symbol": "NONE/NONE", "base": "NONE", "quote": "NONE", "spot": True, "type": "spot", "active": False,
}  # fmt: skip
"""ccxt takes its currencies for loaded only where there is a market."""


def decimals_for_ccxt() -> decimal.Context:
    """A context that ccxt may change as it likes."""
    return decimal.Context(prec=60, traps=[decimal.InvalidOperation, decimal.DivisionByZero])


@contextmanager
def own_decimals() -> Iterator[None]:
    """For calls that block: within a coroutine others would run in this context at each await."""
    with decimal.localcontext(decimals_for_ccxt()):
        yield


def rebased(urls: Any, base_url: str) -> Any:
    """ccxt's `urls["api"]`, whatever its shape, at another far end."""
    if isinstance(urls, dict):
        return {name: rebased(url, base_url) for name, url in urls.items()}
    base, parts = urlsplit(base_url), urlsplit(str(urls))
    return urlunsplit((base.scheme, base.netloc, base.path.rstrip("/") + parts.path, "", ""))
