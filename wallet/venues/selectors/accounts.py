"""Every read of exchange accounts and of the exchanges they are at. Keys stay in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import AccountState
from wallet.venues.errors import (
    ExchangeAccountInactive,
    ExchangeAccountNotFound,
    ExchangeNotSupported,
    ExchangePermissionMissing,
)
from wallet.venues.models import AddressSyncLog, DepositAddress, ExchangeAccount, SupportedExchange, SyncStatus
from wallet.venues.selectors.paging import PageOf, PageRequest, read_page
from wallet.venues.selectors.warnings import Warning, account_warnings

KEYS = ("api_key", "api_secret", "passphrase")
ORDERINGS = {"created_at": "created_at", "name": "name", "exchange": "exchange_id", "sync_status": "sync_status"}


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """Which accounts; None leaves a thing open."""

    exchange_id: str | None = None
    is_active: bool | None = None
    sync_status: SyncStatus | None = None
    search: str | None = None
    """A part of the name."""


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account and what belongs to it; its keys were not read."""

    account: ExchangeAccount
    addresses: int
    latest_sync: AddressSyncLog | None
    warnings: list[Warning]


class Purpose(Enum):
    """What somebody wants to do with an account."""

    READ = "read"
    TRADE = "trade"
    WITHDRAW = "withdraw"


_BARRED = {
    Purpose.READ: {AccountState.CLOSED},
    Purpose.TRADE: {AccountState.CLOSED, AccountState.TRADE_FROZEN},
    Purpose.WITHDRAW: {AccountState.CLOSED, AccountState.WITHDRAW_FROZEN},
}
"""Users in these states may not do that with their accounts elsewhere either."""


def list_accounts(*, user_id: int, wanted: AccountFilter, page: PageRequest) -> PageOf[AccountView]:
    """A user's accounts. Raises FieldInvalid for another ordering or cursor."""
    rows = _of_user(user_id)
    if wanted.exchange_id is not None:
        rows = rows.filter(exchange_id=wanted.exchange_id)
    if wanted.is_active is not None:
        rows = rows.filter(is_active=wanted.is_active)
    if wanted.sync_status is not None:
        rows = rows.filter(sync_status=wanted.sync_status)
    if wanted.search:
        rows = rows.filter(name__icontains=wanted.search)
    found = read_page(rows, page, ORDERINGS)
    return PageOf(views_of_accounts(found.items), found.next_cursor)


def get_account(*, user_id: int, account_id: UUID) -> AccountView:
    """Raises ExchangeAccountNotFound, also for somebody else's."""
    account = _of_user(user_id).filter(pk=account_id).first()
    if account is None:
        raise ExchangeAccountNotFound
    return views_of_accounts([account])[0]


def views_of_accounts(accounts: Iterable[ExchangeAccount]) -> list[AccountView]:
    """What the API shows of accounts, in their order."""
    shown = list(accounts)
    ids = [account.pk for account in shown]
    counted = DepositAddress.objects.filter(account__in=ids, deleted_at=None).values("account").annotate(n=Count("pk"))
    counts = {row["account"]: row["n"] for row in counted}
    newest = AddressSyncLog.objects.filter(account__in=ids).order_by("account_id", "-started_at", "-id")
    syncs = {sync.account_id: sync for sync in newest.distinct("account_id")}
    at = timezone.now()
    return [
        AccountView(account, counts.get(account.pk, 0), syncs.get(account.pk), account_warnings(account, at=at))
        for account in shown
    ]


def permitted_account(
    *, account_id: UUID, user_id: int, purpose: Purpose = Purpose.READ, at: datetime | None = None
) -> ExchangeAccount:
    """The one question of modules that want to use an account: is it valid, active, and may its key do this?

    The account comes without its keys. What nobody knows of a key counts as not permitted, but for reading: that is
    what a key is connected for. Raises ExchangeAccountNotFound (also for somebody else's), ExchangeAccountInactive,
    ExchangePermissionMissing.
    """
    account = _of_user(user_id).filter(pk=account_id).select_related("user").first()
    if account is None:
        raise ExchangeAccountNotFound
    is_barred = not account.user.is_active or account.user.state in _BARRED[purpose]
    if is_barred or not is_usable(account, at=at or timezone.now()):
        raise ExchangeAccountInactive
    permission = account.permissions.get(purpose.value)
    if permission is not True and not (purpose is Purpose.READ and permission is None):
        raise ExchangePermissionMissing.at(account.exchange_id)
    return account


def is_usable(account: ExchangeAccount, *, at: datetime) -> bool:
    """Whether anything may be asked in the account's name."""
    is_expired = account.keys_expire_at is not None and account.keys_expire_at <= at
    is_on = account.is_active and account.deleted_at is None and account.exchange.is_active
    return is_on and account.sync_status != SyncStatus.BLOCKED and not is_expired


def list_supported() -> list[SupportedExchange]:
    """Exchanges whose accounts can be connected, by name."""
    return list(SupportedExchange.objects.filter(is_active=True, has_addresses=True).order_by("name"))


def get_exchange(*, exchange_id: str) -> SupportedExchange:
    """Raises ExchangeNotSupported."""
    found = SupportedExchange.objects.filter(pk=exchange_id, is_active=True, has_addresses=True).first()
    if found is None:
        raise ExchangeNotSupported
    return found


def _of_user(user_id: int) -> QuerySet[ExchangeAccount]:
    rows = ExchangeAccount.objects.filter(user_id=user_id, deleted_at=None)
    return rows.select_related("exchange").defer(*KEYS)
