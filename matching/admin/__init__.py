"""Trading on the staff pages: markets and their controls, orders, trades, commands, and how the worker stands."""

from matching.admin.busts import TradeBustAdmin
from matching.admin.commands import CommandAdmin, OutcomeAdmin, QuarantinedCommandAdmin
from matching.admin.engine import BatchAdmin, CheckpointAdmin, ShardAdmin
from matching.admin.fee_exceptions import FeeExceptionAdmin
from matching.admin.fees import FeeTierAdmin
from matching.admin.markets import MarketAdmin
from matching.admin.orders import OrderAdmin, TradeAdmin, UserEventAdmin

__all__ = [
    "BatchAdmin",
    "CheckpointAdmin",
    "CommandAdmin",
    "FeeExceptionAdmin",
    "FeeTierAdmin",
    "MarketAdmin",
    "OrderAdmin",
    "OutcomeAdmin",
    "QuarantinedCommandAdmin",
    "ShardAdmin",
    "TradeAdmin",
    "TradeBustAdmin",
    "UserEventAdmin",
]
