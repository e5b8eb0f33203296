"""An exchange that says what a test tells it to, in place of real clients; each key has an account of its own there."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

import pytest
from django.utils import timezone

from accounts.models import User
from wallet.venues.core.fetched import (
    ConnectionReport,
    Credentials,
    FetchedAddress,
    FetchedAddresses,
    FetchedCurrency,
    FetchedNetwork,
    KeyPermissions,
)
from wallet.venues.errors import ExchangeApiError, ExchangeCredentialsInvalid
from wallet.venues.models import ExchangeAccount, SupportedExchange
from wallet.venues.origin import Origin
from wallet.venues.services import asking
from wallet.venues.services.accounts import connect_account

KEY, SECRET, PASSPHRASE = "key-of-somebody-0001", "secret-of-somebody-0001", "passphrase-of-somebody"
BTC = ("1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX")
EVM = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
)
TRON = ("TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")
EVERYTHING = {
    "BTC": {"name": "Bitcoin", "networks": {"BTC": {"deposit": True}}},
    "ETH": {"name": "Ether", "networks": {"ERC20": {"deposit": True}}},
    "USDT": {"name": "Tether", "networks": {"ERC20": {"deposit": True}, "TRC20": {"deposit": True}}},
    "XRP": {"name": "XRP", "networks": {"XRP": {"deposit": True}}},
}


class ToldVenue:
    """What it gives, and what it was asked."""

    def __init__(self) -> None:
        self.given: dict[str, dict[tuple[str, str], list[tuple[str, str]]]] = defaultdict(dict)
        """Key to (currency, network) to addresses and tags."""
        self.errors: dict[tuple[str, str], ExchangeApiError] = {}
        """(Currency, network), (currency, "") or ("", "") to what is refused."""
        self.permissions = KeyPermissions(True, False, None)
        self.asked: list[tuple[str, str, tuple[str, ...]]] = []
        """Key, currency and networks."""
        self.owners: set[int] = set()
        self.asked_for_currencies = 0
        self.seconds = 0.0
        """For which every question is thought about."""
        self.most_at_once = 0
        self.hook: Any = None
        """Called with the currency before an answer."""
        self._at_once = 0
        self._lock = threading.Lock()

    def gives(self, currency: str, network: str, *addresses: str | tuple[str, str], key: str = KEY) -> None:
        """These and no others, from now on."""
        self.given[key][currency, network] = [one if isinstance(one, tuple) else (one, "") for one in addresses]

    def open(self, *, exchange: SupportedExchange, credentials: Credentials, owner_id: int, **_: Any) -> "ToldClient":
        self.owners.add(owner_id)
        return ToldClient(self, exchange.pk, credentials)

    async def think(self) -> None:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(self.seconds)
        with self._lock:
            self._at_once -= 1


class ToldClient:
    def __init__(self, venue: ToldVenue, exchange: str, credentials: Credentials) -> None:
        self._venue, self._exchange, self._credentials = venue, exchange, credentials

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def test(self) -> ConnectionReport:
        await self._venue.think()
        self._refuse("", "")
        return ConnectionReport(self._venue.permissions, latency_ms=12, server_skew_ms=3)

    async def currencies(self) -> dict[str, FetchedCurrency]:
        await self._venue.think()
        self._refuse("", "")
        self._venue.asked_for_currencies += 1
        networks: dict[str, list[FetchedNetwork]] = defaultdict(list)
        for currency, network in self._venue.given[self._credentials.api_key]:
            networks[currency].append(FetchedNetwork(network, network, can_deposit=True))
        return {code: FetchedCurrency(code, code, tuple(each)) for code, each in networks.items()}

    async def deposit_addresses(self, currency: str, networks: Sequence[str] = ()) -> FetchedAddresses:
        key = self._credentials.api_key
        self._venue.asked.append((key, currency, tuple(networks)))
        await self._venue.think()
        if self._venue.hook is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._venue.hook, currency)
        self._refuse("", "")
        self._refuse(currency, "")
        failed, found = {}, []
        for (of, network), addresses in self._venue.given[key].items():
            if of != currency or (networks and network not in networks):
                continue
            if (currency, network) not in self._venue.errors:
                found += [
                    FetchedAddress(currency, network, address, tag, is_format_checked=True)
                    for address, tag in addresses
                ]
        for of, network in self._venue.errors:
            if of == currency and network and (not networks or network in networks):
                failed[network] = self._venue.errors[currency, network]
        return FetchedAddresses(tuple(found), failed)

    def _refuse(self, currency: str, network: str) -> None:
        if self._credentials.api_secret == "wrong-secret-0123456789":
            raise ExchangeCredentialsInvalid.at(self._exchange)
        if (currency, network) in self._venue.errors:
            raise self._venue.errors[currency, network]


@contextmanager
def told_venue() -> Iterator[ToldVenue]:
    """In place of all clients."""
    venue = ToldVenue()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "open_client", venue.open)
        yield venue


def an_exchange(exchange_id: str = "toldex") -> SupportedExchange:
    """One that can be connected."""
    exchange, _ = SupportedExchange.objects.update_or_create(
        pk=exchange_id,
        defaults={
            "name": exchange_id.title(),
            "ccxt_id": exchange_id,
            "has_addresses": True,
            "has_futures": True,
            "has_sandbox": True,
            "currencies": EVERYTHING,
            "currencies_at": timezone.now(),
        },
    )
    return exchange


def connected(
    user: User, *, name: str = "Main", exchange: str = "toldex", key: str = KEY, **fields: Any
) -> ExchangeAccount:
    """An account of the user."""
    an_exchange(exchange)
    return connect_account(
        user=user,
        origin=Origin(user, "203.0.113.9", "tests"),
        exchange_id=exchange,
        name=name,
        credentials=Credentials(key, SECRET, PASSPHRASE),
        **fields,
    )
