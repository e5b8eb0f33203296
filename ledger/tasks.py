"""Work of the ledger in the background."""

from celery import shared_task
from django.utils import timezone

from ledger.heads import sign_heads
from storage.partitions import ensure_partitions

MONTHS_AHEAD = 2


@shared_task(queue="default")
def sign_chain_heads() -> int:
    """Sign the heads of all chains that have grown."""
    return sign_heads(at=timezone.now())


@shared_task(queue="default")
def make_partitions() -> int:
    """Make the partitions of the coming months."""
    return ensure_partitions(months_ahead=MONTHS_AHEAD)
