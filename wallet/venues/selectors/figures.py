"""How syncs went day by day, and why they failed: for the staff's page and API."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import TruncDay

from wallet.venues.models import AddressSyncLog, SyncOutcome

DAYS = 14
ERROR_DAYS = 7

_ERRORS = """
    SELECT account.exchange_id, error.value ->> 'code' AS code, count(DISTINCT sync.id) AS syncs
    FROM venues_addresssynclog sync
    JOIN venues_exchangeaccount account ON account.id = sync.account_id
    CROSS JOIN LATERAL jsonb_each(sync.errors) AS error
    WHERE sync.started_at >= %s AND sync.status IN ('partial', 'failed')
    GROUP BY account.exchange_id, code
    ORDER BY syncs DESC, account.exchange_id, code
"""


@dataclass(frozen=True, slots=True)
class DayOfSyncs:
    """Syncs that were started on a day, by UTC."""

    day: date
    success: int
    partial: int
    failed: int


@dataclass(frozen=True, slots=True)
class ErrorCount:
    """In how many syncs at an exchange something was refused with this code."""

    exchange: str
    code: str
    count: int


def syncs_by_day(*, at: datetime, days: int = DAYS) -> list[DayOfSyncs]:
    """Each of the last days, oldest first, also where nothing was synced."""
    today = at.date()
    first = today - timedelta(days=days - 1)
    rows: Iterable[Any] = (
        AddressSyncLog.objects.filter(started_at__gte=at - timedelta(days=days))
        .annotate(day=TruncDay("started_at"))
        .values("day")
        .annotate(
            **{
                outcome.value: Count("pk", filter=Q(status=outcome))
                for outcome in (SyncOutcome.SUCCESS, SyncOutcome.PARTIAL, SyncOutcome.FAILED)
            }
        )
        .order_by("day")
    )
    known = {row["day"].date(): row for row in rows}
    nothing = {"success": 0, "partial": 0, "failed": 0}
    found = []
    for number in range(days):
        day = first + timedelta(days=number)
        row = known.get(day, nothing)
        found.append(DayOfSyncs(day, row["success"], row["partial"], row["failed"]))
    return found


def errors_by_code(*, at: datetime, days: int = ERROR_DAYS) -> list[ErrorCount]:
    """The most frequent first. A sync counts once for each code, in however many currencies it met it."""
    with connection.cursor() as cursor:
        cursor.execute(_ERRORS, [at - timedelta(days=days)])
        return [ErrorCount(*row) for row in cursor.fetchall()]


def failure_rate_percent(*, failed: int, ended: int) -> str:
    """With one decimal, cut off; 0.0 where nothing has ended."""
    per_mille = failed * 1000 // ended if ended else 0
    return f"{per_mille // 10}.{per_mille % 10}"
