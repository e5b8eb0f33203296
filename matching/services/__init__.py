"""Every write of the web side: each is one row in the command log, and nothing else changes."""

from matching.services.cancel import CancelAllReceipt, CancelReceipt, cancel_all_orders, cancel_order
from matching.services.control import set_market_state
from matching.services.dry_run import check_order
from matching.services.place import PlaceReceipt, place_order
from matching.services.requests import OrderRequest

__all__ = [
    "CancelAllReceipt",
    "CancelReceipt",
    "OrderRequest",
    "PlaceReceipt",
    "cancel_all_orders",
    "cancel_order",
    "check_order",
    "place_order",
    "set_market_state",
]
