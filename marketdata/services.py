"""Adding trades to the stored candles.

A market's trades are committed in the order of their ids and numbers, so `CandleProgress` says all about what is
counted: trades behind it are not, all others are, once. Candles and progress change in one database transaction; a
repeat finds nothing to do, and readers add the trades behind the progress themselves.
"""

from django.db import connection, transaction

from kernel.errors import invariant
from marketdata.models import CandleProgress, StoredCandle, StoredInterval
from marketdata.selectors.house import house_account_ids
from marketdata.selectors.sums import SUMS_OF_TRADES

TRADES_A_ROUND = 50_000
"""Bounds how long one statement takes; a round may end in the middle of a minute."""

_COUNT = f"""
    WITH fresh AS MATERIALIZED (
        SELECT id, number, price, quantity, quote_amount, maker_account_id, taker_account_id, executed_at
        FROM matching_trade WHERE market_id = %(market)s AND id > %(last_id)s ORDER BY id LIMIT %(limit)s
    ), candles AS (
        SELECT lengths.seconds, date_bin(make_interval(secs => lengths.seconds), executed_at, to_timestamp(0)) AS opens,
               {SUMS_OF_TRADES}
        FROM fresh CROSS JOIN unnest(%(intervals)s::int[]) AS lengths(seconds) GROUP BY 1, 2
    ), stored AS (
        INSERT INTO marketdata_storedcandle AS old
            (market_id, seconds, opened_at, open, high, low, close, volume, quote_volume, trades,
             house_volume, house_quote_volume, house_trades)
        SELECT %(market)s, * FROM candles
        ON CONFLICT (market_id, seconds, opened_at) DO UPDATE SET
            high = greatest(old.high, excluded.high),
            low = least(old.low, excluded.low),
            close = excluded.close,
            volume = old.volume + excluded.volume,
            quote_volume = old.quote_volume + excluded.quote_volume,
            trades = old.trades + excluded.trades,
            house_volume = old.house_volume + excluded.house_volume,
            house_quote_volume = old.house_quote_volume + excluded.house_quote_volume,
            house_trades = old.house_trades + excluded.house_trades
    )
    SELECT count(*), min(number), max(number), max(id) FROM fresh
"""  # noqa: S608  constants only


def update_candles(*, market_id: int) -> int:
    """Add the trades that are not counted yet; returns how many there were.

    Safe to run any number of times, also at once: whoever comes second waits for the first and goes on behind it.
    """
    counted = 0
    while True:
        with transaction.atomic():
            added = _count_round(_locked_progress(market_id))
        counted += added
        if added < TRADES_A_ROUND:
            return counted


def rebuild_candles(*, market_id: int) -> int:
    """Make a market's candles anew from all of its trades, with today's house marks; returns how many trades.

    One database transaction: readers see the old candles until the new ones are complete.
    """
    with transaction.atomic():
        progress = _locked_progress(market_id)
        StoredCandle.objects.filter(market_id=market_id).delete()
        progress.last_trade_id = progress.last_trade_number = 0
        counted = 0
        while added := _count_round(progress):
            counted += added
    return counted


def _locked_progress(market_id: int) -> CandleProgress:
    CandleProgress.objects.bulk_create([CandleProgress(market_id=market_id)], ignore_conflicts=True)
    return CandleProgress.objects.select_for_update().get(market_id=market_id)


def _count_round(progress: CandleProgress) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "market": progress.market_id,
                "last_id": progress.last_trade_id,
                "limit": TRADES_A_ROUND,
                "intervals": [int(interval) for interval in StoredInterval],
                "house": list(house_account_ids()),
            },
        )
        count, first_number, last_number, last_id = cursor.fetchone()
    if count:
        invariant(
            first_number == progress.last_trade_number + 1 and last_number - first_number + 1 == count,
            "trades reach the candles in the order of their numbers",
            market=progress.market_id,
            counted=progress.last_trade_number,
            first=first_number,
        )
        progress.last_trade_id, progress.last_trade_number = last_id, last_number
        progress.save(update_fields=["last_trade_id", "last_trade_number"])
    return int(count)
