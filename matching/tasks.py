"""Work of the exchange in the background."""

from celery import shared_task

from matching.figures import sum_up_trades


@shared_task(queue="default")
def sum_up_new_trades() -> int:
    """Add the trades since the last time to the hours of staff's figures."""
    return sum_up_trades()
