"""Candles: what a market's price did in each interval.

An interval without a trade is flat at the price before it, so the row of candles has no gaps; before the first trade
of a market there are none.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from marketdata.models import StoredInterval
from marketdata.selectors.house import house_account_ids
from marketdata.selectors.periods import period_parameters, price_before
from marketdata.selectors.sums import CANDLES, SUMS_OF_CANDLES

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

_NOTHING = Decimal(0)
_TOGETHER = f"""
    SELECT (extract(epoch FROM date_bin(make_interval(secs => %(seconds)s), opened_at, to_timestamp(0)))
            * 1000)::bigint, {SUMS_OF_CANDLES}
    FROM ({CANDLES}) AS candles GROUP BY 1 ORDER BY 1
"""  # noqa: S608  constants only


@dataclass(frozen=True, slots=True)
class Candle:
    """One interval. Volumes in base units, quote volumes in quote units."""

    opened_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal
    trades: int
    house_volume: Decimal
    house_quote_volume: Decimal
    house_trades: int
    """The parts of the three sums before that house accounts traded with each other."""

    def without_house(self) -> "Candle":
        """Only what others took part in is counted. Prices stay: at any of them anybody could have traded."""
        return replace(
            self,
            volume=self.volume - self.house_volume,
            quote_volume=self.quote_volume - self.house_quote_volume,
            trades=self.trades - self.house_trades,
            house_volume=_NOTHING,
            house_quote_volume=_NOTHING,
            house_trades=0,
        )


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
    traded = _traded(market_id, interval_ms, first, last + interval_ms)
    close = price_before(market_id, first) if first not in traded else None
    candles: list[Candle] = []
    for opened_ms in range(first, last + 1, interval_ms):
        candle = traded.get(opened_ms)
        if candle is not None:
            candles.append(candle)
            close = candle.close
        elif close is not None:
            candles.append(_flat(_at(opened_ms), close))
    return candles


def _traded(market_id: int, interval_ms: int, start_ms: int, end_ms: int) -> dict[int, Candle]:
    """The intervals of a period that had trades, by their first millisecond."""
    stored = StoredInterval.HOUR if interval_ms % (1000 * StoredInterval.HOUR) == 0 else StoredInterval.MINUTE
    parameters: dict[str, Any] = {
        **period_parameters(market_id, start_ms, end_ms),
        "seconds": interval_ms // 1000,
        "stored_seconds": int(stored),
        "house": list(house_account_ids()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER, parameters)
        return {opened_ms: Candle(_at(opened_ms), *sums) for opened_ms, *sums in cursor.fetchall()}


def _flat(opened_at: datetime, price: Decimal) -> Candle:
    return Candle(opened_at, price, price, price, price, _NOTHING, _NOTHING, 0, _NOTHING, _NOTHING, 0)


def _at(unix_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=unix_ms)
