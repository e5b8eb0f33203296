"""What tickers and candles cost in a market with a million trades, added up from the trades and from stored candles.

The trades are written straight into their table, spread over 30 days. Then every answer is asked for twice: before
anything is counted, when each reader adds up the trades, and after. Both must be the same.
"""

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from bench.exchange import machine, open_accounts, open_market
from kernel.ids import EPOCH_MS
from marketdata.selectors import list_candles, market_ticker
from marketdata.selectors.candles import INTERVALS, MOST_CANDLES
from marketdata.selectors.house import forget_house_accounts
from marketdata.selectors.ticker import DaySummary, forget_tickers
from marketdata.services import rebuild_candles, update_candles
from matching.selectors.markets import market_by_id

TICKER = "ticker"
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
    """Milliseconds are the best of several; `same` is whether stored candles changed no answer."""
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
    before, from_trades_ms = _ask_everything(market.id, now_ms)
    started = time.perf_counter()
    counted = update_candles(market_id=market.id)
    counting = time.perf_counter() - started
    after, milliseconds = _ask_everything(market.id, now_ms)
    started = time.perf_counter()
    rebuild_candles(market_id=market.id)
    rebuilding = time.perf_counter() - started
    return {
        "ticker_ms": milliseconds[TICKER],
        "candles_ms": {name: milliseconds[name] for name in INTERVALS},
        "ticker_from_trades_ms": from_trades_ms[TICKER],
        "candles_from_trades_ms": {name: from_trades_ms[name] for name in INTERVALS},
        "candles": MOST_CANDLES,
        "trades": trades,
        "days": days,
        "counted_per_second": round(counted / counting),
        "rebuild_seconds": round(rebuilding, 1),
        "same": before == after == _ask_everything(market.id, now_ms, times=1)[0],
        **machine(),
    }


def _ask_everything(market_id: int, now_ms: int, *, times: int = TIMES) -> tuple[dict[str, Any], dict[str, float]]:
    """Every answer, and what the quickest of a few took."""
    market = market_by_id(market_id)

    def day() -> DaySummary:
        forget_tickers()
        return market_ticker(market, now_ms=now_ms).day

    questions: dict[str, Callable[[], Any]] = {TICKER: day}
    for name, interval_ms in INTERVALS.items():
        questions[name] = lambda interval_ms=interval_ms: list_candles(  # type: ignore[misc]
            market_id=market_id, interval_ms=interval_ms, start_ms=None, end_ms=None, limit=MOST_CANDLES, now_ms=now_ms
        )
    answers, milliseconds = {}, {}
    for name, ask in questions.items():
        taken = []
        for _ in range(times):
            started = time.perf_counter()
            answers[name] = ask()
            taken.append(time.perf_counter() - started)
        milliseconds[name] = round(min(taken) * 1000, 1)
    return answers, milliseconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench candles", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--trades", type=int, default=1_000_000)
    options = parser.parse_args()
    figures = run(trades=options.trades)
    print(f"{figures['trades']:,} trades in {figures['days']} days; from stored candles, and from the trades:")
    print(f"  ticker               {figures['ticker_ms']:8.1f} ms {figures['ticker_from_trades_ms']:10.1f} ms")
    for name in INTERVALS:
        stored, added = figures["candles_ms"][name], figures["candles_from_trades_ms"][name]
        print(f"  {figures['candles']:,} candles of {name:<4}{stored:8.1f} ms {added:10.1f} ms")
    print(f"  {figures['counted_per_second']:,} trades counted a second; same answers: {figures['same']}")
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
