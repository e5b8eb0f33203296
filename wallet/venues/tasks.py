"""Work on accounts at other exchanges in the background. Tasks carry ids, never keys or addresses."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from wallet.venues.services.catalogue import refresh_due_exchanges
from wallet.venues.services.repeating import forget_answers
from wallet.venues.services.running import run_sync
from wallet.venues.services.syncing import queue_due_syncs, send_next
from wallet.venues.services.watching import watch_credentials, watch_exchanges


@shared_task(queue="default")
def sync_account(sync_id: str) -> str | None:
    """Carry out one sync; how it ended, or None where there was nothing to do."""
    outcome = run_sync(sync_id=UUID(sync_id))
    if outcome is None:
        return None
    send_next()
    return outcome.value


@shared_task(queue="default")
def queue_syncs() -> int:
    """Queue what is due, and look after what is under way; how many were queued."""
    return queue_due_syncs(at=timezone.now())


@shared_task(queue="default")
def watch_keys() -> int:
    """Warn of keys that expire, and stop accounts whose keys have; how many were told."""
    return watch_credentials(at=timezone.now())


@shared_task(queue="default")
def watch_venues() -> int:
    """Notice exchanges in trouble; how many."""
    return watch_exchanges(at=timezone.now())


@shared_task(queue="default")
def refresh_currencies() -> int:
    """Ask exchanges what they take deposits of, each once a day; how many answered."""
    return refresh_due_exchanges(at=timezone.now())


@shared_task(queue="default")
def forget_old_answers() -> int:
    """Forget what was answered to requests too long ago to be repeated; how many."""
    return forget_answers(at=timezone.now())
