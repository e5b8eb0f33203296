"""Candles: what a market's price did in each interval, aggregated by the database from the trades.

An interval without a trade is flat at the price before it, so the row of candles has no gaps; before the first trade
of a market there are none.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import connection

from marketdata.selectors.periods import IN_PERIOD, period_parameters, price_before

INTERVALS = {
    "1m": 60_000,
    "5m": 300_000,
    "15m": 900_000,
    "1h": 3_600_000,
    "4h": 14_400_000,
    "1d": 86_400_000,
}
"""Milliseconds of each interval. Intervals begin at multiples of it since the Unix epoch, in UTC."""

DEFAULT_CANDLES, MOST_CANDLES = 200, 1000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 4_102_444_800_000
"""The year 2100: no period ends later."""

_AGGREGATE = f"""
    SELECT (extract(epoch FROM date_bin(make_interval(secs => %(seconds)s), executed_at, to_timestamp(0)))
            * 1000)::bigint,
           (array_agg(price ORDER BY id))[1], max(price), min(price), (array_agg(price ORDER BY id DESC))[1],
           sum(quantity), sum(quote_amount), count(*)
    FROM matching_trade WHERE {IN_PERIOD} GROUP BY 1 ORDER BY 1
"""  # noqa: S608  constants only


@dataclass(frozen=True, slots=True)
class Candle:
    """One interval. Volume in base units, quote volume in quote units."""

    opened_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal
    trades: int


def list_candles(
    *, market_id: int, interval_ms: int, start_ms: int | None, end_ms: int | None, limit: int, now_ms: int
) -> list[Candle]:
    """Oldest first: `limit` candles from the start on, or, without a start, the last ones before the end.

    The candle of the present interval is the last one and still changes.
    """
    end = min(end_ms if end_ms is not None else now_ms + 1, now_ms + 1, _LATEST_MS)
    last = (end - 1) // interval_ms * interval_ms
    first = last - (limit - 1) * interval_ms if start_ms is None else start_ms // interval_ms * interval_ms
    first = max(first, 0)
    last = min(last, first + (limit - 1) * interval_ms)
    if last < first:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _AGGREGATE,
            {**period_parameters(market_id, first, last + interval_ms), "seconds": interval_ms // 1000},
        )
        traded = {row[0]: row[1:] for row in cursor.fetchall()}
    close = price_before(market_id, first)
    candles: list[Candle] = []
    for opened_ms in range(first, last + 1, interval_ms):
        opened_at = _EPOCH + timedelta(milliseconds=opened_ms)
        row = traded.get(opened_ms)
        if row is not None:
            candles.append(Candle(opened_at, *row))
            close = row[3]
        elif close is not None:
            candles.append(Candle(opened_at, close, close, close, close, Decimal(0), Decimal(0), 0))
    return candles
