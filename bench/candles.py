"""What tickers, statistics and candles cost in a market with a million trades, and making its candles anew.

The trades are written straight into their table, spread over 30 days.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from bench.exchange import SHARD, machine, open_accounts, open_market
from kernel.ids import EPOCH_MS
from marketdata.intervals import INTERVALS
from marketdata.selectors import list_candles, market_statistics, market_ticker
from marketdata.selectors.candles import MOST_CANDLES
from marketdata.selectors.house import forget_house_accounts
from marketdata.selectors.summaries import forget_summaries
from marketdata.services import rebuild_candles
from matching.models import Shard
from matching.selectors.markets import market_by_id

TICKER, STATISTICS = "ticker", "statistics"
TIMES = 5

_TRADES = """
    INSERT INTO matching_trade (id, market_id, number, price, quantity, quote_amount, taker_side, maker_order_id,
        taker_order_id, maker_account_id, taker_account_id, maker_fee, taker_fee, executed_at)
    SELECT ((extract(epoch FROM at) * 1000)::bigint - %(epoch_ms)s << 21) + (number & 65535), %(market)s, number,
           price, 0.01, price * 0.01, 1 + number %% 2, 1, 2, %(maker)s, %(taker)s, 0, 0, at
    FROM (
        SELECT number, 500 + number %% 97 AS price,
               to_timestamp(%(now_ms)s / 1000.0) - make_interval(days => %(days)s) * (1 - number::numeric / %(trades)s)
               AS at
        FROM generate_series(1, %(trades)s) AS number
    ) AS made
"""


def run(*, trades: int = 1_000_000, days: int = 30) -> dict[str, Any]:
    """Milliseconds are the best of several."""
    market = open_market()
    maker, taker = open_accounts(market, 2)
    forget_house_accounts()
    now_ms = time.time_ns() // 1_000_000
    with connection.cursor() as cursor:
        cursor.execute(
            _TRADES,
            {
                "epoch_ms": EPOCH_MS,
                "market": market.id,
                "maker": maker,
                "taker": taker,
                "now_ms": now_ms,
                "days": days,
                "trades": trades,
            },
        )
    # As if the worker had made them: all hours but the last one are over.
    Shard.objects.filter(name=SHARD).update(applied_at_us=now_ms * 1000)
    started = time.perf_counter()
    counted = rebuild_candles(market_id=market.id, now_ms=now_ms)
    rebuilding = time.perf_counter() - started
    milliseconds = _ask_everything(market.id, now_ms)
    return {
        "ticker_ms": milliseconds[TICKER],
        "statistics_ms": milliseconds[STATISTICS],
        "candles_ms": {name: milliseconds[name] for name in INTERVALS},
        "candles": MOST_CANDLES,
        "trades": counted,
        "days": days,
        "rebuild_seconds": round(rebuilding, 1),
        **machine(),
    }


def _ask_everything(market_id: int, now_ms: int, *, times: int = TIMES) -> dict[str, float]:
    """What the quickest of a few answers took, in milliseconds; nothing is kept from one to the next."""
    market = market_by_id(market_id)
    questions: dict[str, Callable[[], Any]] = {
        TICKER: lambda: market_ticker(market, now_ms=now_ms),
        STATISTICS: lambda: market_statistics(market, now_ms=now_ms),
    }
    for name, interval in INTERVALS.items():
        questions[name] = lambda interval=interval: list_candles(  # type: ignore[misc]
            market_id=market_id, interval=interval, start_ms=None, end_ms=None, limit=MOST_CANDLES, now_ms=now_ms
        )
    milliseconds = {}
    for name, ask in questions.items():
        taken = []
        for _ in range(times):
            forget_summaries()
            started = time.perf_counter()
            ask()
            taken.append(time.perf_counter() - started)
        milliseconds[name] = round(min(taken) * 1000, 1)
    return milliseconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench candles", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--trades", type=int, default=1_000_000)
    options = parser.parse_args()
    figures = run(trades=options.trades)
    print(f"{figures['trades']:,} trades in {figures['days']} days, counted in {figures['rebuild_seconds']} s:")
    print(f"  ticker               {figures['ticker_ms']:8.1f} ms")
    print(f"  statistics           {figures['statistics_ms']:8.1f} ms")
    for name in INTERVALS:
        print(f"  {figures['candles']:,} candles of {name:<4}{figures['candles_ms'][name]:8.1f} ms")
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
