"""The client of one account at one exchange, over ccxt; see `protocol.VenueClient` for what it promises.

It lives in one event loop, between `async with` and its end, and shares nothing with any other but what the exchange
says of its currencies to everybody.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Self

from wallet.ccxt_habits import NO_MARKET
from wallet.venues.core.fetched import ConnectionReport, FetchedAddresses, FetchedCurrency, KeyPermissions
from wallet.venues.core.networks import network_of
from wallet.venues.errors import CurrencyNotSupported, ExchangeApiError, ExchangeCredentialsInvalid
from wallet.venues.exchanges.asking import AddressSearch
from wallet.venues.exchanges.calling import Caller, took_seconds
from wallet.venues.exchanges.connection import Connection
from wallet.venues.exchanges.currencies import (
    KEEP_SECONDS,
    KnownCurrencies,
    fetched,
    networks_of,
    recall,
    remember,
    trimmed,
)
from wallet.venues.exchanges.permissions import ACCOUNT_KEY, permissions_of
from wallet.venues.exchanges.profiles import Profile

TEST_SECONDS = 5.0
CURRENCY_SECONDS = 2.0
_FRESH_SECONDS = 15 * 60
"""For whoever asks what there is; for an address an older word will do."""
_CLOSING_SECONDS = 1.0
_MOST_PAGES = 20


class ExchangeClient:
    """Asks one exchange in the name of one account."""

    def __init__(
        self,
        made: Any,
        *,
        exchange: str,
        profile: Profile,
        kind: str,
        caller: Caller,
        connect: Callable[[Any], Connection],
        shared_name: str,
        time_limit: float | None,
    ) -> None:
        """`shared_name`: under which what the exchange says to everybody is kept. `time_limit` in seconds."""
        self._made = made
        self._exchange = exchange
        self._profile = profile
        self._kind = kind
        self._caller = caller
        self._connect = connect
        self._shared_name = shared_name
        self._time_limit = time_limit
        self._connection: Connection | None = None
        self._known: KnownCurrencies | None = None
        self._learning = asyncio.Lock()
        self._is_prepared = False

    def __repr__(self) -> str:
        return f"<ExchangeClient {self._exchange}>"

    async def __aenter__(self) -> Self:
        self._connection = self._connect(self._made)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._made.session = None
        self._made.throttler.running = False
        if self._connection is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._connection.close(), _CLOSING_SECONDS)

    async def test(self) -> ConnectionReport:
        return await self._caller.run(self._test, seconds=self._time_limit or TEST_SECONDS)

    async def currencies(self) -> dict[str, FetchedCurrency]:
        async def learn() -> dict[str, FetchedCurrency]:
            return fetched(await self._learned(_FRESH_SECONDS))

        return await self._caller.run(learn, seconds=self._time_limit or CURRENCY_SECONDS)

    async def deposit_addresses(self, currency: str, networks: Sequence[str] = ()) -> FetchedAddresses:
        async def find() -> FetchedAddresses:
            return await self._find(currency, networks)

        return await self._caller.run(find, seconds=self._time_limit or CURRENCY_SECONDS, currency=currency)

    async def _test(self) -> ConnectionReport:
        skew_ms = await self._skew_ms() if self._made.has.get("fetchTime") is True else None
        requests_before = len(took_seconds())
        permissions = await permissions_of(self._profile.ccxt_id, self._ask_about_key)
        if not isinstance(permissions, KeyPermissions):
            raise ExchangeCredentialsInvalid.at(self._exchange)
        took = took_seconds()[requests_before:] or took_seconds()
        return ConnectionReport(permissions, latency_ms=max(round(max(took) * 1000), 1), server_skew_ms=skew_ms)

    async def _ask_about_key(self, method: str, *arguments: Any) -> Any:
        self._set_markets(await self._learned(KEEP_SECONDS)) if method == "fetch_balance" else None
        return await self._caller.ask(method, *(self._with_key(each) for each in arguments))

    def _with_key(self, argument: Any) -> Any:
        if not isinstance(argument, dict):
            return argument
        return {name: self._made.apiKey if value is ACCOUNT_KEY else value for name, value in argument.items()}

    async def _skew_ms(self) -> int | None:
        """Where the exchange tells the time; that it does not is no fault of the keys."""
        try:
            there_ms = await self._caller.ask("fetch_time", again=False)
        except ExchangeApiError as error:
            if error.is_retryable:
                raise
            return None
        if not isinstance(there_ms, int | float):
            return None
        # The exchange wrote it down about half way through the request.
        return round(there_ms - (self._made.milliseconds() - took_seconds()[-1] * 500))

    async def _find(self, currency: str, networks: Sequence[str]) -> FetchedAddresses:
        known = await self._learned(KEEP_SECONDS)
        if currency not in known.currencies:
            raise CurrencyNotSupported.at(self._exchange, currency=currency)
        await self._prepare()
        self._require_wallet(currency)
        said = known.currencies[currency]
        search = AddressSearch(
            exchange=self._exchange,
            profile=self._profile,
            ask=self._caller.ask,
            code_of=self._code_of,
            kind=self._kind,
            currency=currency,
            known=networks_of(currency, said),
            ids=_ids(said),
        )
        return await search.find(list(dict.fromkeys(network_of(each, currency) for each in networks)))

    async def _learned(self, max_age_seconds: float) -> KnownCurrencies:
        """The exchange's currencies, from what is kept where that is young enough, and set in ccxt."""
        async with self._learning:
            known = self._known or await asyncio.to_thread(recall, self._shared_name)
            if known is None or known.learned_at < time.time() - max_age_seconds:
                known = await self._fetch_currencies()
                await asyncio.to_thread(remember, self._shared_name, known)
            if known is not self._known:
                self._set_markets(known)
                self._known = known
            return known

    async def _fetch_currencies(self) -> KnownCurrencies:
        said = None
        if self._made.has.get("fetchCurrencies") is True:
            said = await self._caller.ask("fetch_currencies")
        if not said:
            # Where only accounts are told, and nobody is asking: the coins of its markets, without their networks.
            await self._caller.ask("load_markets")
            said = self._made.currencies
        return trimmed(said, self._made.options)

    def _set_markets(self, known: KnownCurrencies) -> None:
        self._made.options.update(known.options)
        self._made.set_markets([NO_MARKET], known.currencies)

    async def _prepare(self) -> None:
        if self._is_prepared:
            return
        async with self._learning:
            if not self._is_prepared and self._profile.before_addresses:
                await self._caller.ask(self._profile.before_addresses)
            if not self._is_prepared and self._profile.has_wallets:
                self._made.accounts = await self._wallets()
            self._is_prepared = True

    async def _wallets(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        for _ in range(_MOST_PAGES):
            page = await self._caller.ask("fetch_accounts", {"cursor": cursor} if cursor else {})
            found += page
            cursor = str((page[-1].get("info") or {}).get("cursor") or "") if page else ""
            if not cursor:
                break
        return found

    def _require_wallet(self, currency: str) -> None:
        """A currency without an account of its own, where each has one, has no addresses."""
        if self._profile.has_wallets and all(each.get("code") != currency for each in self._made.accounts):
            raise CurrencyNotSupported.at(self._exchange, currency=currency)

    def _code_of(self, there: str) -> str | None:
        """The currency an exchange's id means; None for a word that is no currency of it, and says nothing."""
        code = self._made.safe_currency_code(there) if there else None
        return code if self._known is not None and code in self._known.currencies else None


def _ids(said: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(each["id"]) for name, each in (said.get("networks") or {}).items() if each.get("id")}
