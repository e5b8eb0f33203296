"""What a market did in a day, a week and a month, and how far its sides are apart now."""

from dataclasses import dataclass, replace
from decimal import Decimal

from marketdata.selectors.depth import market_depths
from marketdata.selectors.summaries import DIVISION, PERIODS, PeriodSummary, period_summaries
from marketdata.selectors.ticker import BestPrices
from matching.selectors.markets import MarketView

_PERCENT_STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class MarketStatistics:
    """Periods end now."""

    market: MarketView
    periods: dict[str, PeriodSummary]
    best: BestPrices

    @property
    def spread(self) -> Decimal | None:
        """The best ask less the best bid; None where a side is empty."""
        if self.best.bid is None or self.best.ask is None:
            return None
        return Decimal(self.best.ask[0]) - Decimal(self.best.bid[0])

    @property
    def spread_percent(self) -> Decimal | None:
        """The spread in percent of the price in its middle, to four decimals."""
        if self.spread is None or self.best.bid is None or self.best.ask is None:
            return None
        both = Decimal(self.best.bid[0]) + Decimal(self.best.ask[0])
        return DIVISION.divide(self.spread * 200, both).quantize(_PERCENT_STEP, context=DIVISION)

    def without_house(self) -> "MarketStatistics":
        """Only what others took part in is counted."""
        return replace(self, periods={name: period.without_house() for name, period in self.periods.items()})


def market_statistics(market: MarketView, *, now_ms: int) -> MarketStatistics:
    """The days before `now_ms`, milliseconds since the Unix epoch."""
    periods = {name: period_summaries([market.id], days=days, now_ms=now_ms)[0] for name, days in PERIODS.items()}
    return MarketStatistics(market, periods, BestPrices.of(market_depths([market], limit=1)[0]))
