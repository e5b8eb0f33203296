"""Exchange accounts and addresses for tests, and a client of their exchange that asks nobody."""

from collections.abc import Sequence
from dataclasses import dataclass, field
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
    KeyPermissions,
)
from wallet.venues.errors import ExchangeApiError
from wallet.venues.models import (
    AccountKind,
    AddressStatus,
    DepositAddress,
    ExchangeAccount,
    SupportedExchange,
)
from wallet.venues.origin import Origin
from wallet.venues.services.accounts import connect_account

KEY, SECRET, PASSPHRASE = "key-0123456789-abcdefgh", "secret-0123456789-abcdefgh", "passphrase-0123456789"
FIRST = "0x52908400098527886E0F7030069857D2E4169EE7"
SECOND = "0x8617E340B3D01FA5F11F306F4090FD50E238070D"


@dataclass
class ToldExchange:
    """Every exchange, as a test tells it to be. Stands where clients are opened."""

    addresses: dict[tuple[str, str], str] = field(default_factory=lambda: {("USDT", "ERC20"): FIRST})
    permissions: KeyPermissions = field(default_factory=lambda: KeyPermissions(True, False, False))
    error: ExchangeApiError | None = None
    asked_with: list[Credentials] = field(default_factory=list)

    def open(self, *, credentials: Credentials, **_: Any) -> "ToldClient":
        self.asked_with.append(credentials)
        return ToldClient(self)


class ToldClient:
    """One client of it."""

    def __init__(self, told: ToldExchange) -> None:
        self._told = told

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def test(self) -> ConnectionReport:
        self._fail()
        return ConnectionReport(self._told.permissions, latency_ms=12, server_skew_ms=-3)

    async def currencies(self) -> dict[str, FetchedCurrency]:
        self._fail()
        return {}

    async def deposit_addresses(self, currency: str, networks: Sequence[str] = ()) -> FetchedAddresses:
        self._fail()
        found = tuple(
            FetchedAddress(code, network, address, is_format_checked=True)
            for (code, network), address in self._told.addresses.items()
            if code == currency and network in (networks or [network])
        )
        return FetchedAddresses(found)

    def _fail(self) -> None:
        if self._told.error is not None:
            raise self._told.error


def tell_exchanges(monkeypatch: pytest.MonkeyPatch) -> ToldExchange:
    """From now on no exchange is asked for anything: what they say is what the returned one is told."""
    told = ToldExchange()
    monkeypatch.setattr("wallet.venues.exchanges.opening.open_client", told.open)
    monkeypatch.setattr("wallet.venues.services.syncing.send_sync", lambda sync_id: None)
    for exchange in SupportedExchange.objects.all():
        exchange.currencies = {
            "USDT": {
                "name": "Tether",
                "networks": {"ERC20": {"deposit": True}, "TRC20": {"deposit": True}, "SOL": {"deposit": False}},
            },
            "XRP": {"name": "XRP", "networks": {"XRP": {"deposit": True, "needs_tag": True}}},
        }
        exchange.currencies_at = timezone.now()
        exchange.save()
    return told


def connected(user: User, *, name: str = "main", exchange: str = "binance", **options: Any) -> ExchangeAccount:
    """An account as its user connects it."""
    return connect_account(
        user=user,
        origin=Origin(actor=user),
        exchange_id=exchange,
        name=name,
        kind=AccountKind.SPOT,
        credentials=Credentials(KEY, SECRET, PASSPHRASE),
        is_sandbox=options.pop("is_sandbox", True),
        **options,
    )


def address_of(
    account: ExchangeAccount, address: str = FIRST, *, currency: str = "USDT", network: str = "ERC20", **fields: Any
) -> DepositAddress:
    """A row as a sync leaves it."""
    now = timezone.now()
    status = fields.setdefault("status", AddressStatus.CURRENT)
    fields.setdefault("is_active", status == AddressStatus.CURRENT)
    return DepositAddress.objects.create(
        account=account,
        user=account.user,
        exchange=account.exchange,
        currency=currency,
        network=network,
        address=address,
        is_format_checked=True,
        first_seen_at=now,
        last_verified_at=now,
        **fields,
    )
