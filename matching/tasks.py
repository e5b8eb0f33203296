"""Work of the exchange in the background."""

from celery import shared_task
from django.utils import timezone

from matching.fees.exceptions import end_expired_fee_exceptions
from matching.fees.tiers import recompute_fee_tiers
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


@shared_task(queue="default")
def recompute_tiers() -> int:
    """Put everybody into the fee tier of their volume; returns how many are in another one now."""
    return recompute_fee_tiers(now=timezone.now()).moved


@shared_task(queue="default")
def end_expired_exceptions() -> int:
    """End the exceptions from the fee table whose time is over."""
    return end_expired_fee_exceptions(now=timezone.now())
