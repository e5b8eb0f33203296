"""How a sync ends, and what that means for its account: when it is asked next, and who is told."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kernel.errors import BourseError
from wallet.venues.errors import ExchangeAccountInactive, ExchangeApiError
from wallet.venues.metrics import SYNC_SECONDS, SYNCS
from wallet.venues.models import Activity, AddressSyncLog, ExchangeAccount, SyncOutcome, SyncStatus, SyncType
from wallet.venues.origin import SCHEDULE
from wallet.venues.services.activity import log_account
from wallet.venues.services.alerts import watch_failures
from wallet.venues.services.blocking import block_account
from wallet.venues.services.finding import is_same_owner_of_keys
from wallet.venues.services.schedule import next_time
from wallet.venues.services.sync_states import ALL, close_sync, error_content
from wallet.venues.services.telling import announce_sync, mail_changes_of

_STATUSES = {
    SyncOutcome.SUCCESS: SyncStatus.OK,
    SyncOutcome.PARTIAL: SyncStatus.PARTIAL,
    SyncOutcome.FAILED: SyncStatus.FAILED,
}


def end_sync(
    sync: AddressSyncLog,
    *,
    asked_with: ExchangeAccount,
    learned: int,
    stopped_by: BourseError | None,
    rest_seconds: int = 0,
) -> SyncOutcome | None:
    """Write down how it went. `learned`: of how many currencies. `rest_seconds`: before which nothing is asked again.

    None where somebody else ended it before.
    """
    at = timezone.now()
    with transaction.atomic():
        rows = ExchangeAccount.objects.select_for_update(no_key=True, of=("self",)).select_related("exchange", "user")
        account = rows.get(pk=asked_with.pk)
        if not AddressSyncLog.objects.filter(pk=sync.pk, status=SyncOutcome.RUNNING).exists():
            return None
        if stopped_by is not None:
            sync.errors = {ALL: error_content(stopped_by), **sync.errors}
        outcome = _outcome_of(sync, learned, stopped_by)
        close_sync(sync, outcome=outcome, at=at)
        mail_changes_of(account, sync)
        if account.deleted_at is None and is_same_owner_of_keys(asked_with, account):
            _settle(account, sync, outcome, stopped_by, rest_seconds, at=at)
        told = {"sync": str(sync.pk), "type": sync.type, "status": sync.status}
        counts = {name: getattr(sync, name) for name in ("added", "updated", "removed", "changed")}
        log_account(account, Activity.ACCOUNT_SYNCED, origin=SCHEDULE, new=told | counts)
        announce_sync(account.user_id, sync)
    SYNCS.labels(account.exchange_id, outcome.value).inc()
    SYNC_SECONDS.observe((sync.duration_ms or 0) / 1000)
    return outcome


def end_unbegun(account: ExchangeAccount, sync: AddressSyncLog, *, at: datetime) -> None:
    """End a sync that waited until its account could no longer be asked. The account is locked by the caller."""
    sync.errors = {ALL: error_content(ExchangeAccountInactive())}
    close_sync(sync, outcome=SyncOutcome.FAILED, at=at)
    if account.sync_status == SyncStatus.QUEUED:
        account.sync_status = SyncStatus.NEVER if account.last_sync_at is None else SyncStatus.OK
        account.save(update_fields=["sync_status"])
    announce_sync(account.user_id, sync)


def _outcome_of(sync: AddressSyncLog, learned: int, stopped_by: BourseError | None) -> SyncOutcome:
    if stopped_by is None and not sync.errors:
        return SyncOutcome.SUCCESS
    is_refused = isinstance(stopped_by, ExchangeApiError) and stopped_by.blocks_account
    return SyncOutcome.PARTIAL if learned and not is_refused else SyncOutcome.FAILED


def _settle(
    account: ExchangeAccount,
    sync: AddressSyncLog,
    outcome: SyncOutcome,
    stopped_by: BourseError | None,
    rest_seconds: int,
    *,
    at: datetime,
) -> None:
    """What a sync that ended means for its account, which is locked."""
    first = next(iter(sync.errors.values()), {"code": "", "message": ""})
    account.error_code, account.error_message = first["code"][:40], first["message"][:200]
    account.sync_status = _STATUSES[outcome]
    account.failures = account.failures + 1 if outcome == SyncOutcome.FAILED else 0
    if outcome != SyncOutcome.FAILED:
        account.last_sync_at = at
        if sync.type == SyncType.FULL:
            account.last_full_sync_at = at
    account.next_sync_at = next_time(at=at, failures=account.failures, least_seconds=rest_seconds)
    account.save()
    if isinstance(stopped_by, ExchangeApiError) and stopped_by.blocks_account:
        block_account(account, error=stopped_by, origin=SCHEDULE, at=at)
    watch_failures(account, at=at)
