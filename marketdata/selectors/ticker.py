"""A market's last 24 hours. The sums are kept for a second, the best prices are as fresh as the book."""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

from django.db import connection

from marketdata.models import StoredInterval
from marketdata.selectors.depth import market_depth
from marketdata.selectors.house import house_account_ids
from marketdata.selectors.periods import in_period, period_parameters, price_before
from marketdata.selectors.sums import CANDLES, SUMS_OF_CANDLES, SUMS_OF_TRADES
from matching.selectors.cache import ShortCache
from matching.selectors.markets import MarketView, list_markets

DAY_MS = 86_400_000
KEEP_SECONDS = 1.0

_MINUTE_MS = 60_000
_NOTHING = Decimal(0)
_DIVISION = Context(prec=60, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])
_PERCENT_STEP = Decimal("0.01")

_DAY = f"""
    SELECT {SUMS_OF_CANDLES} FROM (
        SELECT to_timestamp(0) AS opened_at, {SUMS_OF_TRADES}, false AS is_fresh
        FROM matching_trade WHERE {in_period("edge_")} HAVING count(*) > 0
        UNION ALL {CANDLES}
    ) AS candles
"""  # noqa: S608  constants only
"""A day begins in the middle of a minute: what is left of that minute is read from its trades."""


@dataclass(frozen=True, slots=True)
class DaySummary:
    """Prices are None in a market that never traded; a day without trades is flat at the price before it."""

    open: Decimal | None
    high: Decimal | None
    low: Decimal | None
    last: Decimal | None
    volume: Decimal
    quote_volume: Decimal
    trades: int
    house_volume: Decimal
    house_quote_volume: Decimal
    house_trades: int
    """The parts of the three sums before that house accounts traded with each other."""


@dataclass(frozen=True, slots=True)
class Ticker:
    """The day, and where the book stands: best prices and what is there at them, as plain decimals."""

    market: MarketView
    day: DaySummary
    best_bid: tuple[str, str] | None
    best_ask: tuple[str, str] | None

    @property
    def change(self) -> Decimal | None:
        """Last price less the opening one."""
        if self.day.last is None or self.day.open is None:
            return None
        return self.day.last - self.day.open

    @property
    def change_percent(self) -> Decimal | None:
        """The change in percent of the opening price, to two decimals."""
        if self.change is None or not self.day.open:
            return None
        quotient = _DIVISION.divide(self.change * 100, self.day.open)
        return quotient.quantize(_PERCENT_STEP, context=_DIVISION)

    def without_house(self) -> "Ticker":
        """Only what others took part in is counted. Prices stay: at any of them anybody could have traded."""
        day = self.day
        others = replace(
            day,
            volume=day.volume - day.house_volume,
            quote_volume=day.quote_volume - day.house_quote_volume,
            trades=day.trades - day.house_trades,
            house_volume=_NOTHING,
            house_quote_volume=_NOTHING,
            house_trades=0,
        )
        return replace(self, day=others)


_cache: ShortCache[DaySummary] = ShortCache(seconds=KEEP_SECONDS)


def market_ticker(market: MarketView, *, now_ms: int) -> Ticker:
    """The 24 hours before `now_ms`, milliseconds since the Unix epoch."""
    day = _cache.get(market.id, lambda: _summary(market.id, now_ms))
    depth = market_depth(market, limit=1)
    return Ticker(market, day, depth.bids[0] if depth.bids else None, depth.asks[0] if depth.asks else None)


def list_tickers(*, now_ms: int) -> list[Ticker]:
    """The tickers of all markets, by symbol."""
    return [market_ticker(market, now_ms=now_ms) for market in list_markets()]


def forget_tickers() -> None:
    """Sum up anew at the next question."""
    _cache.forget()


def _summary(market_id: int, now_ms: int) -> DaySummary:
    day_ms = now_ms - DAY_MS
    first_minute_ms = -(-day_ms // _MINUTE_MS) * _MINUTE_MS
    # Everything up to now, even where the worker's clock is a little ahead of this one.
    end_ms = now_ms + 2 * _MINUTE_MS
    parameters: dict[str, Any] = {
        **period_parameters(market_id, day_ms, first_minute_ms, "edge_"),
        **period_parameters(market_id, first_minute_ms, end_ms),
        "stored_seconds": int(StoredInterval.MINUTE),
        "house": list(house_account_ids()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DAY, parameters)
        row = cursor.fetchone()
    if row[0] is None:
        flat = price_before(market_id, day_ms)
        return DaySummary(flat, flat, flat, flat, _NOTHING, _NOTHING, 0, _NOTHING, _NOTHING, 0)
    return DaySummary(*row)
