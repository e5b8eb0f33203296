"""Codes of the pre-trade refusals. They are part of the API: a code is never renamed and never means two
things."""

from typing import Final

INVALID_ORDER: Final = "INVALID_ORDER"
"""A combination no market knows: a market order that rests, a post-only order that must trade at once."""
INVALID_PRICE: Final = "INVALID_PRICE"
"""The price is not positive, or beyond what the core counts exactly."""
QUANTITY_TOO_SMALL: Final = "QUANTITY_TOO_SMALL"
QUANTITY_TOO_LARGE: Final = "QUANTITY_TOO_LARGE"
NOTIONAL_TOO_SMALL: Final = "NOTIONAL_TOO_SMALL"
PRICE_OUT_OF_BAND: Final = "PRICE_OUT_OF_BAND"
MAX_ORDER_VALUE: Final = "MAX_ORDER_VALUE"
MAX_OPEN_ORDERS: Final = "MAX_OPEN_ORDERS"
INSUFFICIENT_BALANCE: Final = "INSUFFICIENT_BALANCE"
MAX_STOP_ORDERS: Final = "MAX_STOP_ORDERS"
ORDER_RATE_EXCEEDED: Final = "ORDER_RATE_EXCEEDED"
PRICE_OFF_TICK: Final = "PRICE_OFF_TICK"
QUANTITY_OFF_LOT: Final = "QUANTITY_OFF_LOT"
