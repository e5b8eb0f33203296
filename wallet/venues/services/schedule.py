"""When an account is synced, and how thoroughly."""

import random
from datetime import datetime, timedelta

from django.conf import settings

from wallet.venues.models import ExchangeAccount, SyncType

LONGEST_PAUSE = timedelta(days=1)


def due_type(account: ExchangeAccount, *, at: datetime) -> SyncType:
    """In full once a day, and of what is known already in between."""
    last = account.last_full_sync_at
    is_stale = last is None or at - last >= timedelta(hours=settings.VENUE_FULL_SYNC_HOURS)
    return SyncType.FULL if is_stale else SyncType.INCREMENTAL


def next_time(*, at: datetime, failures: int = 0, minutes: float | None = None, least_seconds: int = 0) -> datetime:
    """When an account is synced next: twice as late with each failure, up to a day, and not all at the same moment."""
    interval = timedelta(minutes=minutes if minutes is not None else settings.VENUE_SYNC_MINUTES)
    interval = min(interval * 2 ** min(failures, 10), LONGEST_PAUSE)
    return at + max(interval * random.uniform(0.8, 1.2), timedelta(seconds=least_seconds))
