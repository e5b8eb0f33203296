"""Market data as JSON objects, for REST and for the streams alike. Decimals are written by the renderer."""

from typing import Any

from ledger.api.parameters import rfc3339
from marketdata.selectors import Candle, Depth, MarketStatistics, PublicTrade, Ticker
from marketdata.selectors.auctions import Auction
from marketdata.selectors.summaries import PeriodSummary
from marketdata.selectors.ticker import BestPrices


def trade_json(trade: PublicTrade) -> dict[str, Any]:
    return {
        "id": str(trade.id),
        "number": trade.number,
        "price": trade.price,
        "quantity": trade.quantity,
        "quote_amount": trade.quote_amount,
        "taker_side": trade.taker_side.name,
        "is_house": trade.is_house,
        "is_busted": trade.is_busted,
        "executed_at": rfc3339(trade.executed_at),
    }


def candle_json(candle: Candle) -> dict[str, Any]:
    return {
        "opened_at": rfc3339(candle.opened_at),
        "open": candle.open,
        "high": candle.high,
        "low": candle.low,
        "close": candle.close,
        "volume": candle.volume,
        "quote_volume": candle.quote_volume,
        "trades": candle.trades,
        "house_volume": candle.house_volume,
        "house_quote_volume": candle.house_quote_volume,
        "house_trades": candle.house_trades,
    }


def ticker_json(ticker: Ticker) -> dict[str, Any]:
    return {
        "symbol": ticker.market.symbol,
        **_summary_json(ticker.day),
        **_best_json(ticker.best),
        "auction": None if ticker.auction is None else _auction_json(ticker.auction),
    }


def statistics_json(statistics: MarketStatistics) -> dict[str, Any]:
    return {
        "symbol": statistics.market.symbol,
        "periods": [{"period": name, **_summary_json(summary)} for name, summary in statistics.periods.items()],
        **_best_json(statistics.best),
        "spread": statistics.spread,
        "spread_percent": statistics.spread_percent,
    }


def depth_json(symbol: str, depth: Depth) -> dict[str, Any]:
    return {"symbol": symbol, "update_id": depth.update_id, "bids": depth.bids, "asks": depth.asks}


def _auction_json(auction: Auction) -> dict[str, Any]:
    return {
        "price": auction.price,
        "quantity": auction.quantity,
        "surplus_side": None if auction.surplus_side is None else auction.surplus_side.name,
        "surplus_quantity": auction.surplus_quantity,
    }


def _summary_json(summary: PeriodSummary) -> dict[str, Any]:
    return {
        "open": summary.open,
        "high": summary.high,
        "low": summary.low,
        "last": summary.last,
        "volume": summary.volume,
        "quote_volume": summary.quote_volume,
        "trades": summary.trades,
        "house_volume": summary.house_volume,
        "house_quote_volume": summary.house_quote_volume,
        "house_trades": summary.house_trades,
        "change": summary.change,
        "change_percent": summary.change_percent,
    }


def _best_json(best: BestPrices) -> dict[str, Any]:
    bid, bid_quantity = best.bid or (None, None)
    ask, ask_quantity = best.ask or (None, None)
    return {
        "best_bid": bid,
        "best_bid_quantity": bid_quantity,
        "best_ask": ask,
        "best_ask_quantity": ask_quantity,
    }
