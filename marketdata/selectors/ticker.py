"""A market's last 24 hours. The sums are kept for a second, the best prices are as fresh as the book."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

from django.db import connection

from marketdata.selectors.depth import market_depth
from marketdata.selectors.periods import IN_PERIOD, period_parameters, price_before
from matching.selectors.cache import ShortCache
from matching.selectors.markets import MarketView

DAY_MS = 86_400_000
KEEP_SECONDS = 1.0

_DIVISION = Context(prec=60, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation])
_PERCENT_STEP = Decimal("0.01")

_DAY = f"""
    SELECT (array_agg(price ORDER BY id))[1], max(price), min(price), (array_agg(price ORDER BY id DESC))[1],
           sum(quantity), sum(quote_amount), count(*)
    FROM matching_trade WHERE {IN_PERIOD}
"""  # noqa: S608  constants only


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


@dataclass(frozen=True, slots=True)
class Ticker:
    """The day, and where the book stands: best prices and what is there at them, as plain decimals."""

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


_cache: ShortCache[DaySummary] = ShortCache(seconds=KEEP_SECONDS)


def market_ticker(market: MarketView, *, now_ms: int) -> Ticker:
    """The 24 hours before `now_ms`, milliseconds since the Unix epoch."""
    day = _cache.get(market.id, lambda: _summary(market.id, now_ms))
    depth = market_depth(market, limit=1)
    return Ticker(day, depth.bids[0] if depth.bids else None, depth.asks[0] if depth.asks else None)


def forget_tickers() -> None:
    """Sum up anew at the next question."""
    _cache.forget()


def _summary(market_id: int, now_ms: int) -> DaySummary:
    start_ms = now_ms - DAY_MS
    with connection.cursor() as cursor:
        cursor.execute(_DAY, period_parameters(market_id, start_ms, now_ms + 1))
        opening, high, low, last, volume, quote_volume, trades = cursor.fetchone()
    if not trades:
        flat = price_before(market_id, start_ms)
        return DaySummary(flat, flat, flat, flat, Decimal(0), Decimal(0), 0)
    return DaySummary(opening, high, low, last, volume, quote_volume, trades)
