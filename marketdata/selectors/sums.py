"""What trades and candles add up to, in SQL.

Readers take the stored candles and, in the same statement, the trades behind them: what they see is exact and of one
moment, however long ago the candles were stored.
"""

from marketdata.selectors.periods import in_period

_IS_HOUSE = "maker_account_id = ANY(%(house)s::bigint[]) AND taker_account_id = ANY(%(house)s::bigint[])"

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
    (array_agg(open ORDER BY opened_at, is_fresh))[1] AS open, max(high) AS high, min(low) AS low,
    (array_agg(close ORDER BY opened_at DESC, is_fresh DESC))[1] AS close,
    sum(volume) AS volume, sum(quote_volume) AS quote_volume, sum(trades)::bigint AS trades,
    sum(house_volume) AS house_volume, sum(house_quote_volume) AS house_quote_volume,
    sum(house_trades)::bigint AS house_trades
"""
"""The same columns from rows of `CANDLES`."""

CANDLES = f"""
    SELECT opened_at, open, high, low, close, volume, quote_volume, trades,
           house_volume, house_quote_volume, house_trades, false AS is_fresh
    FROM marketdata_storedcandle
    WHERE market_id = %(market)s AND seconds = %(stored_seconds)s
      AND opened_at >= to_timestamp(%(start_ms)s / 1000.0) AND opened_at < to_timestamp(%(end_ms)s / 1000.0)
    UNION ALL
    SELECT date_bin(make_interval(secs => %(stored_seconds)s), executed_at, to_timestamp(0)), {SUMS_OF_TRADES}, true
    FROM matching_trade
    WHERE {in_period()} AND id > (
        SELECT coalesce(max(last_trade_id), 0) FROM marketdata_candleprogress WHERE market_id = %(market)s
    )
    GROUP BY 1
"""  # noqa: S608  constants only
"""Candles of a period that begins and ends with one. The last stored interval may come twice: its stored part, and
what was traded since."""
