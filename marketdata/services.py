"""The stored candles beside what the matching worker writes itself (`marketdata/settling.py`).

The worker's time never goes back: once it has committed something later than an hour, that hour is over for good.
`Shard.applied_at_us` says how far it is.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from marketdata.models import StoredCandle, StoredInterval
from marketdata.selectors.house import house_account_ids
from marketdata.selectors.periods import in_period, period_parameters
from marketdata.selectors.sums import COLUMNS, ROLLED_UP_UNTIL, SUMS_OF_CANDLES, SUMS_OF_TRADES
from matching.models import Market, Shard

CANDLES_LOCK = 0x63616E64
"""First key of the advisory lock for whoever makes stored candles out of others; the second one is the market's id."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MS = 86_400_000
_HOUR_MS, _MINUTE_MS = 1000 * StoredInterval.HOUR, 1000 * StoredInterval.MINUTE
_FOREVER_MS = 4_102_444_800_000
"""The year 2100."""

_ROLL_UP = f"""
    INSERT INTO marketdata_storedcandle (market_id, seconds, opened_at, {COLUMNS}, first_number)
    SELECT %(market)s, {int(StoredInterval.HOUR)}, date_bin('1 hour', opened_at, to_timestamp(0)) AS hour,
           {SUMS_OF_CANDLES}, min(first_number)
    FROM marketdata_storedcandle
    WHERE market_id = %(market)s AND seconds = {int(StoredInterval.MINUTE)}
      AND opened_at >= {ROLLED_UP_UNTIL} AND opened_at < to_timestamp(%(end_ms)s / 1000.0)
    GROUP BY hour
"""  # noqa: S608  constants only
_COUNT = f"""
    WITH made AS (
        INSERT INTO marketdata_storedcandle (market_id, seconds, opened_at, {COLUMNS}, first_number)
        SELECT %(market)s, %(seconds)s,
               date_bin(make_interval(secs => %(seconds)s), executed_at, to_timestamp(0)) AS at,
               {SUMS_OF_TRADES}, min(number)
        FROM matching_trade WHERE {in_period()} GROUP BY at
        RETURNING trades
    )
    SELECT coalesce(sum(trades), 0)::bigint FROM made
"""  # noqa: S608  constants only


def roll_up_hours(*, market_id: int) -> int:
    """Add up the hours that are over since the last time; returns how many had trades."""
    with transaction.atomic():
        _lock_candles(market_id)
        return _roll_up(market_id, _applied_at_ms(market_id))


def drop_old_seconds(*, market_id: int, now_ms: int) -> int:
    """Delete the candles of seconds that are older than `SECOND_CANDLES_DAYS`; returns how many."""
    seconds = StoredCandle.objects.filter(market_id=market_id, seconds=StoredInterval.SECOND)
    return seconds.filter(opened_at__lt=_at(_seconds_from_ms(now_ms))).delete()[0]


def rebuild_candles(*, market_id: int, now_ms: int) -> int:
    """Make a market's candles anew from all of its trades, with today's house marks; returns how many trades.

    One database transaction: readers see the old candles until the new ones are complete. The past is made beside the
    worker, which writes nothing but the present minute; for what is left in the end the worker waits.
    """
    start_ms = counted = 0
    with transaction.atomic():
        _lock_candles(market_id)
        for _ in range(2):
            until_ms = _applied_at_ms(market_id) // _MINUTE_MS * _MINUTE_MS
            counted += _make_anew(market_id, start_ms, until_ms, now_ms)
            start_ms = until_ms
        list(Shard.objects.select_for_update(no_key=True).filter(markets=market_id))
        counted += _make_anew(market_id, start_ms, _FOREVER_MS, now_ms)
        _roll_up(market_id, start_ms)
    return counted


def _make_anew(market_id: int, start_ms: int, end_ms: int, now_ms: int) -> int:
    """Seconds and minutes of this period of whole minutes; its hours are gone. Returns how many trades."""
    StoredCandle.objects.filter(market_id=market_id, opened_at__gte=_at(start_ms), opened_at__lt=_at(end_ms)).delete()
    house = list(house_account_ids())
    counted = 0
    with connection.cursor() as cursor:
        for interval, from_ms in (
            (StoredInterval.SECOND, max(start_ms, _seconds_from_ms(now_ms))),
            (StoredInterval.MINUTE, start_ms),
        ):
            period = period_parameters(market_id, from_ms, end_ms)
            cursor.execute(_COUNT, {**period, "seconds": int(interval), "house": house})
            counted = cursor.fetchone()[0]
    return counted


def _roll_up(market_id: int, until_ms: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_ROLL_UP, {"market": market_id, "end_ms": until_ms // _HOUR_MS * _HOUR_MS})
        return int(cursor.rowcount)


def _applied_at_ms(market_id: int) -> int:
    """The time of the worker's last commit."""
    applied_at_us: int = Market.objects.values_list("shard__applied_at_us", flat=True).get(pk=market_id)
    return applied_at_us // 1000


def _seconds_from_ms(now_ms: int) -> int:
    """From when on candles of seconds are kept, a whole second."""
    return max(now_ms - settings.SECOND_CANDLES_DAYS * _DAY_MS, 0) // 1000 * 1000


def _lock_candles(market_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CANDLES_LOCK, market_id])


def _at(unix_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=unix_ms)
