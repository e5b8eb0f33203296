"""Work that needs all layers, in the background.

Bound to our Celery application by name, because the web process starts it as well and loads no other.
"""

from collections.abc import Callable

from exchange.celery import app
from exchange.demo_chain import fill_demo_wallets
from exchange.proving import prove_changes, prove_everything
from exchange.surveillance.watch import watch_markets
from ledger.verification import VERIFYING, Verification
from storage.session_locks import only_one


@app.task(queue="default")
def verify_books() -> bool | None:
    """Check all of the books and keep the result; None where another check is going on."""
    return _alone(prove_everything)


@app.task(queue="default")
def verify_changed_books() -> bool | None:
    """Check what changed since the last time and keep the result; None where another check is going on."""
    return _alone(prove_changes)


def _alone(prove: Callable[[], Verification]) -> bool | None:
    with only_one(VERIFYING) as is_alone:
        return prove().is_consistent if is_alone else None


@app.task(queue="default")
def watch_new_trading() -> int:
    """Have the detectors look at what was applied since the last time; how many findings there were."""
    return watch_markets()


@app.task(queue="default")
def fill_wallets_of_demo() -> int:
    """Let the demo have something to pay out, once; how many assets were poured."""
    return fill_demo_wallets()
