"""What an exchange says of its currencies, kept for all processes, so that an address costs one request.

It is the exchange's public word, though some give it only to accounts: what belongs to the account that asked (its
balances stand in the same answer) is left out before anything is kept. Sandboxes are kept apart by their address.
"""

import json
import re
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import redis
from django.core.cache import cache

from wallet.venues.core.fetched import FetchedCurrency, FetchedNetwork
from wallet.venues.core.networks import network_of

KEEP_SECONDS = 24 * 3600
_CODE = re.compile(r"[A-Za-z0-9$]{1,20}")
_NAMED_BY_CCXT = ("networks", "networksById", "networkNamesByChainIds", "networkChainIdsByNames")
"""Options that ccxt fills while it reads currencies, and needs when it reads addresses."""
_TAG_WORDS = ("addrDepositTag", "needTag", "isMemoRequired", "sameAddress")
"""Where exchanges say that a deposit needs a tag: htx, kucoin and okx, kucoin, binance."""
_LINK = "contractAddressUrl"
"""By which ccxt tells the network of an answer of binance."""


@dataclass(frozen=True, slots=True)
class KnownCurrencies:
    """Currencies in ccxt's shape, with no more than is needed, and what ccxt noted while it read them."""

    currencies: dict[str, dict[str, Any]]
    options: dict[str, Any] = field(default_factory=dict)
    learned_at: float = field(default_factory=time.time)


def trimmed(currencies: Mapping[str, Any], options: Mapping[str, Any]) -> KnownCurrencies:
    """What may be kept, and shown to anybody."""
    return KnownCurrencies(
        {code: _currency(code, said) for code, said in currencies.items() if isinstance(said, dict)},
        {name: options[name] for name in _NAMED_BY_CCXT if options.get(name)},
    )


def recall(name: str) -> KnownCurrencies | None:
    """What is kept under a name; None where nothing is, or Redis is away."""
    try:
        packed = cache.get(_key(name))
        said = json.loads(zlib.decompress(packed)) if packed else None
    except (redis.RedisError, zlib.error, ValueError, TypeError):
        return None  # out of reach, or kept by another version: it is asked for again
    return KnownCurrencies(said["currencies"], said["options"], said["learned_at"]) if said else None


def remember(name: str, known: KnownCurrencies) -> None:
    """Never raises: next time it is asked for again."""
    said = {"currencies": known.currencies, "options": known.options, "learned_at": known.learned_at}
    try:
        cache.set(_key(name), zlib.compress(json.dumps(said, default=str).encode(), 1), KEEP_SECONDS)
    except redis.RedisError:
        return


def fetched(known: KnownCurrencies) -> dict[str, FetchedCurrency]:
    """In our words; codes no exchange of coins could mean are left out."""
    return {
        code: FetchedCurrency(code, said.get("name") or code, networks_of(code, said))
        for code, said in known.currencies.items()
        if _CODE.fullmatch(code)
    }


def networks_of(code: str, said: Mapping[str, Any]) -> tuple[FetchedNetwork, ...]:
    """The networks of a currency as ccxt describes it, each of our names once."""
    found: dict[str, FetchedNetwork] = {}
    for there in sorted(said.get("networks") or {}, key=lambda name: (len(name), name)):
        network = network_of(there, code)
        details = said["networks"][there]
        can_deposit = details.get("deposit") is not False and details.get("active") is not False
        one = FetchedNetwork(network, there, can_deposit, details.get("needs_tag"))
        if network and (network not in found or (can_deposit and not found[network].can_deposit)):
            found[network] = one
    return tuple(found.values())


def _currency(code: str, said: Mapping[str, Any]) -> dict[str, Any]:
    networks = said.get("networks") or {}
    return {
        "id": said.get("id"),
        "code": code,
        "name": str(said.get("name") or code)[:60],
        "active": said.get("active"),
        "deposit": said.get("deposit"),
        "type": said.get("type"),
        "networks": {there: _network(there, each) for there, each in networks.items() if isinstance(each, dict)},
    }


def _network(there: str, said: Mapping[str, Any]) -> dict[str, Any]:
    info = said.get("info")
    info = info if isinstance(info, dict) else {}
    tag_flags = [info[word] for word in _TAG_WORDS if isinstance(info.get(word), bool)]
    return {
        "id": said.get("id"),
        "network": said.get("network") or said.get("code") or there,
        "active": said.get("active"),
        "deposit": said.get("deposit"),
        "needs_tag": tag_flags[0] if tag_flags else None,
        "info": {_LINK: info[_LINK]} if isinstance(info.get(_LINK), str) else {},
    }


def _key(name: str) -> str:
    return f"venue-currencies:{name}"
