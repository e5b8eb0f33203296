"""A market's last 24 hours, its best prices, which are as fresh as the book, and the auction it may be in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from marketdata.selectors.auctions import Auction, auctions_under_way
from marketdata.selectors.depth import Depth, Level, market_depths
from marketdata.selectors.summaries import PeriodSummary, period_summaries
from matching.selectors.markets import MarketView, list_markets


@dataclass(frozen=True, slots=True)
class BestPrices:
    """The best price of each side and what is there, as plain decimals; None where the side is empty."""

    bid: Level | None
    ask: Level | None

    @classmethod
    def of(cls, depth: Depth) -> "BestPrices":
        return cls(depth.bids[0] if depth.bids else None, depth.asks[0] if depth.asks else None)


@dataclass(frozen=True, slots=True)
class Ticker:
    """The day, and where the book stands."""

    market: MarketView
    day: PeriodSummary
    best: BestPrices
    auction: Auction | None
    """While the market collects orders: what it would come to now."""

    def without_house(self) -> "Ticker":
        """Only what others took part in is counted."""
        return replace(self, day=self.day.without_house())


def market_ticker(market: MarketView, *, now_ms: int) -> Ticker:
    """The 24 hours before `now_ms`, milliseconds since the Unix epoch."""
    return _tickers([market], now_ms)[0]


def list_tickers(*, now_ms: int) -> list[Ticker]:
    """The tickers of all markets, by symbol."""
    return _tickers(list_markets(), now_ms)


def _tickers(markets: Sequence[MarketView], now_ms: int) -> list[Ticker]:
    days = period_summaries([market.id for market in markets], days=1, now_ms=now_ms)
    depths = market_depths(markets, limit=1)
    auctions = auctions_under_way(markets)
    return [
        Ticker(market, day, BestPrices.of(depth), auction)
        for market, day, depth, auction in zip(markets, days, depths, auctions, strict=True)
    ]
