"""How each kind of exchange is asked for the addresses of a currency, and what its answer is held against."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from wallet.venues.core.checking import Answer, Question, checked_address
from wallet.venues.core.deposit_methods import network_of_method
from wallet.venues.core.fetched import FetchedAddress, FetchedAddresses, FetchedNetwork
from wallet.venues.core.networks import network_of
from wallet.venues.errors import (
    AddressPending,
    ExchangeAddressInvalid,
    ExchangeApiError,
    ExchangeNetworkMismatch,
    ExchangeNetworkNotSupported,
    ExchangeTimeout,
)
from wallet.venues.exchanges.calling import note_silence, seconds_left
from wallet.venues.exchanges.failures import MALFORMED
from wallet.venues.exchanges.profiles import Profile, Source

Ask = Callable[..., Awaitable[Any]]
Failures = dict[str, ExchangeApiError]
_OF_ONE_NETWORK = (
    AddressPending, ExchangeAddressInvalid, ExchangeNetworkMismatch, ExchangeNetworkNotSupported,
)  # fmt: skip
_SPARE_SECONDS = 0.05
"""So that what some networks gave is told before the whole is cut off."""


class AddressSearch:
    """One currency's addresses at one exchange, for one account."""

    def __init__(
        self,
        *,
        exchange: str,
        profile: Profile,
        ask: Ask,
        code_of: Callable[[str], str | None],
        kind: str,
        currency: str,
        known: Sequence[FetchedNetwork],
        ids: Mapping[str, str],
    ) -> None:
        """`known`: the networks the exchange lists, and `ids` what it calls them itself, by ccxt's names.

        `code_of`: the currency that an exchange's id of it means.
        """
        self._exchange = exchange
        self._profile = profile
        self._ask = ask
        self._code_of = code_of
        self._parameters = profile.address_parameters(kind)
        self._currency = currency
        self._known = {each.network: each for each in known}
        self._names_by_id = {own.casefold(): name for name, own in ids.items()}

    async def find(self, networks: Sequence[str]) -> FetchedAddresses:
        """Of these networks, by our names, or of all that take deposits. Raises where the whole fails."""
        if self._profile.source in (Source.ALL, Source.LIST):
            return await self._from_one_answer(networks)
        if self._profile.source is Source.METHODS:
            there = await self._deposit_methods()
            asks = {network: lambda method=method: self._by_method(method) for network, method in there.items()}
        else:
            asks = {each.network: lambda each=each: self._by_network(each) for each in self._known.values()}
            if not self._known:
                # The exchange lists no networks: it is asked by the name given, and has to repeat it.
                unlisted = [FetchedNetwork(network, network, True) for network in networks]
                asks = {each.network: lambda each=each: self._by_network(each) for each in unlisted}
        wanted = list(networks) or [each for each in asks if each not in self._known or self._known[each].can_deposit]
        failed: Failures = {each: self._failure(ExchangeNetworkNotSupported) for each in wanted if each not in asks}
        return await self._from_each({each: asks[each] for each in wanted if each in asks}, failed)

    # --- One request for all networks ------------------------------------------------------------------------------

    async def _from_one_answer(self, networks: Sequence[str]) -> FetchedAddresses:
        if self._profile.source is Source.LIST:
            said = await self._ask("fetch_deposit_addresses", [self._currency], dict(self._parameters))
        else:
            said = await self._ask("fetch_deposit_addresses_by_network", self._currency, dict(self._parameters))
        given = self._by_our_name(said, networks)
        found, failed = [], {}
        for network in networks or given:
            if network not in given:
                failed[network] = self._missing(network, given)
                continue
            try:
                found.append(checked_address(self._question(network, network), self._answer(given[network])))
            except ExchangeApiError as error:
                failed[network] = error
        return FetchedAddresses(tuple(found), failed)

    def _by_our_name(self, said: Any, networks: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        listed = said.values() if isinstance(said, dict) else said if isinstance(said, list) else ()
        entries = [each for each in listed if isinstance(each, dict)]
        if (
            not self._profile.names_network
            and len(entries) == len(networks) == 1
            and not self._network_there(entries[0])
        ):
            return {networks[0]: entries[0]}
        given: dict[str, Mapping[str, Any]] = {}
        for entry in entries:
            there = self._network_there(entry)
            if there:
                given.setdefault(network_of(there, self._currency), entry)
        return given

    def _missing(self, network: str, given: Mapping[str, Any]) -> ExchangeApiError:
        is_listed = network in self._known
        if not given and (is_listed or not self._known):
            return self._failure(AddressPending)
        # The exchange has this network, and gave addresses of others alone.
        return self._failure(ExchangeNetworkMismatch if is_listed else ExchangeNetworkNotSupported)

    # --- A request for each network --------------------------------------------------------------------------------

    async def _from_each(
        self, asks: Mapping[str, Callable[[], Awaitable[FetchedAddress]]], failed: Failures
    ) -> FetchedAddresses:
        if not asks:
            if not failed:
                raise self._failure(ExchangeNetworkNotSupported)
            return FetchedAddresses(failed=failed)
        tasks = {network: asyncio.ensure_future(ask()) for network, ask in asks.items()}
        try:
            _, late = await asyncio.wait(tasks.values(), timeout=max(seconds_left() - _SPARE_SECONDS, 0))
            if late:
                note_silence()
        finally:
            for task in tasks.values():
                task.cancel()
        found, general = [], []
        for network, task in tasks.items():
            if not task.done() or task.cancelled():
                failed[network] = self._failure(ExchangeTimeout, "RequestTimeout")
                general.append(failed[network])
            elif (error := task.exception()) is None:
                found.append(task.result())
            elif isinstance(error, ExchangeApiError):
                failed[network] = error
                if not isinstance(error, _OF_ONE_NETWORK):
                    general.append(error)
            else:
                raise error
        if general and not found:
            raise next((each for each in general if each.blocks_account), general[0])
        return FetchedAddresses(tuple(found), failed)

    async def _by_network(self, network: FetchedNetwork) -> FetchedAddress:
        parameters = {**self._parameters, "network": network.network_there}
        said = await self._ask("fetch_deposit_address", self._currency, parameters)
        return checked_address(self._question(network.network, network.network_there), self._answer(said))

    # --- Deposit methods -------------------------------------------------------------------------------------------

    async def _deposit_methods(self) -> dict[str, str]:
        """Our network → the method by which the exchange is asked for it."""
        methods = await self._ask("fetch_deposit_methods", self._currency)
        found: dict[str, str] = {}
        for each in methods if isinstance(methods, list) else ():
            name = str(each.get("method") or "") if isinstance(each, dict) else ""
            if name:
                found.setdefault(network_of_method(name, self._currency), name)
        return found

    async def _by_method(self, method: str) -> FetchedAddress:
        said = await self._ask("fetch_deposit_address", self._currency, {**self._parameters, "method": method})
        network = network_of_method(method, self._currency)
        return checked_address(self._question(network, method), self._answer(said))

    # --- What was asked, and what came back ------------------------------------------------------------------------

    def _question(self, network: str, network_there: str) -> Question:
        known = self._known.get(network)
        return Question(
            exchange=self._exchange,
            currency=self._currency,
            network=network,
            network_there=network_there,
            is_determined=not self._profile.names_network,
            needs_tag=known.needs_tag if known is not None else None,
        )

    def _answer(self, said: Any) -> Answer:
        if not isinstance(said, dict):
            raise self._failure(ExchangeApiError, MALFORMED)
        if not said.get("address"):
            # No exchange has an error for it: the answer is in good form, and the address is not there yet.
            raise self._failure(AddressPending)
        info = said.get("info")
        return Answer(
            address=str(said["address"]),
            tag=str(said.get("tag") or ""),
            currency=self._currency_there(said, info),
            network=self._network_there(said),
            info=info if isinstance(info, dict) else {},
        )

    def _currency_there(self, said: Mapping[str, Any], info: Any) -> str | None:
        repeated = _at(info, self._profile.currency_at)
        return self._code_of(str(repeated or said.get("currency") or ""))

    def _network_there(self, said: Mapping[str, Any]) -> str | None:
        if self._profile.network_at:
            own = _at(said.get("info"), self._profile.network_at)
            return self._names_by_id.get(str(own).casefold(), str(own)) if own else None
        return str(said["network"]) if said.get("network") else None

    def _failure(self, kind: type[ExchangeApiError], exchange_error: str = "") -> ExchangeApiError:
        return kind.at(self._exchange, currency=self._currency, exchange_error=exchange_error)


def _at(said: Any, path: Sequence[str | int]) -> Any:
    """What stands at a path of names and indexes; None where there is no such place, or no path."""
    for step in path:
        if isinstance(said, dict):
            said = said.get(step)
        elif isinstance(said, list) and isinstance(step, int) and step < len(said):
            said = said[step]
        else:
            return None
    return said if path else None
