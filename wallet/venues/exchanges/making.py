"""Makes one ccxt client for one account: nothing of it is shared with any other account, client or event loop."""

import asyncio
import contextvars
import decimal
import gc
import importlib
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from wallet.ccxt_habits import decimals_for_ccxt, rebased
from wallet.venues.core.fetched import Credentials
from wallet.venues.errors import ExchangeFeatureMissing, ExchangeNotSupported
from wallet.venues.exchanges.connection import Connection, is_loopback, origin_of
from wallet.venues.exchanges.profiles import Profile
from wallet.venues.models import AccountKind, SupportedExchange

ATTEMPT_TIMEOUT_MS = 10_000
"""Of one request; what asked for it has a shorter limit in most cases."""
_PACE_SECONDS = 0.01
"""How often ccxt's limiter looks whether the next request's turn has come; a thousand times a second by itself."""


@dataclass(frozen=True, slots=True)
class FarEnd:
    """Where an account is."""

    is_sandbox: bool = False
    base_url: str = ""
    """A local far end of all sandbox accounts; empty: the exchange itself, or the sandbox it has."""

    @property
    def is_local(self) -> bool:
        return self.base_url.startswith("http://")


def far_end_of(exchange: SupportedExchange, *, is_sandbox: bool) -> FarEnd:
    """Raises ExchangeFeatureMissing where there is no sandbox, or one that is neither protected nor local.

    The demo in containers has its sandbox beside it, where no certificate vouches for anybody: its keys open nothing.
    """
    if not is_sandbox:
        return FarEnd()
    if not settings.VENUE_SANDBOX_URL:
        if not exchange.has_sandbox:
            raise ExchangeFeatureMissing.at(exchange.id)
        return FarEnd(is_sandbox=True)
    base_url = f"{settings.VENUE_SANDBOX_URL.rstrip('/')}/{exchange.ccxt_id}"
    host = origin_of(base_url).partition("://")[2].rpartition(":")[0].strip("[]")
    is_near = is_loopback(host) or settings.DEMO
    if not base_url.startswith("https://") and not (base_url.startswith("http://") and is_near):
        raise ExchangeFeatureMissing.at(exchange.id)
    return FarEnd(is_sandbox=True, base_url=base_url)


def ccxt_class(ccxt_id: str) -> Any:
    """The exchange's class, loading ccxt if nobody has. Raises ExchangeNotSupported."""
    module = contextvars.copy_context().run(_load_ccxt)
    if ccxt_id not in module.exchanges:
        raise ExchangeNotSupported
    return getattr(module, ccxt_id)


def load_ahead(*, after_seconds: float = 5.0) -> None:
    """Load ccxt behind the back of a process that has started, so that nobody's first question waits for it."""

    def load() -> None:
        _load_ccxt()
        gc.freeze()

    waiting = threading.Timer(after_seconds, load)
    waiting.daemon = True
    waiting.start()


def _load_ccxt() -> Any:
    decimal.setcontext(decimals_for_ccxt())
    return importlib.import_module("ccxt.async_support")


def make_client(
    exchange: SupportedExchange,
    profile: Profile,
    *,
    credentials: Credentials | None,
    kind: str,
    far_end: FarEnd,
) -> Any:
    """A ccxt client that says nothing to any log. Its session is still to be given, within an event loop."""
    made = ccxt_class(profile.ccxt_id)(
        {
            **_keys(credentials),
            "enableRateLimit": True,
            "number": Decimal,
            "timeout": ATTEMPT_TIMEOUT_MS,
            "timeout_on_exit": 0,
            "logger": _silent(),
            "options": {**profile.options, **({"defaultType": "swap"} if kind == AccountKind.FUTURES else {})},
        }
    )
    units = max(profile.burst_seconds * 1000 / max(made.rateLimit, 1), 1)
    made.tokenBucket = {**made.tokenBucket, "capacity": units, "tokens": units, "delay": _PACE_SECONDS}
    made.init_throttler()
    if far_end.base_url:
        made.urls["api"] = rebased(made.urls["api"], far_end.base_url)
    elif far_end.is_sandbox:
        made.set_sandbox_mode(True)
    # ccxt would give up a whole list for one of its addresses; each is checked, and better, when it is out of ccxt.
    made.check_address = lambda address=None, code=None, tag=None: address
    _know_refusals(made, profile)
    # Without a connection of ours it is to have none: ccxt would make itself one that follows redirects.
    made.own_session = False
    if profile.is_serial:
        _make_nonces_grow(made)
    return made


def connect(made: Any, far_end: FarEnd) -> Connection:
    """The client's own way to its exchange, in the running event loop."""
    urls = (url.replace("{hostname}", made.hostname or "") for url in _leaves(made.urls["api"]))
    connection = Connection(
        {origin_of(url) for url in urls},
        is_local=far_end.is_local,
        trusts_proxies=settings.VENUE_PROXY_FROM_ENVIRONMENT,
    )
    made.session = connection
    made.asyncio_loop = asyncio.get_running_loop()
    made.throttler.loop = made.asyncio_loop
    return connection


def _keys(credentials: Credentials | None) -> dict[str, str]:
    if credentials is None:
        return {}
    keys = {"apiKey": credentials.api_key, "secret": credentials.api_secret}
    return {**keys, "password": credentials.passphrase} if credentials.passphrase else keys


def _silent() -> logging.Logger:
    """ccxt writes each request with its headers to its log; this one is nobody's child and says nothing."""
    silent = logging.Logger("ccxt")
    silent.disabled = True
    return silent


def _know_refusals(made: Any, profile: Profile) -> None:
    kinds = importlib.import_module("ccxt.base.errors")
    own = {words: getattr(kinds, name) for words, name in profile.refusals.items()}
    made.exceptions = {**made.exceptions, "exact": {**made.exceptions.get("exact", {}), **own}}


def _make_nonces_grow(made: Any) -> None:
    """Two requests of one millisecond would carry one number, and the second be refused."""
    ask: Callable[[], float] = made.nonce
    last = 0

    def growing() -> int:
        nonlocal last
        last = max(last + 1, int(ask()))
        return last

    made.nonce = growing


def _leaves(urls: Any) -> Iterator[str]:
    if isinstance(urls, dict):
        for each in urls.values():
            yield from _leaves(each)
    elif isinstance(urls, str):
        yield urls
