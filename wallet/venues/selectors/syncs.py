"""Every read of syncs: a user's own, and for staff how all accounts and exchanges stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, Max, Min, Q, Sum
from django.utils import timezone

from wallet.venues.errors import ExchangeAccountNotFound
from wallet.venues.models import (
    AddressStatus,
    AddressSyncLog,
    DepositAddress,
    ExchangeAccount,
    SyncOutcome,
    SyncStatus,
)
from wallet.venues.selectors.accounts import KEYS, AccountFilter, AccountView, views_of_accounts
from wallet.venues.selectors.paging import PageOf, PageRequest, read_page

OPEN = (SyncOutcome.QUEUED, SyncOutcome.RUNNING)
STAFF_ORDERINGS = {"created_at": "created_at", "exchange": "exchange_id", "name": "name", "sync_status": "sync_status"}


@dataclass(frozen=True, slots=True)
class ExchangeFigures:
    """How the accounts at one exchange stand."""

    exchange: str
    name: str
    accounts: int
    active: int
    failing: int
    """Active, and the last sync failed."""
    blocked: int
    """Active, and the exchange refuses the keys."""
    addresses: int
    syncs_24h: int
    failed_24h: int
    average_ms_24h: int | None


@dataclass(frozen=True, slots=True)
class SyncFigures:
    """What is under way and what went wrong, over all exchanges."""

    queued: int
    running: int
    oldest_queued_at: datetime | None
    success_24h: int
    partial_24h: int
    failed_24h: int
    due: int
    """Accounts whose time has come and that wait for the next round."""
    recent: list[AddressSyncLog]
    """The newest syncs; `account` was read along, without keys."""


def syncs_of(*, user_id: int, account_id: UUID, page: PageRequest) -> PageOf[AddressSyncLog]:
    """An account's syncs, newest first. Raises ExchangeAccountNotFound, also for somebody else's; FieldInvalid."""
    if not ExchangeAccount.objects.filter(pk=account_id, user_id=user_id, deleted_at=None).exists():
        raise ExchangeAccountNotFound
    rows = AddressSyncLog.objects.filter(account_id=account_id)
    return read_page(rows, PageRequest(page.limit, page.cursor, "-started_at"), {"started_at": "started_at"})


def list_all_accounts(*, wanted: AccountFilter, page: PageRequest, user_id: int | None = None) -> PageOf[AccountView]:
    """Everybody's accounts, for staff: without keys, as everywhere. Raises FieldInvalid."""
    rows = ExchangeAccount.objects.filter(deleted_at=None).select_related("exchange", "user").defer(*KEYS)
    exact = {
        "user_id": user_id,
        "exchange_id": wanted.exchange_id,
        "is_active": wanted.is_active,
        "sync_status": wanted.sync_status,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.search:
        rows = rows.filter(Q(name__icontains=wanted.search) | Q(user__email__icontains=wanted.search))
    found = read_page(rows, page, STAFF_ORDERINGS)
    return PageOf(views_of_accounts(found.items), found.next_cursor)


def sync_status(*, most_recent: int = 50) -> SyncFigures:
    """How the syncs go, for staff."""
    at = timezone.now()
    counted = AddressSyncLog.objects.filter(status__in=OPEN).aggregate(
        queued=Count("pk", filter=Q(status=SyncOutcome.QUEUED)),
        running=Count("pk", filter=Q(status=SyncOutcome.RUNNING)),
        oldest_queued_at=Min("started_at", filter=Q(status=SyncOutcome.QUEUED)),
    )
    day = AddressSyncLog.objects.filter(started_at__gte=at - timedelta(days=1)).aggregate(
        **{
            f"{outcome.value}_24h": Count("pk", filter=Q(status=outcome))
            for outcome in (SyncOutcome.SUCCESS, SyncOutcome.PARTIAL, SyncOutcome.FAILED)
        }
    )
    due = ExchangeAccount.objects.filter(is_active=True, deleted_at=None, next_sync_at__lte=at)
    newest = AddressSyncLog.objects.select_related("account", "account__exchange", "account__user")
    newest = newest.defer(*(f"account__{key}" for key in KEYS)).order_by("-started_at", "-id")
    return SyncFigures(
        **counted, **day, due=due.exclude(sync_status=SyncStatus.BLOCKED).count(), recent=list(newest[:most_recent])
    )


def analytics() -> dict[str, Any]:
    """Figures of all exchange accounts, for staff. Nobody's addresses and nobody's keys are in it."""
    at = timezone.now()
    addresses = DepositAddress.objects.filter(deleted_at=None).aggregate(
        total=Count("pk"),
        active=Count("pk", filter=Q(is_active=True)),
        manual=Count("pk", filter=Q(is_manual=True)),
        **{status.value: Count("pk", filter=Q(status=status)) for status in AddressStatus},
    )
    accounts = ExchangeAccount.objects.filter(deleted_at=None).aggregate(
        total=Count("pk"),
        users=Count("user", distinct=True),
        active=Count("pk", filter=Q(is_active=True)),
        **{status.value: Count("pk", filter=Q(sync_status=status)) for status in SyncStatus},
    )
    week = AddressSyncLog.objects.filter(started_at__gte=at - timedelta(days=7)).aggregate(
        total=Count("pk"),
        success=Count("pk", filter=Q(status=SyncOutcome.SUCCESS)),
        partial=Count("pk", filter=Q(status=SyncOutcome.PARTIAL)),
        failed=Count("pk", filter=Q(status=SyncOutcome.FAILED)),
        average_ms=Avg("duration_ms"),
        longest_ms=Max("duration_ms"),
        added=Sum("added", default=0),
        updated=Sum("updated", default=0),
        removed=Sum("removed", default=0),
        changed=Sum("changed", default=0),
    )
    week["average_ms"] = None if week["average_ms"] is None else round(week["average_ms"])
    by_currency = (
        DepositAddress.objects.filter(deleted_at=None, is_active=True)
        .values("currency", "network")
        .annotate(addresses=Count("pk"))
        .order_by("-addresses", "currency", "network")[:20]
    )
    return {
        "accounts": accounts,
        "addresses": addresses,
        "syncs_7d": week,
        "exchanges": figures_of_exchanges(at=at),
        "currencies": list(by_currency),
    }


def figures_of_exchanges(*, at: datetime) -> list[ExchangeFigures]:
    """How the accounts at each exchange stand that has any."""
    by_exchange = (
        ExchangeAccount.objects.filter(deleted_at=None)
        .values("exchange_id", "exchange__name")
        .annotate(
            accounts=Count("pk"),
            active=Count("pk", filter=Q(is_active=True)),
            failing=Count("pk", filter=Q(is_active=True, sync_status=SyncStatus.FAILED)),
            blocked=Count("pk", filter=Q(is_active=True, sync_status=SyncStatus.BLOCKED)),
        )
        .order_by("exchange_id")
    )
    held = DepositAddress.objects.filter(deleted_at=None).values("exchange_id").annotate(n=Count("pk"))
    addresses = {row["exchange_id"]: row["n"] for row in held}
    day = (
        AddressSyncLog.objects.filter(started_at__gte=at - timedelta(days=1))
        .values("account__exchange_id")
        .annotate(n=Count("pk"), failed=Count("pk", filter=Q(status=SyncOutcome.FAILED)), ms=Avg("duration_ms"))
    )
    syncs: dict[str, dict[str, Any]] = {row["account__exchange_id"]: dict(row) for row in day}
    found = []
    for row in by_exchange:
        exchange_id = row["exchange_id"]
        sync: dict[str, Any] = syncs.get(exchange_id, {"n": 0, "failed": 0, "ms": None})
        found.append(
            ExchangeFigures(
                exchange=exchange_id,
                name=row["exchange__name"],
                accounts=row["accounts"],
                active=row["active"],
                failing=row["failing"],
                blocked=row["blocked"],
                addresses=addresses.get(exchange_id, 0),
                syncs_24h=sync["n"],
                failed_24h=sync["failed"],
                average_ms_24h=None if sync["ms"] is None else round(sync["ms"]),
            )
        )
    return found
