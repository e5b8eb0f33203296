"""What everybody may know of a market: its book, its trades, its candles and its day."""

from marketdata.selectors.candles import Candle, list_candles
from marketdata.selectors.depth import Depth, market_depth
from marketdata.selectors.ticker import Ticker, market_ticker
from marketdata.selectors.trades import PublicTrade, list_public_trades

__all__ = [
    "Candle",
    "Depth",
    "PublicTrade",
    "Ticker",
    "list_candles",
    "list_public_trades",
    "market_depth",
    "market_ticker",
]
