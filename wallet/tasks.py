"""Work of the funds in the background."""

from celery import shared_task
from django.utils import timezone

from wallet.announcing import announce_progress
from wallet.deposits import sweeping, watching
from wallet.mailing import send_due_mails
from wallet.processor.running import Pace, process_pending
from wallet.services.payouts import send_payouts as send_round
from wallet.services.rail_rounds import recheck_reported_deposits, reconcile_all_rails
from wallet.services.withdrawals import cancel_unverified
from wallet.waking import take_wake_up

_PACE = Pace()


@shared_task(queue="funds")
def process_operations() -> int:
    """Have the balance processor apply what is pending; how many operations that was."""
    # First: what is logged from here on sends a wake-up of its own.
    take_wake_up()
    applied = process_pending(pace=_PACE)
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
def send_mails() -> int:
    """Send the mails about funds that are due; how many that was."""
    return send_due_mails(at=timezone.now())


@shared_task(queue="default")
def reconcile_rails() -> int:
    """Hold all rails against the books; how many answered."""
    return len(reconcile_all_rails())


@shared_task(queue="default")
def reconcile_frozen_rails() -> int:
    """The same for rails whose payouts wait for it; how many answered."""
    return len(reconcile_all_rails(only_frozen=True))


@shared_task(queue="default")
def recheck_reports() -> int:
    """Look again at reported deposits whose rail did not cover them; how many could go on."""
    return recheck_reported_deposits()


@shared_task(queue="default")
def watch_rails() -> None:
    """Have every rail asked what came in, each by a task of its own: a slow one keeps no other waiting."""
    for rail_code in watching.watched_rails():
        watch_rail.apply_async((rail_code,), expires=2)


@shared_task(queue="default")
def watch_rail(rail_code: str) -> bool:
    """Walk along one rail; whether its end was reached."""
    return watching.watch_rail(rail_code=rail_code)


@shared_task(queue="default")
def look_after_rails() -> None:
    """Have deposits that wait asked after, and credited ones moved to the wallets that pay; a task for each rail."""
    for rail_code in watching.watched_rails():
        recheck_rail.apply_async((rail_code,), expires=30)
        sweep_rail.apply_async((rail_code,), expires=30)


@shared_task(queue="default")
def recheck_rail(rail_code: str) -> None:
    """Ask again about deposits that are confirmed too little and in no known block."""
    watching.recheck_rail(rail_code=rail_code)


@shared_task(queue="default")
def sweep_rail(rail_code: str) -> None:
    """Move deposits to the wallet that pays."""
    sweeping.sweep_rail(rail_code=rail_code)
