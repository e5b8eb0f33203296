"""Work of the funds in the background."""

from celery import shared_task
from django.utils import timezone

from wallet.announcing import announce_progress
from wallet.processor.running import process_pending
from wallet.services.payouts import send_payouts as send_round
from wallet.services.rail_rounds import recheck_reported_deposits, reconcile_all_rails
from wallet.services.withdrawals import cancel_unverified
from wallet.waking import take_wake_up


@shared_task(queue="funds")
def process_operations() -> int:
    """Have the balance processor apply what is pending; how many operations that was."""
    # First: what is logged from here on sends a wake-up of its own.
    take_wake_up()
    applied = process_pending()
    announce_progress()
    return applied


@shared_task(queue="default")
def send_payouts() -> None:
    """One round of payouts over all rails."""
    send_round()


@shared_task(queue="default")
def cancel_unverified_withdrawals() -> int:
    """End withdrawals nobody has confirmed in time; how many."""
    return cancel_unverified(at=timezone.now())


@shared_task(queue="default")
def reconcile_rails() -> int:
    """Hold all rails against the books; how many answered."""
    return len(reconcile_all_rails())


@shared_task(queue="default")
def recheck_reports() -> int:
    """Look again at reported deposits whose rail did not cover them; how many could go on."""
    return recheck_reported_deposits()
