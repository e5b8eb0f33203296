"""What a key may do at its exchange, as the exchange itself says; None where it does not.

Most exchanges tell it by calls that ccxt signs and does not read. Where there is none, the account's balance is read
instead, which shows that the key is good and may read.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from wallet.venues.core.fetched import KeyPermissions

Ask = Callable[..., Awaitable[Any]]
"""A method of ccxt by its name, and its arguments."""
_NOT_TRADING = frozenset({"wallet", "affiliate", "nft", "fiatp2p", "fiatbybitpay", "fiatconvertbroker", "earn"})


async def permissions_of(ccxt_id: str, ask: Ask) -> KeyPermissions:
    """Raises what `ask` raises: a key that may do nothing, or is none."""
    found = await _READERS.get(ccxt_id, _by_balance)(ask)
    # The exchange answered with the account's own affairs, so it may at least be asked for these.
    return KeyPermissions(True if found.can_read is None else found.can_read, found.can_trade, found.can_withdraw)


async def _by_balance(ask: Ask) -> KeyPermissions:
    await ask("fetch_balance")
    return KeyPermissions(can_read=True)


async def _binance(ask: Ask) -> KeyPermissions:
    said = await ask("sapiGetAccountApiRestrictions")
    trading = (
        "enableSpotAndMarginTrading", "enableMargin", "enableFutures", "enableVanillaOptions",
        "enablePortfolioMarginTrading", "enableFixApiTrade",
    )  # fmt: skip
    return KeyPermissions(
        _flag(said.get("enableReading")), _any(said.get(name) for name in trading), _flag(said.get("enableWithdrawals"))
    )


async def _coinbase(ask: Ask) -> KeyPermissions:
    said = await ask("v3PrivateGetBrokerageKeyPermissions")
    return KeyPermissions(_flag(said.get("can_view")), _flag(said.get("can_trade")), _flag(said.get("can_transfer")))


async def _kraken(ask: Ask) -> KeyPermissions:
    said = await ask("privatePostGetApiKeyInfo")
    names = _words(_of(said.get("result")).get("permissions"))
    if not names:
        return KeyPermissions()
    return KeyPermissions(
        any(name.startswith("query") for name in names),
        any(name.startswith(("modify", "create", "trade", "close", "cancel", "add-order")) for name in names),
        any("withdraw" in name for name in names),
    )


async def _bitfinex(ask: Ask) -> KeyPermissions:
    said = await ask("privatePostAuthRPermissions")
    scopes = {row[0]: row for row in said if isinstance(row, list) and len(row) > 2}

    def may(scope: str, index: int) -> bool | None:
        return _flag(scopes[scope][index]) if scope in scopes else None

    trading = [may("orders", 2), may("positions", 2), may("funding", 2)]
    withdrawing = [may("withdraw", 2), may("ui_withdraw", 2)]
    return KeyPermissions(may("wallets", 1), _any(trading), _any(withdrawing))


async def _htx(ask: Ask) -> KeyPermissions:
    uid = (await ask("spotPrivateGetV2UserUid")).get("data")
    said = await ask("spotPrivateGetV2UserApiKey", {"uid": uid, "accessKey": ACCOUNT_KEY})
    rows = said.get("data")
    own = rows[0] if isinstance(rows, list) and rows else {}
    return _by_words(_words(_of(own).get("permission")), read="readonly", trade=("trade",), withdraw=("withdraw",))


async def _kucoin(ask: Ask) -> KeyPermissions:
    said = await ask("privateGetUserApiKey")
    return _by_words(
        _words(_of(said.get("data")).get("permission")),
        read="general",
        trade=("spot", "margin", "futures", "trade", "unified"),
        withdraw=("withdrawal", "withdraw", "transfer"),
    )


async def _bybit(ask: Ask) -> KeyPermissions:
    said = _of((await ask("privateGetV5UserQueryApi")).get("result"))
    granted = said.get("permissions")
    if not isinstance(granted, dict):
        return KeyPermissions()
    if _flag(said.get("readOnly")):
        return KeyPermissions(True, False, False)
    trading = [_words(names) for group, names in granted.items() if group.lower() not in _NOT_TRADING]
    may_trade = any(not name.endswith("history") for names in trading for name in names)
    return KeyPermissions(True, may_trade, "withdraw" in _words(granted.get("Wallet")))


async def _okx(ask: Ask) -> KeyPermissions:
    rows = (await ask("privateGetAccountConfig")).get("data")
    own = _of(rows[0]) if isinstance(rows, list) and rows else {}
    return _by_words(_words(own.get("perm")), read="read_only", trade=("trade",), withdraw=("withdraw",))


ACCOUNT_KEY: Final = object()
"""Stands for the account's own key, which whoever asks puts in its place: it is not handed about."""

_READERS: Final[dict[str, Callable[[Ask], Awaitable[KeyPermissions]]]] = {
    "binance": _binance,
    "coinbase": _coinbase,
    "kraken": _kraken,
    "bitfinex": _bitfinex,
    "htx": _htx,
    "kucoin": _kucoin,
    "bybit": _bybit,
    "okx": _okx,
}


def _by_words(words: set[str], *, read: str, trade: Iterable[str], withdraw: Iterable[str]) -> KeyPermissions:
    if not words:
        return KeyPermissions()
    return KeyPermissions(True if read in words else None, not words.isdisjoint(trade), not words.isdisjoint(withdraw))


def _words(said: Any) -> set[str]:
    parts = said.split(",") if isinstance(said, str) else said if isinstance(said, list) else []
    return {str(part).strip().lower() for part in parts if str(part).strip()}


def _of(said: Any) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def _flag(said: Any) -> bool | None:
    """True and False in whatever an exchange writes for them."""
    if said is None:
        return None
    return str(said).strip().lower() in ("true", "1", "yes")


def _any(said: Iterable[Any]) -> bool | None:
    flags = [_flag(each) for each in said]
    known = [flag for flag in flags if flag is not None]
    return any(known) if known else None
