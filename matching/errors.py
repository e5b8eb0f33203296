"""Refusals of orders and cancels, whoever refuses: the web process before anything is written, or the engine after.

`error_of` turns a code of the engine into its class, so a refusal reads the same wherever it was decided.
"""

from collections.abc import Iterator, Mapping

from kernel.errors import BourseError, DetailValue


class UnknownMarket(BourseError):
    """No market has this symbol. Symbols are written BTC-USDT or BTC/USDT."""

    code = "UNKNOWN_MARKET"
    status = 404
    message = "There is no such market."


class MarketHalted(BourseError):
    """The market takes cancels and no orders for the moment."""

    code = "MARKET_HALTED"
    status = 503
    message = "The market is halted. Orders can be cancelled."
    retry_after = 5


class MarketClosed(BourseError):
    """The market takes cancels and no orders."""

    code = "MARKET_CLOSED"
    status = 422
    message = "The market is closed. Orders can be cancelled."


class MarketCancelOnly(BourseError):
    """The market takes cancels and no orders, until staff decide otherwise."""

    code = "MARKET_CANCEL_ONLY"
    status = 422
    message = "The market takes cancels only."


class NotInAuction(BourseError):
    """The market collects orders for an auction: those that can only trade at once, or never, have no place in it."""

    code = "NOT_IN_AUCTION"
    status = 422
    message = "The market collects orders for an auction and takes only orders that can wait for it."


class ExchangeBusy(BourseError):
    """So many commands wait for the engine that a new order would be answered too late."""

    code = "EXCHANGE_BUSY"
    status = 503
    message = "Too many orders are waiting to be matched. Nothing was accepted."
    retry_after = 1


class InvalidOrder(BourseError):
    """A combination no market knows: a market order with a price, a post-only order that must trade at once."""

    code = "INVALID_ORDER"
    status = 422
    message = "These fields do not make an order together."


class GoodTillPassed(BourseError):
    """The moment until which the order was to be good is over."""

    code = "GOOD_TILL_PASSED"
    status = 422
    message = "The time until which the order was to be good has passed."


class PriceOffTick(BourseError):
    """The price lies between two ticks; `details.tick_size` is the step."""

    code = "PRICE_OFF_TICK"
    status = 422
    message = "The price is not a multiple of the tick size."


class QuantityOffLot(BourseError):
    """The quantity lies between two lots; `details.lot_size` is the step."""

    code = "QUANTITY_OFF_LOT"
    status = 422
    message = "The quantity is not a multiple of the lot size."


class InvalidPrice(BourseError):
    """The price is beyond what the engine counts exactly."""

    code = "INVALID_PRICE"
    status = 422
    message = "The price is out of range."


class QuantityTooSmall(BourseError):
    """Less than the market's minimum quantity."""

    code = "QUANTITY_TOO_SMALL"
    status = 422
    message = "The quantity is below the market's minimum."


class QuantityTooLarge(BourseError):
    """More than the market's maximum quantity."""

    code = "QUANTITY_TOO_LARGE"
    status = 422
    message = "The quantity is above the market's maximum."


class NotionalTooSmall(BourseError):
    """Price times quantity, or the quote amount, is less than the market's minimum."""

    code = "NOTIONAL_TOO_SMALL"
    status = 422
    message = "The value of the order is below the market's minimum."


class OrderValueTooLarge(BourseError):
    """The order is worth more than the market allows a single one to be."""

    code = "MAX_ORDER_VALUE"
    status = 422
    message = "The value of the order is above the market's maximum."


class PriceOutOfBand(BourseError):
    """The price is too far from the last price."""

    code = "PRICE_OUT_OF_BAND"
    status = 422
    message = "The price is too far from the market's last price."


class TooManyOpenOrders(BourseError):
    """The account has as many resting orders in this market as it may have."""

    code = "MAX_OPEN_ORDERS"
    status = 422
    message = "You have as many open orders in this market as one may have."


class TooManyStopOrders(BourseError):
    """The account has as many waiting orders in this market as it may have."""

    code = "MAX_STOP_ORDERS"
    status = 422
    message = "You have as many waiting orders in this market as one may have."


class PositionTooLarge(BourseError):
    """With this purchase the account could hold more of the asset than one may."""

    code = "MAX_POSITION"
    status = 422
    message = "You may not hold more of this asset than this order could bring you."


class OrderRateExceeded(BourseError):
    """More orders and amendments of one account in this market within ten seconds than the market takes."""

    code = "ORDER_RATE_EXCEEDED"
    status = 429
    message = "This market takes no more of your orders for the moment."
    retry_after = 10


class StopWouldTrigger(BourseError):
    """The last price has reached the trigger already; an order that does not wait does the same."""

    code = "STOP_WOULD_TRIGGER"
    status = 422
    message = "The last price has reached the trigger already."


class NoReferencePrice(BourseError):
    """A trailing stop in a market that has had no price yet to start from."""

    code = "NO_REFERENCE_PRICE"
    status = 422
    message = "This market has had no price yet that a trailing stop could follow."


class PostOnlyWouldMatch(BourseError):
    """A post-only order that would trade at once."""

    code = "POST_ONLY_WOULD_MATCH"
    status = 422
    message = "The order would have traded at once, and it was to be post-only."


class TradingFrozen(BourseError):
    """Staff froze trading for this account; orders can be cancelled."""

    code = "ACCOUNT_TRADE_FROZEN"
    status = 403
    message = "This account may not trade at the moment. Orders can be cancelled."


class KycLevelTooLow(BourseError):
    """The market is for users whose identity is known better."""

    code = "KYC_LEVEL_TOO_LOW"
    status = 403
    message = "Your identity is not verified as far as this market asks for."


class OrderNotFound(BourseError):
    """No such order, or somebody else's: the answer does not tell which."""

    code = "ORDER_NOT_FOUND"
    status = 404
    message = "There is no such order."


class OrderNotOpen(BourseError):
    """The order is finished, so there is nothing to cancel; `details.status` says how it ended."""

    code = "ORDER_NOT_OPEN"
    status = 409
    message = "The order is no longer open."


class OrderNotAmendable(BourseError):
    """The order waits for its trigger, or is one of two of which one cancels the other."""

    code = "ORDER_NOT_AMENDABLE"
    status = 409
    message = "This order can be cancelled and not amended."


class AmendBelowFilled(BourseError):
    """The new quantity is not above what the order has traded."""

    code = "AMEND_BELOW_FILLED"
    status = 422
    message = "The order has traded as much as that already."


class ClientOrderIdConflict(BourseError):
    """The client_order_id was used within the last 24 hours, for an order with other content."""

    code = "CLIENT_ORDER_ID_CONFLICT"
    status = 409
    message = "This client_order_id was used before for another order."


class UnknownTrade(BourseError):
    """No trade has this number."""

    code = "UNKNOWN_TRADE"
    status = 404
    message = "There is no such trade."


class TradeAlreadyBusted(BourseError):
    """What the trade did to money has been undone."""

    code = "TRADE_ALREADY_BUSTED"
    status = 409
    message = "The trade is busted already."


class BustRequested(BourseError):
    """Somebody has asked for this trade to be busted, and it is not decided or not carried out yet."""

    code = "BUST_REQUESTED"
    status = 409
    message = "The bust of this trade has been asked for already."


class BustNotOpen(BourseError):
    """The bust has been decided, or was never asked for."""

    code = "BUST_NOT_OPEN"
    status = 409
    message = "This bust does not wait for a decision."


class BustNeedsAnother(BourseError):
    """A bust is asked for by one person and agreed to by another one, and neither was on a side of the trade."""

    code = "BUST_NEEDS_ANOTHER"
    status = 403
    message = "This is for somebody else to decide: not for who asked for it, nor for who traded."


class MarketRulesInvalid(BourseError):
    """Limits that no market can have, or that are in force already; `details.fields` says which and why."""

    code = "MARKET_RULES_INVALID"
    status = 422
    message = "These limits cannot be."


class MarketRulesChanged(BourseError):
    """The limits were changed by somebody else since they were read; `details.version` is the one in force."""

    code = "MARKET_RULES_CHANGED"
    status = 409
    message = "The limits were changed in the meantime. Look at them again."


class FeeTierInvalid(BourseError):
    """Terms that no fee tier can have, or that are in force already; `details.fields` says which and why."""

    code = "FEE_TIER_INVALID"
    status = 422
    message = "These terms cannot be."


class FeeExceptionInvalid(BourseError):
    """An exception from the fee table that cannot be made or ended; `details.fields` says why."""

    code = "FEE_EXCEPTION_INVALID"
    status = 422
    message = "This exception cannot be."


class FeeExceptionEnded(BourseError):
    """The exception does not hold any more, so there is nothing to end."""

    code = "FEE_EXCEPTION_ENDED"
    status = 409
    message = "The exception has ended already."


class OrderRefused(BourseError):
    """The order was refused for a reason that has no class of its own; `details.reason` names it."""

    code = "ORDER_REFUSED"
    status = 422
    message = "The order was refused."


def _all_errors(base: type[BourseError]) -> Iterator[type[BourseError]]:
    for subclass in base.__subclasses__():
        yield subclass
        yield from _all_errors(subclass)


def error_of(code: str, details: Mapping[str, DetailValue]) -> BourseError:
    """The refusal that has this code, with details; OrderRefused for a code without a class."""
    for error in _all_errors(BourseError):
        if error.code == code:
            made = error.__new__(error)
            BourseError.__init__(made, details=details)
            return made
    return OrderRefused(details={"reason": code, **details})
