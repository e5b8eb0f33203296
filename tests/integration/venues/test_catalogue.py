"""The exchanges that can be connected: there from the start, described by ccxt, with the currencies each takes."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.support.misbehaving_exchange import coin, misbehaving_exchange
from wallet.venues.core.fetched import FetchedCurrency, FetchedNetwork
from wallet.venues.errors import ExchangeNotSupported, ExchangeUnavailable
from wallet.venues.exchanges.profiles import PROFILES
from wallet.venues.models import SupportedExchange
from wallet.venues.services import catalogue
from wallet.venues.services.catalogue import (
    currencies_of,
    refresh_due_exchanges,
    refresh_exchange,
    remember_currencies,
    seed_exchanges,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_client")]

FIELDS = ("name", "links", "has_addresses", "rate_limit_ms", "needs_passphrase", "has_sandbox", "has_futures")


@contextmanager
def served_elsewhere(**answers: Any) -> Iterator[None]:
    """The far end in an event loop of another thread: what asks it has one of its own."""
    ready, done = threading.Event(), threading.Event()

    async def serve() -> None:
        async with misbehaving_exchange(**answers):
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_fresh_installation_has_the_eight_as_ccxt_describes_them() -> None:
    at_first = {row.pk: [getattr(row, name) for name in FIELDS] for row in SupportedExchange.objects.all()}
    assert set(PROFILES) == set(at_first)
    assert seed_exchanges() == 8
    now = {row.pk: [getattr(row, name) for name in FIELDS] for row in SupportedExchange.objects.all()}
    assert now == at_first
    assert all(row.has_addresses and row.links["www"] for row in SupportedExchange.objects.all())
    assert {row.pk for row in SupportedExchange.objects.filter(needs_passphrase=True)} == {"kucoin", "okx"}


def test_further_exchanges_come_by_configuration(settings: Any) -> None:
    settings.VENUE_EXTRA_EXCHANGES = ["gate", "mexc"]
    assert seed_exchanges() == 10
    assert SupportedExchange.objects.get(pk="gate").has_addresses
    settings.VENUE_EXTRA_EXCHANGES = ["nobodysexchange"]
    with pytest.raises(ExchangeNotSupported):
        seed_exchanges()
    settings.VENUE_EXTRA_EXCHANGES = ["coinspot"]  # gives no addresses
    with pytest.raises(ExchangeNotSupported):
        seed_exchanges()


def test_what_staff_decided_and_what_ccxt_dropped() -> None:
    SupportedExchange.objects.filter(pk="htx").update(is_active=False, metadata={"profile": {"burst_seconds": 3}})
    SupportedExchange.objects.create(id="coinbasepro", ccxt_id="coinbasepro", name="Gone", has_addresses=True)
    seed_exchanges()
    htx = SupportedExchange.objects.get(pk="htx")
    assert not htx.is_active
    assert htx.metadata["profile"] == {"burst_seconds": 3}
    gone = SupportedExchange.objects.get(pk="coinbasepro")
    assert (gone.is_active, gone.has_addresses) == (False, False)


HTX_CURRENCIES = {"code": "200", "data": [
    {"currency": "usdt", "assetType": "1", "instStatus": "normal", "chains": [
        {"chain": "usdterc20", "baseChain": "ETH", "depositStatus": "allowed", "addrDepositTag": False},
        {"chain": "trc20usdt", "baseChain": "TRX", "depositStatus": "prohibited", "addrDepositTag": False}]},
    {"currency": "xrp", "assetType": "1", "instStatus": "normal", "chains": [
        {"chain": "xrp", "displayName": "XRP", "depositStatus": "allowed", "addrDepositTag": True}]}]}  # fmt: skip


def test_currencies_are_asked_for_and_kept() -> None:
    with served_elsewhere(**{"/htx/v2/reference/currencies": HTX_CURRENCIES}):
        found = refresh_exchange("htx", is_sandbox=True)
    assert found.currencies["USDT"]["networks"] == {
        "ERC20": {"deposit": True, "needs_tag": False}, "TRC20": {"deposit": False, "needs_tag": False},
    }  # fmt: skip
    assert found.currencies["XRP"]["networks"] == {"XRP": {"deposit": True, "needs_tag": True}}
    assert found.currencies_at is not None


def test_what_a_sandbox_takes_is_shown_and_not_kept() -> None:
    htx = SupportedExchange.objects.get(pk="htx")
    with served_elsewhere(**{"/htx/v2/reference/currencies": HTX_CURRENCIES}):
        assert set(currencies_of(htx)) == {"USDT", "XRP"}
    htx.refresh_from_db()
    assert (htx.currencies, htx.currencies_at) == ({}, None)


def test_what_an_exchange_said_is_not_asked_again(settings: Any) -> None:
    settings.VENUE_SANDBOX_URL = "http://127.0.0.1:1"
    remember_currencies("htx", {"USDT": FetchedCurrency("USDT", "Tether", ())})
    assert set(currencies_of(SupportedExchange.objects.get(pk="htx"))) == {"USDT"}


def test_exchanges_are_asked_once_a_day_and_one_that_is_away_keeps_none_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at, asked = timezone.now(), []

    def refresh(exchange_id: str) -> None:
        asked.append(exchange_id)
        if exchange_id == "htx":
            raise ExchangeUnavailable.at(exchange_id)
        remember_currencies(exchange_id, {"USDT": FetchedCurrency("USDT", "Tether", ())})

    monkeypatch.setattr(catalogue, "refresh_exchange", refresh)
    told_everybody = [name for name, profile in PROFILES.items() if profile.has_keyless_currencies]
    assert {"htx", "kraken"} <= set(told_everybody)
    assert "binance" not in told_everybody
    assert refresh_due_exchanges(at=at) == len(told_everybody) - 1
    assert refresh_due_exchanges(at=at) == 0
    assert sorted(asked) == sorted([*told_everybody, "htx"])


def test_a_word_with_networks_is_not_overwritten_by_one_without() -> None:
    tether = FetchedCurrency("USDT", "Tether", (FetchedNetwork("TRC20", "TRC20", True),))
    remember_currencies("binance", {"USDT": tether})
    remember_currencies("binance", {})
    market = {"symbol": "BTCUSDT", "status": "TRADING", "baseAsset": "BTC", "quoteAsset": "USDT", "filters": [],
              "baseAssetPrecision": 8, "quotePrecision": 8, "permissions": ["SPOT"]}  # fmt: skip
    markets = {"symbols": [market], "timezone": "UTC"}
    answers = {f"/{api}/exchangeInfo": markets for api in ("api/v3", "fapi/v1", "dapi/v1")}
    with served_elsewhere(**answers):
        found = refresh_exchange("binance", is_sandbox=True)
    assert found.currencies == {"USDT": {"name": "Tether", "networks": {"TRC20": {"deposit": True}}}}


def test_the_command_goes_on_where_one_exchange_does_not_answer() -> None:
    out, problems = StringIO(), StringIO()
    with served_elsewhere(**{"/sapi/v1/capital/config/getall": [coin("USDT", "TRX")]}):
        call_command("refresh_exchanges", "htx", "kucoin", sandbox=True, stdout=out, stderr=problems)
    assert "8 exchanges described" in out.getvalue()
    assert "htx:" in problems.getvalue()
    assert "kucoin:" in problems.getvalue()
    out = StringIO()
    call_command("refresh_exchanges", offline=True, stdout=out)
    assert out.getvalue() == "8 exchanges described\n"


def test_an_exchange_nobody_knows_or_that_is_away(settings: Any) -> None:
    with pytest.raises(ExchangeNotSupported):
        refresh_exchange("nobodysexchange")
    settings.VENUE_SANDBOX_URL = "http://127.0.0.1:1"
    with pytest.raises(ExchangeUnavailable):
        refresh_exchange("kraken", is_sandbox=True)
    assert SupportedExchange.objects.get(pk="kraken").currencies == {}
