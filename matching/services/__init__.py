"""Every write of the web side: each is one row in the command log, and nothing else changes."""

from matching.services.accept import accept_commands
from matching.services.cancel import CancelReceipt, cancel_order
from matching.services.carry_out import MOST_TOGETHER, CarriedOut, carry_out, carry_out_one
from matching.services.client_keys import delete_old_keys, orders_of_client_ids
from matching.services.commands import (
    Accepted,
    AmendCommand,
    CancelAllCommand,
    CancelCommand,
    CountdownCommand,
    NewCommand,
    PlaceCommand,
    PlaceOcoCommand,
    Receipt,
    Repeated,
)
from matching.services.control import cancel_market_orders, set_market_state
from matching.services.dry_run import check_order, check_pair
from matching.services.place import PlaceReceipt, place_order
from matching.services.requests import Amendment, OcoRequest, OrderRequest
from matching.services.rules import change_market_rules

__all__ = [
    "MOST_TOGETHER",
    "Accepted",
    "AmendCommand",
    "Amendment",
    "CancelAllCommand",
    "CancelCommand",
    "CancelReceipt",
    "CarriedOut",
    "CountdownCommand",
    "NewCommand",
    "OcoRequest",
    "OrderRequest",
    "PlaceCommand",
    "PlaceOcoCommand",
    "PlaceReceipt",
    "Receipt",
    "Repeated",
    "accept_commands",
    "cancel_market_orders",
    "cancel_order",
    "carry_out",
    "carry_out_one",
    "change_market_rules",
    "check_order",
    "check_pair",
    "delete_old_keys",
    "orders_of_client_ids",
    "place_order",
    "set_market_state",
]
