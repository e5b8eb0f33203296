"""Market data as JSON objects, for REST and for the streams alike. Decimals are written by the renderer."""

from typing import Any

from ledger.api.parameters import rfc3339
from marketdata.selectors import Candle, PublicTrade, Ticker


def trade_json(trade: PublicTrade) -> dict[str, Any]:
    return {
        "id": str(trade.id),
        "number": trade.number,
        "price": trade.price,
        "quantity": trade.quantity,
        "quote_amount": trade.quote_amount,
        "taker_side": trade.taker_side.name,
        "is_house": trade.is_house,
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
    day = ticker.day
    bid, bid_quantity = ticker.best_bid or (None, None)
    ask, ask_quantity = ticker.best_ask or (None, None)
    return {
        "symbol": ticker.market.symbol,
        "open": day.open,
        "high": day.high,
        "low": day.low,
        "last": day.last,
        "volume": day.volume,
        "quote_volume": day.quote_volume,
        "trades": day.trades,
        "house_volume": day.house_volume,
        "house_quote_volume": day.house_quote_volume,
        "house_trades": day.house_trades,
        "change": ticker.change,
        "change_percent": ticker.change_percent,
        "best_bid": bid,
        "best_bid_quantity": bid_quantity,
        "best_ask": ask,
        "best_ask_quantity": ask_quantity,
    }
