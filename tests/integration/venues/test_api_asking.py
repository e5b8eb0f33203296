"""What asks an exchange while the client waits: the test of a connection, and one address."""

from collections.abc import Iterator

import pytest

from accounts.credentials import forget_credentials
from tests.integration.venues.api import ADDRESSES, EXCHANGES, ApiClient, details, told, warm_up
from tests.support.api import error_code
from tests.support.exchange import Exchange
from tests.support.told_venue import EVM, KEY, ToldVenue, connected
from wallet.venues.core.fetched import KeyPermissions
from wallet.venues.errors import (
    AddressPending,
    ExchangeMaintenance,
    ExchangeNetworkMismatch,
    ExchangeRateLimited,
    ExchangeTimeout,
)
from wallet.venues.models import DepositAddress


@pytest.fixture(autouse=True)
def clean(exchange: Exchange) -> Iterator[None]:
    warm_up()
    yield
    forget_credentials()


def test_a_connection_is_tested(exchange: Exchange, venue: ToldVenue) -> None:
    account = connected(exchange.user("owner"))
    mine = ApiClient("owner")
    path = f"{EXCHANGES}/{account.pk}/test"
    venue.permissions = KeyPermissions(True, True, True)
    report = told(mine.post(path))
    assert report["permissions"] == {"read": True, "trade": True, "withdraw": True}
    assert [warning["code"] for warning in report["warnings"]] == ["KEY_MAY_WITHDRAW", "KEY_MAY_TRADE"]
    assert (report["latency_ms"], report["server_skew_ms"]) == (12, 3)
    assert told(mine.get(f"{EXCHANGES}/{account.pk}"))["permissions"]["trade"] is True
    for error, status in ((ExchangeTimeout, 504), (ExchangeMaintenance, 503), (ExchangeRateLimited, 429)):
        venue.errors["", ""] = error.at("toldex", exchange_error="SomeError", retry_after=7)
        answer = mine.post(path)
        assert (answer.status_code, error_code(answer)) == (status, error.code)
        assert details(answer) == {
            "exchange": "toldex",
            "currency": "",
            "exchange_error": "SomeError",
            "retry_after": 7,
        }
        assert answer.headers["Retry-After"] == "7"
    told(mine.put(f"{EXCHANGES}/{account.pk}", {"api_key": KEY, "api_secret": "wrong-secret-0123456789"}))
    answer = mine.post(path)
    assert (answer.status_code, error_code(answer)) == (422, "EXCHANGE_CREDENTIALS_INVALID")
    shown = told(mine.get(f"{EXCHANGES}/{account.pk}"))
    assert (shown["sync_status"], shown["error"]["code"]) == ("blocked", "EXCHANGE_CREDENTIALS_INVALID")


def test_an_address_is_fetched_and_refreshed(exchange: Exchange, venue: ToldVenue) -> None:
    account, mine = connected(exchange.user("owner")), ApiClient("owner")
    venue.gives("USDT", "ERC20", EVM[0])
    asked = {"account_id": str(account.pk), "currency": "USDT", "network": "ERC20"}
    made = told(mine.post(ADDRESSES, asked), 201)
    assert (made["address"], made["is_manual"], made["status"]) == (EVM[0], False, "current")
    venue.gives("USDT", "ERC20", EVM[1])
    shown = told(mine.put(f"{ADDRESSES}/{made['id']}/refresh"))
    assert (shown["status"], shown["is_active"]) == ("replaced", False)
    new = told(mine.get(f"{ADDRESSES}/{shown['replaced_by']}"))
    assert (new["address"], new["status"], new["is_active"]) == (EVM[1], "changed", False)
    for error, status in ((AddressPending, 503), (ExchangeNetworkMismatch, 502)):
        venue.errors["USDT", "TRC20"] = error.at("toldex", currency="USDT", exchange_error="SomeError")
        answer = mine.post(ADDRESSES, asked | {"network": "TRC20"})
        assert (answer.status_code, error_code(answer)) == (status, error.code)
        assert details(answer)["currency"] == "USDT"
    assert DepositAddress.objects.count() == 2
