"""Asking an exchange in the name of one account. Never inside of a database transaction: it may take seconds.

Every question has a client of its own that knows one account's keys and nothing else. `ask` is for those who wait for
one answer; a sync, which asks many, opens its client itself (`wallet.venues.services.sync_asking`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from django.db import transaction

from kernel.errors import BourseError
from wallet.venues.core.fetched import ConnectionReport, Credentials, FetchedAddresses, FetchedCurrency
from wallet.venues.errors import ExchangeApiError, ExchangeTimeout
from wallet.venues.exchanges.client import CURRENCY_SECONDS, TEST_SECONDS
from wallet.venues.exchanges.opening import open_client
from wallet.venues.exchanges.protocol import VenueClient
from wallet.venues.metrics import note_failure
from wallet.venues.models import AccountKind, ExchangeAccount

CATALOGUE_SECONDS = 60.0
"""For all currencies, where nobody waits."""
MARGIN_SECONDS = 0.2

Answer = TypeVar("Answer")


def client_of(account: ExchangeAccount, *, time_limit: float | None = None) -> VenueClient:
    """A client with the account's keys, which are read from the row given. Raises ExchangeApiError."""
    return open_client(
        exchange=account.exchange,
        credentials=Credentials(account.api_key, account.api_secret, account.passphrase),
        kind=AccountKind(account.kind),
        is_sandbox=account.is_sandbox,
        owner_id=account.user_id,
        time_limit=time_limit,
    )


def probe_connection(account: ExchangeAccount) -> ConnectionReport:
    """Within 5 seconds. Raises ExchangeApiError or a subclass."""
    return _ask(account, lambda client: client.test(), seconds=TEST_SECONDS)


def fetch_addresses(account: ExchangeAccount, *, currency: str, network: str) -> FetchedAddresses:
    """One currency's addresses on one network, within 2 seconds. Raises ExchangeApiError or a subclass."""
    fetched = _ask(
        account,
        lambda client: client.deposit_addresses(currency, [network]),
        seconds=CURRENCY_SECONDS,
        currency=currency,
    )
    for error in fetched.failed.values():
        note_failure(account.exchange_id, error.code)
    return fetched


def fetch_currencies(account: ExchangeAccount) -> dict[str, FetchedCurrency]:
    """What the exchange tells this account of its currencies. Raises ExchangeApiError or a subclass."""
    return _ask(account, lambda client: client.currencies(), seconds=CATALOGUE_SECONDS)


def unusable(account: ExchangeAccount, error: Exception, *, currency: str = "") -> ExchangeApiError:
    """An error of the client as one that may be shown; what is none of ours says nothing but its class."""
    if isinstance(error, ExchangeApiError):
        return error
    if isinstance(error, TimeoutError):
        return ExchangeTimeout.at(account.exchange_id, currency=currency)
    name = "" if isinstance(error, BourseError) else type(error).__name__
    return ExchangeApiError.at(account.exchange_id, currency=currency, exchange_error=name)


def _ask(
    account: ExchangeAccount,
    question: Callable[[VenueClient], Awaitable[Answer]],
    *,
    seconds: float,
    currency: str = "",
) -> Answer:
    with transaction.atomic(durable=True):
        """Fails inside of a database transaction: its locks would be held for as long as the exchange takes."""

    async def run() -> Answer:
        # Before the clock starts: the first client of a process loads ccxt, which is nothing the exchange takes.
        opened = client_of(account, time_limit=seconds)
        async with asyncio.timeout(seconds), opened as client:
            return await question(client)

    try:
        return asyncio.run(run())
    except Exception as error:
        told = unusable(account, error, currency=currency)
        note_failure(account.exchange_id, told.code)
        # Without the cause: what a library says may repeat keys, and causes end in logs.
        raise told from None
