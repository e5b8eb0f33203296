"""How a sync stands, as its log tells it: queued, running, and ended in one of three ways."""

from datetime import datetime, timedelta

from kernel.errors import BourseError
from wallet.venues.errors import SyncInterrupted
from wallet.venues.models import AddressSyncLog, ExchangeAccount, SyncOutcome, SyncStatus
from wallet.venues.selectors.syncs import OPEN
from wallet.venues.services.telling import announce_sync, mail_changes_of

ALL = ""
"""In `errors`: what was about no single currency."""
_MILLISECOND = timedelta(milliseconds=1)


def open_sync_of(account: ExchangeAccount) -> AddressSyncLog | None:
    """The sync that waits or runs; there is at most one, because it is made under the account's lock."""
    return AddressSyncLog.objects.filter(account=account, status__in=OPEN).order_by("started_at").first()


def end_open_syncs(account: ExchangeAccount, *, at: datetime, error: BourseError | None = None) -> int:
    """End what waits or runs of a locked account, which the caller saves; how many that was.

    Whoever runs it notices before it writes again.
    """
    why = error or SyncInterrupted()
    syncs = list(AddressSyncLog.objects.filter(account=account, status__in=OPEN))
    for sync in syncs:
        sync.errors = {**sync.errors, ALL: error_content(why)}
        close_sync(sync, outcome=SyncOutcome.FAILED, at=at)
        mail_changes_of(account, sync)
        announce_sync(account.user_id, sync)
    if account.sync_status in (SyncStatus.QUEUED, SyncStatus.RUNNING):
        account.sync_status = SyncStatus.NEVER if account.last_sync_at is None else SyncStatus.OK
    return len(syncs)


def close_sync(sync: AddressSyncLog, *, outcome: SyncOutcome, at: datetime) -> None:
    """Write down how a sync ended."""
    sync.status, sync.finished_at = outcome, at
    sync.duration_ms = max(0, (at - sync.started_at) // _MILLISECOND)
    sync.save()


def error_content(error: BourseError) -> dict[str, str]:
    """What the log keeps of a failure: our own words alone."""
    return {"code": error.code, "message": error.text}
