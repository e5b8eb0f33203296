"""Trades of a period, found by their ids.

Ids are time ordered, so a range of them prunes partitions and walks one index. The id of a trade and its time come
from the same clock a moment apart; the range is widened by more than that, and the time itself decides.
"""

from decimal import Decimal

from django.db import connection

from kernel.ids import first_id_at

ID_MARGIN_MS = 60_000


def in_period(name: str = "") -> str:
    """The condition of a period in SQL; `name` tells the periods of one statement apart."""
    return f"""
        market_id = %(market)s AND id >= %({name}first_id)s AND id < %({name}past_id)s
        AND executed_at >= to_timestamp(%({name}start_ms)s / 1000.0)
        AND executed_at < to_timestamp(%({name}end_ms)s / 1000.0)
    """


def period_parameters(market_id: int, start_ms: int, end_ms: int, name: str = "") -> dict[str, int]:
    """What `in_period` of that name needs; milliseconds since the Unix epoch, the end excluded."""
    return {
        "market": market_id,
        f"{name}first_id": first_id_at(start_ms - ID_MARGIN_MS),
        f"{name}past_id": first_id_at(end_ms + ID_MARGIN_MS),
        f"{name}start_ms": start_ms,
        f"{name}end_ms": end_ms,
    }


def price_before(market_id: int, start_ms: int) -> Decimal | None:
    """The last price before a moment, None if there was no trade."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT price FROM matching_trade
            WHERE market_id = %s AND id < %s AND executed_at < to_timestamp(%s / 1000.0) ORDER BY id DESC LIMIT 1
            """,
            [market_id, first_id_at(start_ms + ID_MARGIN_MS), start_ms],
        )
        row = cursor.fetchone()
    return row[0] if row else None
