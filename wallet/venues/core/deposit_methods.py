"""The network behind the name of a deposit method, where an exchange has methods instead of networks (Kraken)."""

import re

from wallet.venues.core.networks import is_known, network_of

_OF_ETHEREUM = frozenset(
    [
        "1INCH",
        "AAVE",
        "ANKR",
        "ANT",
        "AXS",
        "BADGER",
        "BAL",
        "BAND",
        "BAT",
        "BNT",
        "CHZ",
        "COMP",
        "CQT",
        "CRV",
        "CTSI",
        "DAI",
        "DYDX",
        "ENJ",
        "GHST",
        "GNO",
        "GRT",
        "KEEP",
        "KNC",
        "LINK",
        "LPT",
        "LRC",
        "MANA",
        "MKR",
        "MLN",
        "OCEAN",
        "OGN",
        "OMG",
        "OXT",
        "PAXG",
        "PERP",
        "RARI",
        "REN",
        "REP",
        "SAND",
        "SNX",
        "STORJ",
        "SUSHI",
        "TBTC",
        "UNI",
        "USDC",
        "WBTC",
        "YFI",
        "ZRX",
    ]
)
"""Tokens whose method on Ethereum, the oldest, has no more than their name."""


def network_of_method(method: str, currency: str) -> str:
    """Our network of a method: "Tether USD (TRC20)", "USDT - Polygon (Unified)", "Bitcoin Lightning", "Link"."""
    name = re.sub(r"\(unified\)", "", method, flags=re.IGNORECASE).strip()
    before, dash, behind = name.rpartition(" - ")
    if dash and before:
        return network_of(behind, currency)
    bracketed = re.search(r"\(([^()]+)\)$", name)
    inside = bracketed[1].strip() if bracketed else ""
    if inside and inside.upper() != currency and is_known(inside, currency):
        return network_of(inside, currency)
    bare = name[: bracketed.start()].strip() if bracketed else name
    if currency in _OF_ETHEREUM:
        return "ERC20"
    for word in (bare, currency):
        if is_known(word, currency):
            return network_of(word, currency)
    return network_of(bare, currency)
