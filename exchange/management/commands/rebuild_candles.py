"""Makes the stored candles anew from the trades."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from marketdata.services import rebuild_candles
from matching.selectors.markets import list_markets, market_by_symbol


class Command(BaseCommand):
    help = "Make the stored candles anew from all trades, with today's house accounts. Readers see no gap meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--market", help="only this one, such as BTC-USDT")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = options["market"]
        for market in [market_by_symbol(chosen)] if chosen else list_markets():
            counted = rebuild_candles(market_id=market.id, now_ms=time.time_ns() // 1_000_000)
            self.stdout.write(f"{market.symbol}: candles of {counted} trades")
