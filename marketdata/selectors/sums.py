"""What trades and candles add up to, in SQL.

Sources are disjoint in time, so a period is the sum of them; each statement sees one moment of the database.
"""

from typing import Any

from marketdata.models import StoredInterval
from marketdata.selectors.house import house_account_ids
from marketdata.selectors.periods import in_period, period_parameters

_MINUTE_MS, _HOUR_MS = 1000 * StoredInterval.MINUTE, 1000 * StoredInterval.HOUR

_IS_HOUSE = "maker_account_id = ANY(%(house)s::bigint[]) AND taker_account_id = ANY(%(house)s::bigint[])"

COLUMNS = """open, high, low, close, volume, quote_volume, trades, house_volume, house_quote_volume, house_trades"""

SUMS_OF_TRADES = f"""
    (array_agg(price ORDER BY number))[1] AS open, max(price) AS high, min(price) AS low,
    (array_agg(price ORDER BY number DESC))[1] AS close,
    sum(quantity) AS volume, sum(quote_amount) AS quote_volume, count(*) AS trades,
    coalesce(sum(quantity) FILTER (WHERE {_IS_HOUSE}), 0) AS house_volume,
    coalesce(sum(quote_amount) FILTER (WHERE {_IS_HOUSE}), 0) AS house_quote_volume,
    count(*) FILTER (WHERE {_IS_HOUSE}) AS house_trades
"""
"""The columns of a candle from rows of `matching_trade`; `%(house)s` are the house accounts."""

SUMS_OF_CANDLES = """
    (array_agg(open ORDER BY opened_at))[1] AS open, max(high) AS high, min(low) AS low,
    (array_agg(close ORDER BY opened_at DESC))[1] AS close,
    sum(volume) AS volume, sum(quote_volume) AS quote_volume, sum(trades)::bigint AS trades,
    sum(house_volume) AS house_volume, sum(house_quote_volume) AS house_quote_volume,
    sum(house_trades)::bigint AS house_trades
"""
"""The same columns from rows of candles."""

ROLLED_UP_UNTIL = f"""(
    SELECT coalesce(max(opened_at) + interval '1 hour', '-infinity') FROM marketdata_storedcandle
    WHERE market_id = %(market)s AND seconds = {int(StoredInterval.HOUR)}
)"""  # noqa: S608  constants only
"""Trades before this moment are in the hours."""


def _stored(interval: StoredInterval, *, start: str = "start_ms", end: str = "end_ms", since: str = "") -> str:
    """Candles that begin in a period; its parameters are named, milliseconds since the Unix epoch."""
    return f"""
        SELECT opened_at, {COLUMNS} FROM marketdata_storedcandle
        WHERE market_id = %(market)s AND seconds = {int(interval)} {since}
          AND opened_at >= to_timestamp(%({start})s / 1000.0) AND opened_at < to_timestamp(%({end})s / 1000.0)
    """  # noqa: S608  constants only


SECONDS = _stored(StoredInterval.SECOND)
MINUTES = _stored(StoredInterval.MINUTE)
HOURS = f"""
    {_stored(StoredInterval.HOUR)}
    UNION ALL {_stored(StoredInterval.MINUTE, since=f"AND opened_at >= {ROLLED_UP_UNTIL}")}
"""
"""Candles of a period that begins with an hour. What is not rolled up yet comes as minutes."""

SECONDS_OF_TRADES = f"""
    SELECT date_trunc('second', executed_at) AS opened_at, {SUMS_OF_TRADES}
    FROM matching_trade WHERE {in_period()} GROUP BY 1
"""  # noqa: S608  constants only
"""Seconds that are no longer stored."""

SUM_OF_PERIOD = f"""
    SELECT {SUMS_OF_CANDLES} FROM (
        SELECT to_timestamp(0) AS opened_at, {SUMS_OF_TRADES}
        FROM matching_trade WHERE {in_period("edge_")} HAVING count(*) > 0
        UNION ALL {_stored(StoredInterval.MINUTE, start="minutes_ms", end="start_ms")}
        UNION ALL {HOURS}
    ) AS candles
"""  # noqa: S608  constants only
"""One row: all of a period longer than an hour, to the millisecond. It begins in the middle of a minute, which is read
from its trades, in the middle of an hour, which is read from its minutes."""


def sum_of_period_parameters(market_id: int, start_ms: int, end_ms: int) -> dict[str, Any]:
    """What `SUM_OF_PERIOD` needs; milliseconds since the Unix epoch, the end excluded."""
    minutes_ms = -(-start_ms // _MINUTE_MS) * _MINUTE_MS
    return {
        **period_parameters(market_id, start_ms, minutes_ms, "edge_"),
        "minutes_ms": minutes_ms,
        "start_ms": -(-start_ms // _HOUR_MS) * _HOUR_MS,
        "end_ms": end_ms,
        "house": list(house_account_ids()),
    }
