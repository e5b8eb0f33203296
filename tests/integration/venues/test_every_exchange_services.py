"""Each of the eight exchanges through the services: accounts are connected, tested, synced, refreshed, over the wire.

What the exchange says in error, or says wrongly, is never stored, and never costs an address that was stored before.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from risk.models import RiskEvent
from tests.support.sandbox_exchanges import (
    ADDRESS_PATHS,
    EIGHT,
    address_requests,
    forget,
    running_far_end,
    true_addresses,
)
from wallet.venues.core.fetched import Credentials
from wallet.venues.errors import ExchangeAccountInactive, ExchangeCredentialsInvalid
from wallet.venues.models import (
    AddressStatus,
    AddressSyncLog,
    DepositAddress,
    ExchangeAccount,
    SupportedExchange,
    SyncOutcome,
    SyncStatus,
)
from wallet.venues.origin import Origin
from wallet.venues.sandbox.faults import FOREVER, Kind, Trouble, Twist
from wallet.venues.sandbox.keys import READ, TRADE, WITHDRAW, Key
from wallet.venues.sandbox.problems import Problem
from wallet.venues.sandbox.running import RunningFarEnd
from wallet.venues.services import accounts
from wallet.venues.services.addresses import add_address, refresh_address
from wallet.venues.services.forms import NewAddress
from wallet.venues.services.running import run_sync
from wallet.venues.services.syncing import request_sync

pytestmark = pytest.mark.django_db
CURRENCIES = ["BTC", "USDT", "XRP"]
Row = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def running() -> Iterator[RunningFarEnd]:
    with running_far_end() as far_end:
        yield far_end


@pytest.fixture(autouse=True)
def _quiet(running: RunningFarEnd, settings: Settings) -> None:
    settings.VENUE_SANDBOX_URL = running.url
    running.far_end.recover()
    forget()


def connected(user: User, key: Key, **changes: Any) -> ExchangeAccount:
    """Its exchange counts requests over an hour, so that those of a test are none too many."""
    SupportedExchange.objects.filter(pk=key.exchange).update(metadata={"profile": {"burst_seconds": 3600}})
    return accounts.connect_account(
        user=user,
        origin=Origin(user, "203.0.113.9", "tests"),
        exchange_id=key.exchange,
        name="Main",
        credentials=Credentials(key.api_key, changes.get("secret", key.api_secret), key.passphrase),
        is_sandbox=True,
    )


def synced(account: ExchangeAccount, currencies: list[str] | None = None) -> AddressSyncLog:
    origin = Origin(account.user, "203.0.113.9", "tests")
    (sync,) = request_sync(
        user=account.user, origin=origin, account_ids=[account.pk], currencies=currencies or CURRENCIES
    )
    run_sync(sync_id=sync.pk)
    account.refresh_from_db()
    sync.refresh_from_db()
    return sync


def stored(account: ExchangeAccount, *statuses: AddressStatus) -> set[Row]:
    rows = DepositAddress.objects.filter(account=account, deleted_at=None)
    if statuses:
        rows = rows.filter(status__in=statuses)
    return set(rows.values_list("currency", "network", "address", "tag"))


def expected(running: RunningFarEnd, key: Key, *currencies: str) -> set[Row]:
    return {
        (currency, network, *place)
        for currency in currencies
        for network, place in true_addresses(running, key, currency).items()
    }


@pytest.mark.parametrize("exchange", EIGHT)
def test_an_account_is_connected_tested_synced_and_refreshed(
    running: RunningFarEnd, owner: User, exchange: str
) -> None:
    key = running.far_end.issue_key(exchange, permissions=frozenset({READ, TRADE, WITHDRAW}))
    account = connected(owner, key)
    origin = Origin(owner, "203.0.113.9", "tests")
    report = accounts.test_account(user=owner, origin=origin, account_id=account.pk)
    assert (report.permissions.can_read, report.permissions.can_trade, report.permissions.can_withdraw) == (True,) * 3

    sync = synced(account)
    assert (sync.status, sync.total, sync.done, sync.errors) == (SyncOutcome.SUCCESS, 3, 3, {})
    assert account.sync_status == SyncStatus.OK
    found = stored(account)
    assert sync.added == len(found)
    of_tether = {row[1] for row in found if row[0] == "USDT"}
    assert len(of_tether) >= 3
    assert found <= expected(running, key, *CURRENCIES)
    ripple = DepositAddress.objects.get(account=account, currency="XRP")
    assert (ripple.network, ripple.tag.isdigit(), ripple.is_format_checked) == ("XRP", True, True)
    assert all(DepositAddress.objects.filter(account=account).values_list("is_active", flat=True))

    assert synced(account).added == 0
    assert stored(account) == found
    assert refresh_address(user=owner, origin=origin, address_id=ripple.pk).status == AddressStatus.CURRENT

    before = DepositAddress.objects.get(account=account, currency="USDT", network="ERC20")
    running.far_end.deposits.change(key, "USDT", "ERC20")
    refresh_address(user=owner, origin=origin, address_id=before.pk)
    before.refresh_from_db()
    after = DepositAddress.objects.get(account=account, currency="USDT", network="ERC20", status=AddressStatus.CHANGED)
    assert (before.status, before.is_active, after.is_active) == (AddressStatus.REPLACED, False, False)
    assert after.address == true_addresses(running, key, "USDT")["ERC20"][0]
    assert RiskEvent.objects.filter(user=owner, fingerprint__startswith="venues:changed:").count() == 1


@pytest.mark.parametrize("exchange", EIGHT)
def test_an_address_is_asked_for_when_it_is_added(running: RunningFarEnd, owner: User, exchange: str) -> None:
    key = running.far_end.issue_key(exchange)
    account = connected(owner, key)
    row = add_address(
        user=owner, origin=Origin(owner), account_id=account.pk, new=NewAddress(currency="XRP", network="XRP")
    )
    assert (row.address, row.tag) == true_addresses(running, key, "XRP")["XRP"]
    assert not row.is_manual


@pytest.mark.parametrize("exchange", EIGHT)
def test_wrong_keys_block_the_account(running: RunningFarEnd, owner: User, exchange: str) -> None:
    key, other = running.far_end.issue_key(exchange), running.far_end.issue_key(exchange)
    account = connected(owner, key, secret=other.api_secret)
    with pytest.raises(ExchangeCredentialsInvalid):
        accounts.test_account(user=owner, origin=Origin(owner), account_id=account.pk)
    account.refresh_from_db()
    assert (account.sync_status, account.error_code) == (SyncStatus.BLOCKED, "EXCHANGE_CREDENTIALS_INVALID")
    assert key.api_key not in account.error_message
    asked = len(running.far_end.calls_of(exchange))
    with pytest.raises(ExchangeAccountInactive):
        add_address(user=owner, origin=Origin(owner), account_id=account.pk, new=NewAddress("XRP", "XRP"))
    # Nothing is asked with keys that were refused.
    assert len(running.far_end.calls_of(exchange)) == asked
    assert stored(account) == set()


TROUBLES: list[tuple[Kind, dict[str, Any]]] = [
    # Longer than anybody waits, a sync included.
    (Problem.RATE_LIMITED, {"seconds": 600}),
    (Problem.MAINTENANCE, {}),
    (Problem.ADDRESS_PENDING, {}),
    (Trouble.CUT_OFF, {}),
    (Trouble.HTML, {"status": 200}),
    (Twist.WRONG_NETWORK, {}),
    (Twist.MALFORMED_ADDRESS, {}),
    (Twist.MISSING_NETWORK, {}),
]


@pytest.mark.parametrize("exchange", EIGHT)
def test_what_goes_wrong_costs_no_address_and_brings_none(running: RunningFarEnd, owner: User, exchange: str) -> None:
    key = running.far_end.issue_key(exchange)
    account = connected(owner, key)
    assert synced(account, ["USDT"]).status == SyncOutcome.SUCCESS
    before = stored(account, AddressStatus.CURRENT)
    for kind, details in TROUBLES:
        forget()
        about: dict[str, Any] = {"path": ADDRESS_PATHS[exchange]}
        if kind is Problem.ADDRESS_PENDING or isinstance(kind, Twist):
            about = {"currency": "USDT", "network": "ERC20"}
        running.far_end.fail(kind, exchange=exchange, times=FOREVER, **about, **details)
        sync = synced(account, ["USDT"])
        running.far_end.recover()
        assert (sync.added, sync.changed) == (0, 0), kind
        assert stored(account) == before, kind
        if kind in (Twist.MISSING_NETWORK, Problem.ADDRESS_PENDING):
            # Some exchanges list what there is: that one network has nothing is no error there.
            continue
        assert stored(account, AddressStatus.CURRENT) == before, kind
        assert sync.status != SyncOutcome.SUCCESS, kind
        assert sync.errors, kind
        for secret in (key.api_key, key.api_secret, key.passphrase):
            assert not secret or secret not in f"{sync.errors}{account.error_message}"
    forget()
    assert synced(account, ["USDT"]).status == SyncOutcome.SUCCESS
    assert stored(account, AddressStatus.CURRENT) == before


@pytest.mark.parametrize("exchange", EIGHT)
def test_two_users_at_one_exchange(running: RunningFarEnd, owner: User, outsider: User, exchange: str) -> None:
    mine, yours = running.far_end.issue_key(exchange), running.far_end.issue_key(exchange)
    connections = {owner: connected(owner, mine), outsider: connected(outsider, yours)}
    for account in connections.values():
        synced(account, ["XRP"])
    assert stored(connections[owner]) == expected(running, mine, "XRP")
    assert stored(connections[outsider]) == expected(running, yours, "XRP")
    assert not stored(connections[owner]) & stored(connections[outsider])
    asked = address_requests(running, yours)
    running.far_end.fail(Problem.ACCOUNT_DISABLED, exchange=exchange, api_key=mine.api_key, times=FOREVER)
    synced(connections[owner], ["XRP"])
    assert synced(connections[outsider], ["XRP"]).status == SyncOutcome.SUCCESS
    assert address_requests(running, yours) > asked
