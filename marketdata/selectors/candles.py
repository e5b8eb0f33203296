"""Candles: what a market's price did in each interval.

An interval without a trade is flat at the price before it, so the row of candles has no gaps; before the first trade
of a market there are none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection

from marketdata.intervals import Interval
from marketdata.models import StoredInterval
from marketdata.selectors.house import house_account_ids
from marketdata.selectors.periods import period_parameters, price_before
from marketdata.selectors.sums import HOURS, MINUTES, SECONDS, SECONDS_OF_TRADES, SUMS_OF_CANDLES
from matching.models import Market

DEFAULT_CANDLES, MOST_CANDLES = 200, 1000

LONGEST_COMMIT_MS = 2_000
"""How long after its time a batch is committed at the latest."""

_DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 4_102_444_800_000
"""The year 2100: no period ends later."""

_NOTHING = Decimal(0)
_SOURCES = {StoredInterval.SECOND: SECONDS, StoredInterval.MINUTE: MINUTES, StoredInterval.HOUR: HOURS}


def _together(source: str) -> str:
    return f"""
        SELECT width_bucket(opened_at, %(openings)s::timestamptz[]) - 1, {SUMS_OF_CANDLES}
        FROM ({source}) AS candles GROUP BY 1 ORDER BY 1
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
    *, market_id: int, interval: Interval, start_ms: int | None, end_ms: int | None, limit: int, now_ms: int
) -> list[Candle]:
    """Oldest first: `limit` candles from the start on, or, without a start, the last ones before the end.

    The candle of the present interval is the last one and still changes.
    """
    end = min(end_ms if end_ms is not None else now_ms + 1, now_ms + 1, _LATEST_MS)
    last = interval.opening(end - 1)
    first = interval.shifted(last, 1 - limit) if start_ms is None else interval.opening(start_ms)
    first = max(first, interval.opening(0))
    if last < first:
        return []
    last = min(last, interval.shifted(first, limit - 1))
    openings = [first]
    while openings[-1] < last:
        openings.append(interval.shifted(openings[-1], 1))
    traded = _traded(market_id, interval, openings, now_ms)
    close = price_before(market_id, first) if 0 not in traded else None
    candles: list[Candle] = []
    for number, opened_ms in enumerate(openings):
        candle = traded.get(number)
        if candle is not None:
            candles.append(candle)
            close = candle.close
        elif close is not None:
            candles.append(_flat(_at(opened_ms), close))
    return candles


def settled_until_ms(*, market_id: int, now_ms: int) -> int:
    """Up to when a candle can be taken for complete if it is read after this question.

    The time of the market's last commit, because the worker's time never goes back; where nothing was committed for a
    while, nothing is on its way.
    """
    applied_at_us: int = Market.objects.values_list("shard__applied_at_us", flat=True).get(pk=market_id)
    return max(applied_at_us // 1000, now_ms - LONGEST_COMMIT_MS)


def _traded(market_id: int, interval: Interval, openings: Sequence[int], now_ms: int) -> dict[int, Candle]:
    """Those of these intervals that had trades, by their place in the row."""
    first, end = openings[0], interval.shifted(openings[-1], 1)
    source = _SOURCES[interval.stored]
    if interval.stored == StoredInterval.SECOND and first < now_ms - settings.SECOND_CANDLES_DAYS * _DAY_MS:
        source = SECONDS_OF_TRADES
    parameters: dict[str, Any] = {
        **period_parameters(market_id, first, end),
        "openings": [_at(opening) for opening in openings],
        "house": list(house_account_ids()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_together(source), parameters)
        return {number: Candle(_at(openings[number]), *sums) for number, *sums in cursor.fetchall()}


def _flat(opened_at: datetime, price: Decimal) -> Candle:
    return Candle(opened_at, price, price, price, price, _NOTHING, _NOTHING, 0, _NOTHING, _NOTHING, 0)


def _at(unix_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=unix_ms)
