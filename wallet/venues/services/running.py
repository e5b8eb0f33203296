"""Carrying out a sync: ask the exchange for one currency after the other, and keep each answer in a commit of its own.

Nothing of the exchange is waited for inside of a database transaction. Before each commit the account is locked and
looked at: a sync that was ended meanwhile, or whose account was deleted, switched off or given other keys, writes
nothing more. A process that dies loses what it had asked and not yet stored; what it stored is right, and asking again
is harmless.
"""

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kernel.errors import BourseError
from storage.session_locks import only_one
from wallet.venues.core.pace import expected_end
from wallet.venues.errors import (
    ExchangeApiError,
    ExchangeMaintenance,
    ExchangeRateLimited,
    ExchangeTimeout,
    ExchangeUnavailable,
    SyncInterrupted,
)
from wallet.venues.models import AddressSyncLog, ExchangeAccount, SyncOutcome, SyncStatus, SyncType
from wallet.venues.origin import SCHEDULE
from wallet.venues.selectors.accounts import is_usable
from wallet.venues.selectors.pace import seconds_per_currency
from wallet.venues.selectors.syncs import OPEN
from wallet.venues.services.asking_many import Answer, ask_all
from wallet.venues.services.ending import end_sync, end_unbegun
from wallet.venues.services.finding import is_same_owner_of_keys
from wallet.venues.services.offering import learn_currencies
from wallet.venues.services.planning import is_nothing_to_report, plan_of
from wallet.venues.services.reconciling import store_answer
from wallet.venues.services.sync_states import ALL, error_content
from wallet.venues.services.telling import announce_sync

log = logging.getLogger(__name__)

SYNCING = 0x76656E75
"""Key of the advisory lock that a process holds on an account while it syncs it; 32 bits."""
PROGRESS_SECONDS = 0.4
MOST_ERRORS = 200
TROUBLES_TO_STOP = 5
_TROUBLES = (ExchangeUnavailable, ExchangeMaintenance, ExchangeTimeout, ExchangeRateLimited)
_slots = threading.BoundedSemaphore(max(1, settings.VENUE_SYNCS_AT_ONCE))
"""Of one process: syncs take long, and mails and payouts wait for the same threads."""


class _Overtaken(Exception):
    """Somebody ended the sync, or changed its account."""


@dataclass(slots=True)
class _Run:
    """A sync under way."""

    sync: AddressSyncLog
    account: ExchangeAccount
    """As it was when it began: with these keys everything was asked."""
    began_at: datetime
    plan: Mapping[str, Sequence[str]] = field(default_factory=dict)
    learned: int = 0
    """Currencies of which something was stored, or of which it is known that there is nothing."""
    troubles: int = 0
    """Answers one after the other that say the exchange as a whole is in trouble."""
    stopped_by: BourseError | None = None
    rest_seconds: int = 0
    """For which the exchange wants to be left alone."""
    told_at: float = 0.0
    seconds_per_currency: float = 0.0
    """As long as it will take where the exchange allows no more."""


def run_sync(*, sync_id: UUID) -> SyncOutcome | None:
    """Carry out a sync that waits; None where there is nothing to do, or somebody else is at this account.

    Safe to be called any number of times, from any process.
    """
    account_id = AddressSyncLog.objects.filter(pk=sync_id, status__in=OPEN).values_list("account", flat=True).first()
    if account_id is None or not _slots.acquire(blocking=False):
        return None
    try:
        with only_one(SYNCING, str(account_id)) as is_alone:
            run = _begin(sync_id) if is_alone else None
            return None if run is None else _carry_out(run)
    finally:
        _slots.release()


def _begin(sync_id: UUID) -> _Run | None:
    at = timezone.now()
    with transaction.atomic():
        # Under the account's lock, as everything that begins or ends a sync.
        account_id = AddressSyncLog.objects.values_list("account", flat=True).get(pk=sync_id)
        accounts = ExchangeAccount.objects.select_for_update(no_key=True, of=("self",))
        account = accounts.select_related("exchange", "user").get(pk=account_id)
        sync = AddressSyncLog.objects.filter(pk=sync_id, status__in=OPEN).first()
        if sync is None:
            return None
        if not is_usable(account, at=at):
            end_unbegun(account, sync, at=at)
            return None
        # One that runs by its log, and yet nobody holds its lock, was begun by a process that died: from the beginning.
        sync.status, sync.started_at, sync.done = SyncOutcome.RUNNING, at, 0
        sync.added = sync.updated = sync.removed = sync.changed = 0
        sync.errors, sync.expected_end_at = {}, None
        sync.save()
        account.sync_status = SyncStatus.RUNNING
        account.save(update_fields=["sync_status"])
        announce_sync(account.user_id, sync)
    return _Run(sync, account, began_at=at, told_at=time.monotonic())


def _carry_out(run: _Run) -> SyncOutcome | None:
    answers: Iterator[tuple[str, Answer]] = iter(())
    try:
        _make_plan(run)
        if run.plan:
            answers = ask_all(run.account, run.plan)
        for currency, answer in answers:
            _take(run, currency, answer)
            if run.stopped_by is not None:
                break
    except _Overtaken:
        return None
    except ExchangeApiError as error:
        # Not even what there is to ask for could be learned.
        run.stopped_by, run.rest_seconds = error, error.retry_after or 0
    except Exception:
        run.stopped_by = SyncInterrupted()
        _end(run)
        raise
    finally:
        if hasattr(answers, "close"):
            answers.close()
    return _end(run)


def _make_plan(run: _Run) -> None:
    """Find out what to ask for. Raises ExchangeApiError where the exchange would have to tell and does not."""
    if run.sync.type == SyncType.FULL:
        learn_currencies(run.account, at=timezone.now())
    run.plan = plan_of(run.account, run.sync)
    run.sync.currencies, run.sync.total = sorted(run.plan), len(run.plan)
    run.seconds_per_currency = seconds_per_currency(run.account.exchange)
    run.told_at = 0.0
    with transaction.atomic():
        _still_mine(run)
        _tell(run)


def _end(run: _Run) -> SyncOutcome | None:
    return end_sync(
        run.sync,
        asked_with=run.account,
        learned=run.learned,
        stopped_by=run.stopped_by,
        rest_seconds=run.rest_seconds,
    )


def _take(run: _Run, currency: str, answer: Answer) -> None:
    """One answer of the exchange."""
    if not currency:
        run.stopped_by = answer if isinstance(answer, ExchangeApiError) else SyncInterrupted()
        run.rest_seconds = run.stopped_by.retry_after or 0
        return
    run.sync.done += 1
    if isinstance(answer, ExchangeApiError):
        _take_refusal(run, currency, answer)
        _tell(run)
        return
    run.troubles = 0
    for network, error in answer.failed.items():
        if isinstance(error, ExchangeApiError) and error.blocks_account:
            run.stopped_by = error
        if not is_nothing_to_report(run.account, error, currency=currency, network=network):
            _note(run, f"{currency}/{network}", error)
    with transaction.atomic():
        account = _still_mine(run)
        found = store_answer(
            account,
            currency=currency,
            networks=run.plan.get(currency, ()),
            fetched=answer,
            origin=SCHEDULE,
            at=timezone.now(),
        )
        run.sync.added += found.added
        run.sync.updated += found.updated
        run.sync.removed += found.removed
        run.sync.changed += found.changed
        _tell(run)
    # All that was asked for failed: nothing was learned.
    run.learned += bool(answer.addresses) or not answer.failed


def _take_refusal(run: _Run, currency: str, error: ExchangeApiError) -> None:
    if error.blocks_account:
        run.stopped_by = error
    elif run.sync.type == SyncType.FULL and is_nothing_to_report(run.account, error, currency=currency):
        run.learned += 1
        run.troubles = 0
        return
    elif isinstance(error, _TROUBLES):
        run.troubles += 1
        if run.troubles >= TROUBLES_TO_STOP:
            run.stopped_by = error
    _note(run, currency, error)


def _note(run: _Run, about: str, error: BourseError) -> None:
    if isinstance(error, _TROUBLES):
        run.rest_seconds = max(run.rest_seconds, error.retry_after or 0)
    if len(run.sync.errors) < MOST_ERRORS:
        run.sync.errors = {**run.sync.errors, about or ALL: error_content(error)}


def _still_mine(run: _Run) -> ExchangeAccount:
    """The account under lock. Raises _Overtaken where this sync may write nothing more."""
    rows = ExchangeAccount.objects.select_for_update(no_key=True, of=("self",)).select_related("exchange", "user")
    account = rows.filter(pk=run.account.pk, deleted_at=None, is_active=True).first()
    is_running = AddressSyncLog.objects.filter(pk=run.sync.pk, status=SyncOutcome.RUNNING, started_at=run.began_at)
    if account is None or not is_same_owner_of_keys(run.account, account) or not is_running.exists():
        raise _Overtaken
    return account


def _tell(run: _Run) -> None:
    """Write down and show how far it is, a few times a second at most."""
    now = time.monotonic()
    if now - run.told_at < PROGRESS_SECONDS:
        return
    run.told_at = now
    run.sync.expected_end_at = expected_end(
        began_at=run.began_at,
        at=timezone.now(),
        done=run.sync.done,
        total=run.sync.total,
        seconds_per_currency=run.seconds_per_currency,
    )
    written = ("currencies", "total", "done", "expected_end_at", "added", "updated", "removed", "changed", "errors")
    still_running = AddressSyncLog.objects.filter(pk=run.sync.pk, status=SyncOutcome.RUNNING)
    if not still_running.update(**{name: getattr(run.sync, name) for name in written}):
        raise _Overtaken
    announce_sync(run.account.user_id, run.sync)
