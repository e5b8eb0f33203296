"""What is particular about each exchange when its deposit addresses are asked for; found by running ccxt 4.5.

An exchange that is not here has the default profile, which takes nothing for granted: an answer that does not name its
network is refused. `settings.VENUE_PROFILES`, or its row in `metadata["profile"]`, may say otherwise with these fields.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from django.conf import settings

from wallet.venues.models import AccountKind, SupportedExchange


class Source(StrEnum):
    """How an exchange is asked for addresses."""

    EACH = "each"
    """One request for each network."""
    ALL = "all"
    """One request for all networks of a currency."""
    METHODS = "methods"
    """First for the currency's deposit methods, then for each one's address."""
    LIST = "list"
    """One request for a currency's addresses, in a list."""
    ABLE = "able"
    """The surest of these that ccxt can do there."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One exchange, as its deposit addresses are asked for."""

    ccxt_id: str
    source: Source = Source.EACH
    names_network: bool = True
    """Whether an answer says its network; where not, the request determines it."""
    network_at: tuple[str | int, ...] = ()
    """Where the exchange's own word for the network stands in its answer, if surer than what ccxt makes of it."""
    currency_at: tuple[str | int, ...] = ()
    """Where the exchange repeats the currency's id, which ccxt does not look at."""
    before_addresses: str = ""
    """A method of ccxt that each of several calls at once would call; called before the first."""
    has_wallets: bool = False
    """Whether each currency has an account of its own, of which ccxt would read no more than the first page."""
    lists_networks: bool = True
    """Whether the list of currencies tells their networks."""
    has_keyless_currencies: bool = True
    """Whether the list of currencies is given to anybody."""
    is_serial: bool = False
    """Requests carry a number that must grow, so they are sent one after the other."""
    burst_seconds: int = 1
    """How long a window the exchange counts requests in; as much as fits into one may come at once."""
    seconds_per_currency: float = 0.1
    """About how long each currency of a long sync takes; more than the answers where its limit allows no more."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    futures_parameters: Mapping[str, Any] = field(default_factory=dict)
    """Where futures accounts take deposits of their own; elsewhere deposits reach the common account first."""
    options: Mapping[str, Any] = field(default_factory=dict)
    good_codes: tuple[str, ...] = ()
    """Values of `code` in an answer that is no refusal, where ccxt overlooks refusals it does not know."""
    refusals: Mapping[str, str] = field(default_factory=dict)
    """The exchange's own code or words for a refusal → ccxt's class for it, where ccxt knows none or a wrong one."""

    def address_parameters(self, kind: str) -> dict[str, Any]:
        """What each request for an address carries, for this kind of account."""
        return {**self.parameters, **(self.futures_parameters if kind == AccountKind.FUTURES else {})}


PROFILES: Final = {
    one.ccxt_id: one
    for one in (
        Profile(
            "binance",
            names_network=False,
            currency_at=("coin",),
            has_keyless_currencies=False,
            options={"fetchMargins": False},  # with the currencies, which then cost a second request
            refusals={
                "This action is disabled on this account.": "AccountSuspended",
                "You are not authorized to execute this request.": "PermissionDenied",
            },
        ),
        Profile(
            "coinbase",
            source=Source.ALL,
            network_at=("network",),
            lists_networks=False,
            has_wallets=True,
            burst_seconds=60,  # it counts requests in hours: the same number in each of these
        ),
        Profile(
            "kraken",
            source=Source.METHODS,
            names_network=False,
            lists_networks=False,
            is_serial=True,
            burst_seconds=45,
            seconds_per_currency=6.0,  # two requests, of which an account of the lowest tier has twenty a minute
            refusals={"EAPI:Invalid signature": "AuthenticationError"},
        ),
        Profile(
            "bitfinex",
            names_network=False,
            network_at=(4, 1),
            currency_at=(4, 2),
            is_serial=True,
            burst_seconds=60,
            seconds_per_currency=6.0,  # ten requests a minute
            parameters={"wallet": "exchange"},
            futures_parameters={"wallet": "margin"},
        ),
        Profile("htx", source=Source.ALL, good_codes=("200",), refusals={"1002": "PermissionDenied"}),
        Profile(
            "kucoin",
            source=Source.ALL,
            # ccxt changes this one while a request is under way; several at once would send each other's version.
            options={"versions": {"private": {"GET": {"deposit-addresses": "v2"}}}},
            before_addresses="is_uta_enabled",
            refusals={"400007": "PermissionDenied"},
        ),
        Profile("bybit", source=Source.ALL, has_keyless_currencies=False, refusals={"10016": "OnMaintenance"}),
        Profile("okx", source=Source.ALL, has_keyless_currencies=False, refusals={"50120": "PermissionDenied"}),
    )
}


def profile_of(exchange: SupportedExchange) -> Profile:
    """The exchange's profile; what the installation says of it comes first."""
    known = PROFILES.get(exchange.ccxt_id, Profile(exchange.ccxt_id, source=Source.ABLE))
    said = {**exchange.metadata.get("profile", {}), **settings.VENUE_PROFILES.get(exchange.ccxt_id, {})}
    names = {each.name for each in dataclasses.fields(Profile)} - {"ccxt_id"}
    changes = {name: value for name, value in said.items() if name in names}
    if "source" in changes:
        changes["source"] = Source(changes["source"])
    for path in {"network_at", "currency_at", "good_codes"} & changes.keys():
        changes[path] = tuple(changes[path])
    return dataclasses.replace(known, **changes) if changes else known


def settled(profile: Profile, has: Mapping[str, Any]) -> Profile:
    """The profile with a way to ask that ccxt can do, by its own word (`has`), where none was chosen."""
    if profile.source is not Source.ABLE:
        return profile
    if has.get("fetchDepositAddressesByNetwork") is True:
        return dataclasses.replace(profile, source=Source.ALL)
    if has.get("fetchDepositAddress") is True:
        return dataclasses.replace(profile, source=Source.EACH)
    return dataclasses.replace(profile, source=Source.LIST)
