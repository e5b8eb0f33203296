"""What a user should know about a key, an account or an address before they rely on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from wallet.venues.core.fetched import KeyPermissions
from wallet.venues.models import AddressStatus, ExchangeAccount, SyncStatus

EXPIRES_SOON = timedelta(days=14)

_TEXTS = {
    "KEY_MAY_WITHDRAW": "This key may withdraw. Give it the permission to read, and no other.",
    "KEY_MAY_TRADE": "This key may trade. Reading is all that is needed here.",
    "KEY_MAY_NOT_READ": "This key may not read the account, so no address can be fetched with it.",
    "KEY_RIGHTS_UNKNOWN": "The exchange does not tell all of what this key may do. Look it up there.",
    "KEY_EXPIRED": "This key has expired. Make a new one at the exchange and enter it here.",
    "KEY_EXPIRES_SOON": "This key expires soon. Make a new one at the exchange in time.",
    "KEYS_REFUSED": "The exchange refuses these keys. Nothing is asked there until you enter others.",
    "ADDRESS_CHANGED": "The exchange gives this address in place of another. Compare it with what the exchange itself "
    "shows, and confirm it, before anything is sent to it.",
    "ADDRESS_REPLACED": "The exchange gives another address now. Send nothing to this one.",
    "ADDRESS_GONE": "The exchange no longer reports this address. Send nothing to it.",
    "ADDRESS_BLOCKED": "This address is blocked. Send nothing to it.",
    "ADDRESS_INACTIVE": "This address is switched off.",
    "ADDRESS_MANUAL": "This address was entered by hand and has not been seen at the exchange.",
    "FORMAT_UNKNOWN": "The form of addresses on this network is not known here, so a slip would not be noticed.",
    "TAG_NEEDED": "Deposits over this network need the tag. Without it they are lost.",
    "TAG_MISSING": "Deposits over this network need a tag, and none is known. Send nothing before there is one.",
    "SANDBOX": "This belongs to the exchange's sandbox. Real coins sent there are lost.",
}


@dataclass(frozen=True, slots=True)
class Warning:
    """`code` for programs, `message` for people."""

    code: str
    message: str


def permission_warnings(permissions: KeyPermissions) -> list[Warning]:
    """What a key may that it need not."""
    found = []
    if permissions.can_withdraw:
        found.append("KEY_MAY_WITHDRAW")
    if permissions.can_trade:
        found.append("KEY_MAY_TRADE")
    if permissions.can_read is False:
        found.append("KEY_MAY_NOT_READ")
    if permissions.can_withdraw is None or permissions.can_trade is None:
        found.append("KEY_RIGHTS_UNKNOWN")
    return _told(found)


def permissions_of(account: ExchangeAccount) -> KeyPermissions:
    """What the last test found the key may do; all unknown before the first."""
    known = account.permissions
    return KeyPermissions(known.get("read"), known.get("trade"), known.get("withdraw"))


def account_warnings(account: ExchangeAccount, *, at: datetime) -> list[Warning]:
    """Of the keys: whether they are refused, how long they hold, and what they may."""
    found = []
    is_expired = account.keys_expire_at is not None and account.keys_expire_at <= at
    if is_expired:
        found.append("KEY_EXPIRED")
    elif account.sync_status == SyncStatus.BLOCKED:
        found.append("KEYS_REFUSED")
    if not is_expired and account.keys_expire_at is not None and account.keys_expire_at <= at + EXPIRES_SOON:
        found.append("KEY_EXPIRES_SOON")
    if account.is_sandbox:
        found.append("SANDBOX")
    return _told(found) + (permission_warnings(permissions_of(account)) if account.permissions else [])


@cache
def address_warnings(
    status: str,
    is_active: bool,
    is_blocked: bool,
    is_sandbox: bool,
    has_tag: bool,
    needs_tag: bool,
    is_manual: bool,
    is_format_checked: bool,
) -> tuple[Warning, ...]:
    """What to heed before coins are sent to an address, the gravest first. Made once for each kind of address."""
    found = ["ADDRESS_BLOCKED"] if is_blocked else []
    if status != AddressStatus.CURRENT:
        found.append(f"ADDRESS_{status.upper()}")
    elif not is_active:
        found.append("ADDRESS_INACTIVE")
    if is_sandbox:
        found.append("SANDBOX")
    if has_tag:
        found.append("TAG_NEEDED")
    elif needs_tag:
        found.append("TAG_MISSING")
    if is_manual:
        found.append("ADDRESS_MANUAL")
    if not is_format_checked:
        found.append("FORMAT_UNKNOWN")
    return tuple(_told(found))


def _told(codes: list[str]) -> list[Warning]:
    return [Warning(code, _TEXTS[code]) for code in codes]
