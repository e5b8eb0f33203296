"""Every write of the web side: each is one row in the command log, and nothing else changes."""

from matching.services.accept import (
    Accepted,
    CancelAllCommand,
    CancelCommand,
    NewCommand,
    PlaceCommand,
    Receipt,
    Repeated,
    accept_commands,
)
from matching.services.cancel import CancelAllReceipt, CancelReceipt, cancel_all_orders, cancel_order
from matching.services.control import cancel_market_orders, set_market_state
from matching.services.dry_run import check_order
from matching.services.place import PlaceReceipt, place_order
from matching.services.requests import OrderRequest
from matching.services.rules import change_market_rules

__all__ = [
    "Accepted",
    "CancelAllCommand",
    "CancelAllReceipt",
    "CancelCommand",
    "CancelReceipt",
    "NewCommand",
    "OrderRequest",
    "PlaceCommand",
    "PlaceReceipt",
    "Receipt",
    "Repeated",
    "accept_commands",
    "cancel_all_orders",
    "cancel_market_orders",
    "cancel_order",
    "change_market_rules",
    "check_order",
    "place_order",
    "set_market_state",
]
