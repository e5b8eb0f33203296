"""Codes and reasons the matching rules add to those of `risk.core.codes`. They are part of the API."""

from typing import Final

# Refusals of a new order.
MARKET_HALTED: Final = "MARKET_HALTED"
MARKET_CLOSED: Final = "MARKET_CLOSED"
MARKET_CANCEL_ONLY: Final = "MARKET_CANCEL_ONLY"
NOT_IN_AUCTION: Final = "NOT_IN_AUCTION"
POST_ONLY_WOULD_MATCH: Final = "POST_ONLY_WOULD_MATCH"
STOP_WOULD_TRIGGER: Final = "STOP_WOULD_TRIGGER"
NO_REFERENCE_PRICE: Final = "NO_REFERENCE_PRICE"
"""A trailing stop in a market that has neither a last nor an initial price to start from."""

# Refusals of a change to an order. Not found: never placed here, already finished, or somebody else's; the asker
# learns no more.
ORDER_NOT_FOUND: Final = "ORDER_NOT_FOUND"
ORDER_NOT_AMENDABLE: Final = "ORDER_NOT_AMENDABLE"
AMEND_BELOW_FILLED: Final = "AMEND_BELOW_FILLED"

# Refusal of a bust.
TRADE_ALREADY_BUSTED: Final = "TRADE_ALREADY_BUSTED"

# Refusal of new rules: they were made for other ones than those in force.
MARKET_RULES_CHANGED: Final = "MARKET_RULES_CHANGED"

# Why an order expired.
COMMAND_EXPIRED: Final = "COMMAND_EXPIRED"
GOOD_TILL_PASSED: Final = "GOOD_TILL_PASSED"
IOC_REMAINDER: Final = "IOC_REMAINDER"
FOK_NOT_FILLABLE: Final = "FOK_NOT_FILLABLE"
NO_LIQUIDITY: Final = "NO_LIQUIDITY"
PRICE_BAND: Final = "PRICE_BAND"
PRICE_PROTECTION: Final = "PRICE_PROTECTION"
SELF_TRADE_PREVENTED: Final = "SELF_TRADE_PREVENTED"
BUDGET_TOO_SMALL: Final = "BUDGET_TOO_SMALL"
"""A market order by quote amount whose amount does not pay for a single lot at the best price."""
CIRCUIT_BREAKER: Final = "CIRCUIT_BREAKER"
"""Also the reason of the halt that the breaker makes."""

# Why an order was cancelled.
CANCELLED_BY_OWNER: Final = "CANCELLED_BY_OWNER"
CANCELLED_BY_STAFF: Final = "CANCELLED_BY_STAFF"
CANCELLED_ON_DISCONNECT: Final = "CANCELLED_ON_DISCONNECT"
OCO_OTHER_LEG: Final = "OCO_OTHER_LEG"
REPLACED: Final = "REPLACED"
COUNTDOWN: Final = "COUNTDOWN"
TICK_SIZE_CHANGED: Final = "TICK_SIZE_CHANGED"

# Why an order was closed as FILLED: there is nothing to explain.
NO_REASON: Final = ""

# Why a market goes on by itself after a halt of the circuit breaker.
AFTER_HALT: Final = "AFTER_HALT"
AFTER_AUCTION: Final = "AFTER_AUCTION"
