"""Tables of the exchange proper, by what they are for."""

from matching.models.busts import BustState, TradeBust
from matching.models.commands import (
    PLACING_KINDS,
    ClientOrderKey,
    Command,
    CommandKind,
    Outcome,
    QuarantinedCommand,
)
from matching.models.engine_state import Batch, Checkpoint, MarketEngineState, Shard
from matching.models.fees import AccountTradingDay, FeeException, SummedTradingDay
from matching.models.figures import SummedTrades, TradingHour
from matching.models.markets import FeeTier, Market
from matching.models.orders import Order, OrderStatus, Trade, UserEvent

__all__ = [
    "PLACING_KINDS",
    "AccountTradingDay",
    "Batch",
    "BustState",
    "Checkpoint",
    "ClientOrderKey",
    "Command",
    "CommandKind",
    "FeeException",
    "FeeTier",
    "Market",
    "MarketEngineState",
    "Order",
    "OrderStatus",
    "Outcome",
    "QuarantinedCommand",
    "Shard",
    "SummedTrades",
    "SummedTradingDay",
    "Trade",
    "TradeBust",
    "TradingHour",
    "UserEvent",
]
