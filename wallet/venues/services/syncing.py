"""Asking for syncs: by users, by staff, and by the clock. A sync is a row first; a task with its id carries it out.

What is lost on the way (a task, a worker, Redis) is found by the next round of the clock: a sync that waits is sent
again, one whose process died is ended, and its account is tried again a little later.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts.errors import FieldInvalid, ReasonMissing
from accounts.models import AccountState, User
from accounts.staff import record_staff_action
from storage.session_locks import only_one
from wallet.venues.errors import ExchangeAccountInactive, ExchangeAccountNotFound, SyncInterrupted, SyncRunning
from wallet.venues.models import (
    Activity,
    AddressSyncLog,
    ExchangeAccount,
    SyncOutcome,
    SyncStatus,
    SyncTrigger,
    SyncType,
)
from wallet.venues.origin import SCHEDULE, Origin
from wallet.venues.selectors.accounts import is_usable
from wallet.venues.services.activity import log_account
from wallet.venues.services.running import SYNCING
from wallet.venues.services.schedule import due_type, next_time
from wallet.venues.services.sync_states import end_open_syncs, open_sync_of
from wallet.venues.services.telling import announce_sync

log = logging.getLogger(__name__)

TASK = "wallet.venues.tasks.sync_account"
TASK_SECONDS = 60
"""How long a task may wait for a worker before it is dropped; the next round sends it again."""
MOST_IN_A_ROUND = 200
MOST_CURRENCIES = 100
_SENT_AGAIN_AFTER = timedelta(seconds=20)
_LOOKED_AT_AFTER = timedelta(seconds=10)


def request_sync(
    *,
    user: User,
    origin: Origin,
    account_ids: Sequence[UUID] | None = None,
    currencies: Sequence[str] = (),
    type: SyncType | None = None,
) -> list[AddressSyncLog]:
    """Have accounts synced: those named, or all of the user's that can be.

    Named currencies make it a sync of these alone. What is under way already is answered as it is. Raises
    ExchangeAccountNotFound, ExchangeAccountInactive, FieldInvalid, and SyncRunning where every account named is being
    synced.
    """
    codes = _read_currencies(currencies, type)
    with transaction.atomic():
        accounts = _locked(user_id=user.pk, account_ids=account_ids)
        syncs, running = [], []
        for account in accounts:
            under_way = open_sync_of(account)
            if under_way is not None:
                running.append(under_way)
                continue
            kind = SyncType.SINGLE_CURRENCY if codes else type or due_type(account, at=timezone.now())
            syncs.append(_queue(account, kind, SyncTrigger.USER, origin=origin, currencies=codes))
        if running and not syncs and account_ids is not None:
            raise SyncRunning(details={"sync_id": str(running[0].pk)})
    return [*syncs, *running]


def force_sync(
    *, staff: User, account_ids: Sequence[UUID], reason: str, type: SyncType = SyncType.FULL
) -> list[AddressSyncLog]:
    """Have anybody's accounts synced, with a reason that is kept.

    Raises ReasonMissing, ExchangeAccountNotFound, ExchangeAccountInactive, SyncRunning where all are under way.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        syncs, running = [], []
        for account in _locked(user_id=None, account_ids=account_ids):
            under_way = open_sync_of(account)
            if under_way is not None:
                running.append(under_way)
                continue
            sync = _queue(account, type, SyncTrigger.STAFF, origin=Origin(actor=staff))
            record_staff_action(
                by=staff,
                subject_kind="exchange account",
                subject=str(account.pk),
                action="sync",
                new={"sync": str(sync.pk), "type": type.value},
                reason=reason,
            )
            syncs.append(sync)
        if running and not syncs:
            raise SyncRunning(details={"sync_id": str(running[0].pk)})
    return [*syncs, *running]


def queue_due_syncs(*, at: datetime) -> int:
    """One round of the clock: end what died, send again what waits, queue what is due. How many were queued."""
    for account_id in _running_accounts(at):
        end_if_dead(account_id=account_id, at=at)
    waiting = AddressSyncLog.objects.filter(status=SyncOutcome.QUEUED, started_at__lte=at - _SENT_AGAIN_AFTER)
    for sync_id in waiting.order_by("started_at").values_list("pk", flat=True)[:MOST_IN_A_ROUND]:
        send_sync(sync_id)
    queued = 0
    with transaction.atomic():
        due = ExchangeAccount.objects.select_for_update(no_key=True, skip_locked=True, of=("self",)).filter(
            is_active=True,
            deleted_at=None,
            next_sync_at__lte=at,
            exchange__is_active=True,
            user__is_active=True,
        )
        due = due.exclude(user__state=AccountState.CLOSED).exclude(sync_status=SyncStatus.BLOCKED)
        for account in due.select_related("exchange", "user").order_by("next_sync_at")[:MOST_IN_A_ROUND]:
            # A lost task costs one interval at most: the account comes up again even if nobody ever runs this one.
            account.next_sync_at = next_time(at=at)
            account.save(update_fields=["next_sync_at"])
            if is_usable(account, at=at) and open_sync_of(account) is None:
                _queue(account, due_type(account, at=at), SyncTrigger.SCHEDULE, origin=SCHEDULE)
                queued += 1
    return queued


def end_if_dead(*, account_id: UUID, at: datetime) -> bool:
    """End a sync that runs by its log and by nobody's hand; whether there was one. Its account is tried again soon."""
    with only_one(SYNCING, str(account_id)) as is_alone:
        if not is_alone:
            return False
        with transaction.atomic():
            rows = ExchangeAccount.objects.select_for_update(no_key=True, of=("self",)).select_related(
                "user", "exchange"
            )
            account = rows.get(pk=account_id)
            running = AddressSyncLog.objects.filter(account=account, status=SyncOutcome.RUNNING)
            if not running.exists() or end_open_syncs(account, at=at) == 0:
                return False
            account.failures += 1
            account.sync_status = SyncStatus.FAILED
            interrupted = SyncInterrupted()
            account.error_code, account.error_message = interrupted.code, interrupted.text
            if account.deleted_at is None and account.is_active:
                account.next_sync_at = next_time(at=at, failures=1, minutes=1)
            account.save(update_fields=["failures", "sync_status", "error_code", "error_message", "next_sync_at"])
            log_account(account, Activity.ACCOUNT_SYNCED, origin=SCHEDULE, new={"error": interrupted.code})
    return True


def send_next() -> None:
    """Have the sync that waits longest carried out, where a worker has a hand free now."""
    waiting = AddressSyncLog.objects.filter(status=SyncOutcome.QUEUED).order_by("started_at")
    sync_id = waiting.values_list("pk", flat=True).first()
    if sync_id is not None:
        send_sync(sync_id)


def send_sync(sync_id: UUID) -> None:
    """Have a worker carry it out. Never raises: what is not sent now is sent by a later round."""
    try:
        import_string(settings.TASK_SENDER).send_task(
            TASK, (str(sync_id),), queue="default", retry=False, expires=TASK_SECONDS
        )
    except (RedisError, OperationalError, OSError):
        log.warning("a sync was not sent: Redis is away")


def _queue(
    account: ExchangeAccount, kind: SyncType, trigger: SyncTrigger, *, origin: Origin, currencies: Sequence[str] = ()
) -> AddressSyncLog:
    at = timezone.now()
    sync = AddressSyncLog.objects.create(
        account=account, type=kind, trigger=trigger, currencies=list(currencies), total=len(currencies), started_at=at
    )
    account.sync_status = SyncStatus.QUEUED
    account.save(update_fields=["sync_status"])
    if trigger != SyncTrigger.SCHEDULE:
        asked = {"sync": str(sync.pk), "type": sync.type, "status": sync.status}
        log_account(account, Activity.ACCOUNT_SYNCED, origin=origin, new=asked)
    announce_sync(account.user_id, sync)
    sync_id = sync.pk
    transaction.on_commit(lambda: send_sync(sync_id))
    return sync


def _locked(*, user_id: int | None, account_ids: Sequence[UUID] | None) -> list[ExchangeAccount]:
    """Accounts by id, or all that are usable where none is named; locked in the order of their ids."""
    rows = ExchangeAccount.objects.select_for_update(no_key=True, of=("self",)).filter(deleted_at=None)
    if user_id is not None:
        rows = rows.filter(user_id=user_id)
    if account_ids is not None:
        rows = rows.filter(pk__in=account_ids)
    at = timezone.now()
    found = list(rows.select_related("exchange", "user").order_by("pk"))
    if account_ids is None:
        return [account for account in found if is_usable(account, at=at)]
    if len(found) != len(set(account_ids)):
        raise ExchangeAccountNotFound
    if not all(is_usable(account, at=at) for account in found):
        raise ExchangeAccountInactive
    return found


def _read_currencies(currencies: Sequence[str], type: SyncType | None) -> list[str]:
    codes = list(dict.fromkeys(code.strip().upper() for code in currencies))
    if len(codes) > MOST_CURRENCIES or any(not 0 < len(code) <= 20 for code in codes):
        raise FieldInvalid(details={"currencies": [f"At most {MOST_CURRENCIES} currencies, such as BTC."]})
    if type == SyncType.SINGLE_CURRENCY and not codes:
        raise FieldInvalid(details={"currencies": ["A sync of single currencies names them."]})
    return codes


def _running_accounts(at: datetime) -> list[UUID]:
    running = AddressSyncLog.objects.filter(status=SyncOutcome.RUNNING, started_at__lte=at - _LOOKED_AT_AFTER)
    return list(running.values_list("account", flat=True).distinct())
