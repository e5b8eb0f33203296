"""Markets and values to try strategies on."""

from decimal import Decimal
from typing import Any

from exchange.bots.strategy.fair_values import FairValues
from exchange.bots.strategy.terms import Terms

FIRST_PRICES = {"BTC": "65000", "ETH": "3200", "SOL": "150"}

BITCOIN: dict[str, Any] = {
    "symbol": "BTC-USDT",
    "base": "BTC",
    "quote": "USDT",
    "state": "TRADING",
    "tick_size": "0.01",
    "lot_size": "0.00001",
    "min_quantity": "0.00001",
    "max_quantity": "100",
    "min_notional": "5",
    "max_order_value": "5000000",
    "price_band": "0.2",
    "last_price": None,
}
ETHER_IN_BITCOIN = BITCOIN | {
    "symbol": "ETH-BTC",
    "base": "ETH",
    "quote": "BTC",
    "tick_size": "0.00001",
    "lot_size": "0.0001",
    "min_quantity": "0.0001",
    "max_quantity": "2000",
    "min_notional": "0.0001",
    "max_order_value": "100",
}
MARKETS = (BITCOIN, ETHER_IN_BITCOIN)


def first_values() -> FairValues:
    return FairValues({asset: Decimal(price) for asset, price in FIRST_PRICES.items()})


def terms(market: dict[str, Any] = BITCOIN, **fields: Any) -> Terms:
    return Terms.read(market | fields)
