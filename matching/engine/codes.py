"""Codes and reasons the matching rules add to those of `risk.core.codes`. They are part of the API."""

from typing import Final

# Refusals of a new order.
MARKET_HALTED: Final = "MARKET_HALTED"
MARKET_CLOSED: Final = "MARKET_CLOSED"
POST_ONLY_WOULD_MATCH: Final = "POST_ONLY_WOULD_MATCH"

# Refusal of a cancel: never placed here, already finished, or somebody else's; the asker learns no more.
ORDER_NOT_FOUND: Final = "ORDER_NOT_FOUND"

# Refusal of new limits: they were made for other ones than those in force.
MARKET_RULES_CHANGED: Final = "MARKET_RULES_CHANGED"

# Why an order expired.
COMMAND_EXPIRED: Final = "COMMAND_EXPIRED"
IOC_REMAINDER: Final = "IOC_REMAINDER"
FOK_NOT_FILLABLE: Final = "FOK_NOT_FILLABLE"
NO_LIQUIDITY: Final = "NO_LIQUIDITY"
PRICE_BAND: Final = "PRICE_BAND"
SELF_TRADE_PREVENTED: Final = "SELF_TRADE_PREVENTED"
BUDGET_TOO_SMALL: Final = "BUDGET_TOO_SMALL"
"""A market order by quote amount whose amount does not pay for a single lot at the best price."""

# Why an order was cancelled.
CANCELLED_BY_OWNER: Final = "CANCELLED_BY_OWNER"
CANCELLED_BY_STAFF: Final = "CANCELLED_BY_STAFF"

# Why an order was closed as FILLED: there is nothing to explain.
NO_REASON: Final = ""
