"""What everybody may know of a market: its book, its trades, its candles and its days."""

from marketdata.selectors.candles import Candle, list_candles
from marketdata.selectors.depth import Depth, market_depth
from marketdata.selectors.house import house_account_ids
from marketdata.selectors.statistics import MarketStatistics, market_statistics
from marketdata.selectors.ticker import Ticker, list_tickers, market_ticker
from marketdata.selectors.trades import (
    PublicTrade,
    list_public_trades,
    list_trades_since,
    list_trades_without_house,
)

__all__ = [
    "Candle",
    "Depth",
    "MarketStatistics",
    "PublicTrade",
    "Ticker",
    "house_account_ids",
    "list_candles",
    "list_public_trades",
    "list_tickers",
    "list_trades_since",
    "list_trades_without_house",
    "market_depth",
    "market_statistics",
    "market_ticker",
]
