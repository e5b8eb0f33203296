"""Countdowns that run: when the orders of an account end unless it says otherwise."""

from datetime import UTC, datetime, timedelta

from django.db import connection

from matching.selectors.markets import MarketView, market_by_id

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RUNNING = """
    SELECT s.market_id, (c.value ->> 1)::bigint
    FROM matching_marketenginestate s CROSS JOIN jsonb_array_elements(s.memory -> 'countdowns') c
    WHERE (c.value ->> 0)::bigint = %s
"""


def countdowns_of(*, account_id: int) -> list[tuple[MarketView, datetime]]:
    """Where a countdown of the account runs, and when it ends, as the engine remembers it; by symbol."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING, [account_id])
        running = [
            (market_by_id(market_id), _EPOCH + timedelta(microseconds=deadline_us))
            for market_id, deadline_us in cursor.fetchall()
        ]
    return sorted(running, key=lambda countdown: countdown[0].symbol)
