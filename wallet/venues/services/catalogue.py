"""The exchanges that can be connected, described as ccxt describes them, and the currencies each has said it takes.

A fresh installation has the eight that everybody is offered, from a migration; this brings their descriptions up to
date, and adds what else the installation is configured for. What staff switch off stays off.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from wallet.venues.core.fetched import FetchedCurrency
from wallet.venues.errors import ExchangeApiError, ExchangeNotSupported
from wallet.venues.exchanges.client import CURRENCY_SECONDS
from wallet.venues.exchanges.making import ccxt_class
from wallet.venues.exchanges.opening import public_client
from wallet.venues.exchanges.profiles import PROFILES, profile_of
from wallet.venues.models import SupportedExchange

log = logging.getLogger(__name__)

FRESH_FOR = timedelta(hours=24)
REFRESH_SECONDS = 60.0
"""For the currencies of one exchange; nobody waits for them."""
_ADDRESS_METHODS = ("fetchDepositAddress", "fetchDepositAddressesByNetwork", "fetchDepositAddresses")
_FUTURES = ("swap", "future")
_LONGEST_NAME = 60


def seed_exchanges() -> int:
    """Describe the eight exchanges, those the installation is configured for, and those there are; how many.

    Raises ExchangeNotSupported for a configured one that ccxt does not have or that gives no deposit addresses.
    """
    configured = dict.fromkeys([*PROFILES, *settings.VENUE_EXTRA_EXCHANGES])
    for ccxt_id in configured:
        described = _description(ccxt_id)
        if not described["has_addresses"]:
            raise ExchangeNotSupported(details={"exchange": ccxt_id})
        _write(ccxt_id, described)
    others = SupportedExchange.objects.exclude(ccxt_id__in=configured)
    for exchange in others:
        try:
            _write(exchange.ccxt_id, _description(exchange.ccxt_id))
        except ExchangeNotSupported:
            # ccxt has dropped it: accounts there stay, and nothing is asked of it any more.
            SupportedExchange.objects.filter(pk=exchange.pk).update(is_active=False, has_addresses=False)
    return len(configured) + len(others)


def currencies_of(exchange: SupportedExchange) -> dict[str, Any]:
    """An exchange's currencies as `SupportedExchange.currencies` has them; asked now where it never told any.

    What a sandbox has is not what the exchange has, and what some tell without keys lacks the networks: that is shown
    and not kept, so that the first account still asks. Raises ExchangeApiError and its subclasses.
    """
    if exchange.currencies_at is not None:
        return exchange.currencies
    is_sandbox = bool(settings.VENUE_SANDBOX_URL)
    if is_sandbox or not profile_of(exchange).has_keyless_currencies:
        return _kept(_ask(exchange, is_sandbox=is_sandbox, time_limit=CURRENCY_SECONDS))
    return refresh_exchange(exchange.pk, time_limit=CURRENCY_SECONDS).currencies


def refresh_due_exchanges(*, at: datetime) -> int:
    """Ask those that said nothing for a day for their currencies; how many answered.

    Those that tell their networks to accounts alone are asked by the syncs of these (`offering.learn_currencies`).
    """
    due = Q(currencies_at=None) | Q(currencies_at__lte=at - FRESH_FOR)
    answered = 0
    for exchange in SupportedExchange.objects.filter(due, is_active=True, has_addresses=True):
        if not profile_of(exchange).has_keyless_currencies:
            continue
        try:
            refresh_exchange(exchange.pk)
            answered += 1
        except ExchangeApiError as error:
            log.warning("currencies of %s not refreshed: %s", exchange.pk, error.code)
    return answered


def refresh_exchange(
    exchange_id: str, *, is_sandbox: bool = False, time_limit: float = REFRESH_SECONDS
) -> SupportedExchange:
    """Ask an exchange for its currencies, without any keys, and keep them. `time_limit` in seconds.

    Some tell their networks to accounts alone; there a word with networks is not overwritten by one without.
    Raises ExchangeNotSupported, ExchangeApiError and its subclasses.
    """
    exchange = SupportedExchange.objects.filter(pk=exchange_id).first()
    if exchange is None:
        raise ExchangeNotSupported
    found = _ask(exchange, is_sandbox=is_sandbox, time_limit=time_limit)
    if profile_of(exchange).has_keyless_currencies or not exchange.currencies:
        remember_currencies(exchange.pk, found)
    return SupportedExchange.objects.get(pk=exchange.pk)


def remember_currencies(exchange_id: str, currencies: Mapping[str, FetchedCurrency]) -> None:
    """Keep what an exchange said of its currencies; nothing where it said nothing."""
    if currencies:
        SupportedExchange.objects.filter(pk=exchange_id).update(
            currencies=_kept(currencies),
            currencies_at=timezone.now(),
        )


def _ask(exchange: SupportedExchange, *, is_sandbox: bool, time_limit: float) -> dict[str, FetchedCurrency]:
    async def ask() -> dict[str, FetchedCurrency]:
        async with public_client(exchange, is_sandbox=is_sandbox, time_limit=time_limit) as client:
            return await client.currencies()

    return asyncio.run(ask())


def _kept(currencies: Mapping[str, FetchedCurrency]) -> dict[str, Any]:
    return {code: _as_kept(currency) for code, currency in sorted(currencies.items())}


def _as_kept(currency: FetchedCurrency) -> dict[str, Any]:
    networks = {
        each.network: {"deposit": each.can_deposit}
        if each.needs_tag is None
        else {"deposit": each.can_deposit, "needs_tag": each.needs_tag}
        for each in currency.networks
    }
    return {"name": currency.name, "networks": networks}


def _write(ccxt_id: str, described: dict[str, Any]) -> None:
    exchange = SupportedExchange.objects.filter(ccxt_id=ccxt_id).first()
    if exchange is None:
        SupportedExchange.objects.create(id=ccxt_id, ccxt_id=ccxt_id, **described)
        return
    described["metadata"] = {**exchange.metadata, **described["metadata"]}
    SupportedExchange.objects.filter(pk=exchange.pk).update(**described)


def _description(ccxt_id: str) -> dict[str, Any]:
    """What ccxt says of an exchange, without asking it anything. Raises ExchangeNotSupported."""
    described = ccxt_class(ccxt_id)({"timeout_on_exit": 0})
    has, urls = described.has, described.urls
    return {
        "name": str(described.name or ccxt_id)[:_LONGEST_NAME],
        "links": _links(urls),
        "has_addresses": any(has.get(method) for method in _ADDRESS_METHODS),
        "rate_limit_ms": max(round(float(described.rateLimit)), 1),
        "needs_passphrase": bool(described.requiredCredentials.get("password")),
        "has_sandbox": bool(urls.get("test")),
        "has_futures": any(has.get(kind) for kind in _FUTURES),
        "metadata": {
            "version": str(described.version or ""),
            "countries": list(described.countries or []),
            "certified": bool(described.certified),
            "can": [name for name in (*_ADDRESS_METHODS, "fetchCurrencies", "fetchTime") if has.get(name)],
        },
    }


def _links(urls: Mapping[str, Any]) -> dict[str, str]:
    """Each of ccxt's links to people's pages, the first where it knows several."""
    found = {}
    for name in ("www", "doc", "fees", "api_management"):
        said = urls.get(name)
        first = next(iter(_texts(said)), "")
        if first.startswith("https://"):
            found[name] = first
    return found


def _texts(said: Any) -> Iterable[str]:
    if isinstance(said, str):
        return [said]
    if isinstance(said, dict):
        return [text for each in said.values() for text in _texts(each)]
    if isinstance(said, list):
        return [text for each in said for text in _texts(each)]
    return []
