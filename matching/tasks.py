"""Work of the exchange in the background."""

from celery import shared_task

from matching.figures import sum_up_trades
from matching.services import delete_old_keys


@shared_task(queue="default")
def sum_up_new_trades() -> int:
    """Add the trades since the last time to the hours of staff's figures."""
    return sum_up_trades()


@shared_task(queue="default")
def delete_old_client_order_ids() -> int:
    """Forget clients' own order ids that may be used again."""
    return delete_old_keys()
