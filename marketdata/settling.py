"""Candles of seconds and minutes, written in the database transaction of the trades they add up.

All trades of a batch have the batch's time, so a batch changes one second and one minute of each market it traded in.
"""

from typing import Any

import psycopg

from marketdata.models import StoredInterval
from marketdata.selectors.house import house_account_ids
from matching.engine.events import Traded
from matching.worker.markets import LiveMarket
from matching.worker.settlement import Collected
from matching.worker.writing import datetime_of
from storage.bulk import number_array

_ADD = f"""
    INSERT INTO marketdata_storedcandle AS old
        (market_id, seconds, opened_at, open, high, low, close, volume, quote_volume, trades,
         house_volume, house_quote_volume, house_trades, first_number)
    SELECT added.market_id, lengths.seconds,
           date_bin(make_interval(secs => lengths.seconds), %s::timestamptz, to_timestamp(0)),
           added.open, added.high, added.low, added.close, added.volume, added.quote_volume, added.trades,
           added.house_volume, added.house_quote_volume, added.house_trades, added.first_number
    FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[],
                %s::bigint[], %s::numeric[], %s::numeric[], %s::bigint[], %s::bigint[])
         AS added(market_id, open, high, low, close, volume, quote_volume, trades,
                  house_volume, house_quote_volume, house_trades, first_number)
    CROSS JOIN (VALUES ({int(StoredInterval.SECOND)}), ({int(StoredInterval.MINUTE)})) AS lengths(seconds)
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
"""  # noqa: S608  constants only


class CandleWriter:
    """Adds a batch's trades to the present second and minute (`MATCHING_BATCH_WRITERS`)."""

    def write(self, cursor: "psycopg.Cursor[tuple[Any, ...]]", collected: Collected, *, at_us: int) -> None:
        """One statement, however many markets."""
        if not collected.trades:
            return
        trades_of: dict[LiveMarket, list[Traded]] = {}
        for row in collected.trades:
            trades_of.setdefault(row.market, []).append(row.traded)
        house = house_account_ids()
        added = [_added_up(market, trades, house) for market, trades in trades_of.items()]
        cursor.execute(_ADD, (datetime_of(at_us), *map(number_array, zip(*added, strict=True))))


def _added_up(market: LiveMarket, trades: list[Traded], house: frozenset[int]) -> tuple[object, ...]:
    """The columns of one market's trades, in the order in which they were made."""
    ticks = [trade.ticks for trade in trades]
    of_house = [trade for trade in trades if trade.maker_account_id in house and trade.taker_account_id in house]
    return (
        market.market_id,
        market.price_text(ticks[0]),
        market.price_text(max(ticks)),
        market.price_text(min(ticks)),
        market.price_text(ticks[-1]),
        *_volumes(market, trades),
        *_volumes(market, of_house),
        trades[0].number,
    )


def _volumes(market: LiveMarket, trades: list[Traded]) -> tuple[str, str, int]:
    lots = sum([trade.lots for trade in trades])
    value = sum([trade.ticks * trade.lots for trade in trades])
    return market.quantity_text(lots), market.value_text(value), len(trades)
