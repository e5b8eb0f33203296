"""Work that needs all layers, in the background.

Bound to our Celery application by name, because the web process starts it as well and loads no other.
"""

from django.db import connection

from exchange.celery import app
from exchange.surveillance.watch import watch_markets
from ledger.heads import signed_heads_check
from ledger.verification import VERIFYING, verify_ledger
from matching.verification import CHECKS


@app.task(queue="default")
def verify_books() -> bool | None:
    """Check the books and keep the result; None where another check is going on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [VERIFYING])
        if not cursor.fetchone()[0]:
            return None
    try:
        return verify_ledger(extra_checks=(*CHECKS, signed_heads_check()), record=True).is_consistent
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [VERIFYING])


@app.task(queue="default")
def watch_new_trading() -> int:
    """Have the detectors look at what was applied since the last time; how many findings there were."""
    return watch_markets()
