"""What an exchange says, once it has been checked: the form in which everything above the clients sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kernel.errors import BourseError


@dataclass(frozen=True, slots=True)
class FetchedAddress:
    """A deposit address an exchange gave for the very currency and network that were asked for."""

    currency: str
    network: str
    """Our name of it (`wallet.venues.core.networks`)."""
    address: str
    tag: str = ""
    is_format_checked: bool = False
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """What else the exchange said that is worth keeping; never a key."""


@dataclass(frozen=True, slots=True)
class FetchedAddresses:
    """What one currency's networks gave."""

    addresses: tuple[FetchedAddress, ...] = ()
    failed: Mapping[str, BourseError] = field(default_factory=dict)
    """Network → why. Of these nothing is known now, so nothing about them may be concluded."""


@dataclass(frozen=True, slots=True)
class FetchedNetwork:
    """A network over which an exchange moves a currency."""

    network: str
    """Our name of it; where we know none, the exchange's."""
    network_there: str
    """ccxt's name, which the client is asked with."""
    can_deposit: bool
    needs_tag: bool | None = None


@dataclass(frozen=True, slots=True)
class FetchedCurrency:
    """A currency an exchange knows."""

    code: str
    name: str
    networks: tuple[FetchedNetwork, ...]


@dataclass(frozen=True, slots=True)
class KeyPermissions:
    """What a key may do at its exchange; None where the exchange does not tell."""

    can_read: bool | None = None
    can_trade: bool | None = None
    can_withdraw: bool | None = None


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """The outcome of a connection test that reached the exchange and was let in."""

    permissions: KeyPermissions
    latency_ms: int
    server_skew_ms: int | None = None
    """The exchange's clock minus ours, where it tells the time."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Keys of one account. Shows nothing of itself."""

    api_key: str = field(repr=False)
    api_secret: str = field(repr=False)
    passphrase: str = field(default="", repr=False)
