"""Work of the proofs in the background."""

from celery import shared_task
from django.utils import timezone

from wallet.proofs.publishing import publish_liabilities
from wallet.proofs.selectors import is_proof_due


@shared_task(queue="default")
def publish_due_liabilities() -> int | None:
    """Publish what is owed once a day (UTC), also if nothing ran at midnight, and soon after the first start."""
    if not is_proof_due(at=timezone.now()):
        return None
    return publish_liabilities().pk
