"""What the exchange took in fees, by asset and day: from the sums by the hour, which follow the trades by seconds.

The sums are those of the trades, and every fee of a trade is a posting on an account of kind FEES: both say the same.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction

_BY_DAY = """
    SELECT (h.started_at AT TIME ZONE 'UTC')::date, a.symbol, sum(fee.amount)
    FROM matching_tradinghour h
    JOIN matching_market m ON m.id = h.market_id
    CROSS JOIN LATERAL (VALUES (m.base_id, h.base_fees), (m.quote_id, h.quote_fees)) AS fee(asset_id, amount)
    JOIN ledger_asset a ON a.id = fee.asset_id
    WHERE h.started_at >= %s AND h.started_at < %s AND NOT (h.is_house AND %s)
    GROUP BY 1, 2 ORDER BY 1, 2
"""


class DayRevenue(NamedTuple):
    """Fees of one asset on one day (UTC), in units of the asset."""

    day: date
    asset: str
    fees: Decimal


@dataclass(frozen=True, slots=True)
class Revenue:
    """Fees of a stretch of days; a day or asset without trades is zero."""

    days: list[date]
    assets: list[str]
    by_day: dict[tuple[date, str], Decimal]
    totals: dict[str, Decimal]


def revenue_rows(*, first: date, last: date, exclude_house: bool) -> Iterator[DayRevenue]:
    """Day by day, both ends included, assets by symbol; never all of them in memory.

    `exclude_house` leaves out what house accounts paid in trades with each other.
    """
    bounds = [datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1))]
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_BY_DAY, [*bounds, exclude_house])
        for row in cursor:
            yield DayRevenue(*row)


def read_revenue(*, first: date, last: date, exclude_house: bool) -> Revenue:
    """The same as a table, oldest day first."""
    by_day: dict[tuple[date, str], Decimal] = {}
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in revenue_rows(first=first, last=last, exclude_house=exclude_house):
        by_day[row.day, row.asset] = row.fees
        totals[row.asset] += row.fees
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return Revenue(days, sorted(totals), by_day, dict(totals))
