"""Work of the proofs in the background."""

from celery import shared_task

from wallet.proofs.liabilities import prove_liabilities


@shared_task(queue="default")
def publish_liabilities() -> int:
    """Take and publish a snapshot of what is owed; returns its id."""
    return prove_liabilities().pk
