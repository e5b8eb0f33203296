"""Work that needs all layers, in the background.

Bound to our Celery application by name, because the web process starts it as well and loads no other.
"""

from collections.abc import Callable

from django.utils import timezone

from exchange.celery import app
from exchange.demo_chain import fill_demo_wallets
from exchange.proving import prove_changes, prove_everything
from exchange.surveillance.watch import watch_markets
from ledger.selectors import is_full_check_due
from ledger.verification import VERIFYING, Verification
from ledger.verified import VERIFYING_CHANGES
from storage.session_locks import only_one


@app.task(queue="default")
def verify_books() -> bool | None:
    """Check all of the books and keep the result; None where another such check is going on."""
    return _alone(VERIFYING, prove_everything)


@app.task(queue="default")
def verify_due_books() -> bool | None:
    """Check all of the books when it is time to; None where it is not, or where such a check is going on.

    Asked again and again: a night on which nothing ran, or a check that did not come to its end, is made up for.
    """
    return _alone(VERIFYING, prove_everything) if is_full_check_due(at=timezone.now()) else None


@app.task(queue="default")
def verify_changed_books() -> bool | None:
    """Check what changed since the last time and keep the result; None where another such check is going on."""
    return _alone(VERIFYING_CHANGES, prove_changes)


def _alone(work: int, prove: Callable[[], Verification]) -> bool | None:
    with only_one(work) as is_alone:
        return prove().is_consistent if is_alone else None


@app.task(queue="default")
def watch_new_trading() -> int:
    """Have the detectors look at what was applied since the last time; how many findings there were."""
    return watch_markets()


@app.task(queue="default")
def fill_wallets_of_demo() -> int:
    """Let the demo have something to pay out, once; how many assets were poured."""
    return fill_demo_wallets()
