"""Trades of a period, found by their ids.

Ids are time ordered, so a range of them prunes partitions and walks one index. The id of a trade and its time come
from the same clock a moment apart; the range is widened by more than that, and the time itself decides.
"""

from decimal import Decimal

from django.db import connection

from kernel.ids import first_id_at

_MARGIN_MS = 60_000

IN_PERIOD = """
    market_id = %(market)s AND id >= %(first_id)s AND id < %(past_id)s
    AND executed_at >= to_timestamp(%(start_ms)s / 1000.0) AND executed_at < to_timestamp(%(end_ms)s / 1000.0)
"""


def period_parameters(market_id: int, start_ms: int, end_ms: int) -> dict[str, int]:
    """What `IN_PERIOD` needs; milliseconds since the Unix epoch, the end excluded."""
    return {
        "market": market_id,
        "first_id": first_id_at(start_ms - _MARGIN_MS),
        "past_id": first_id_at(end_ms + _MARGIN_MS),
        "start_ms": start_ms,
        "end_ms": end_ms,
    }


def price_before(market_id: int, start_ms: int) -> Decimal | None:
    """The last price before a moment, None if there was no trade."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT price FROM matching_trade
            WHERE market_id = %s AND id < %s AND executed_at < to_timestamp(%s / 1000.0) ORDER BY id DESC LIMIT 1
            """,
            [market_id, first_id_at(start_ms + _MARGIN_MS), start_ms],
        )
        row = cursor.fetchone()
    return row[0] if row else None
