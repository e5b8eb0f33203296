"""The pre-trade predicates: may this order, taken by itself, enter the market?

Pure functions over integers: ticks, lots, tick-lots. Each answers with a code of `risk.core.codes`, or None
where nothing speaks against the order. Inside a function the checks stand in the order in which they are
answered, so the first reason that holds is the one the trader hears; `docs/trading-rules.md` has the whole
precedence.
"""

from risk.core import codes
from risk.core.rules import MarketRules

PPM = 1_000_000

EXACT_LIMIT = 2**53
"""Prices in ticks and quantities in lots stay below this, so every client's JSON reader keeps them whole."""

UNBOUNDED = (1, EXACT_LIMIT - 1)


def price_band(rules: MarketRules, reference_ticks: int) -> tuple[int, int]:
    """The lowest and the highest price, in ticks, within `price_band_ppm` of the reference, both included.

    Without a band or a reference every price is allowed. Rounds inwards: no allowed price is outside the
    band.
    """
    if not rules.price_band_ppm or not reference_ticks:
        return UNBOUNDED
    lowest = -(-reference_ticks * (PPM - rules.price_band_ppm) // PPM)
    highest = reference_ticks * (PPM + rules.price_band_ppm) // PPM
    return max(lowest, 1), min(highest, EXACT_LIMIT - 1)


def limit_order_refusal(
    rules: MarketRules, band: tuple[int, int], ticks: int, lots: int, open_orders: int
) -> str | None:
    """Why a limit order may not enter: size, then price band, then value, then open orders.

    `open_orders`: how many the account has resting in this market; 0 for an order that cannot rest.
    """
    if not 0 < ticks < EXACT_LIMIT:
        return codes.INVALID_PRICE
    if lots < rules.min_lots or lots <= 0:
        return codes.QUANTITY_TOO_SMALL
    if 0 < rules.max_lots < lots or lots >= EXACT_LIMIT:
        return codes.QUANTITY_TOO_LARGE
    value = ticks * lots
    if value < rules.min_value:
        return codes.NOTIONAL_TOO_SMALL
    if not band[0] <= ticks <= band[1]:
        return codes.PRICE_OUT_OF_BAND
    if 0 < rules.max_order_value < value:
        return codes.MAX_ORDER_VALUE
    if 0 < rules.max_open_orders <= open_orders:
        return codes.MAX_OPEN_ORDERS
    return None


def market_order_refusal(rules: MarketRules, lots: int, value: int) -> str | None:
    """Why a market order may not enter, before the book is looked at.

    Exactly one of `lots` (by base) and `value` (by quote, in tick-lots) is given. An order by base has no
    value yet, so the smallest value holds for orders by quote only.
    """
    if value:
        if lots or value < 0:
            return codes.INVALID_ORDER
        return codes.NOTIONAL_TOO_SMALL if value < rules.min_value else None
    if lots < rules.min_lots or lots <= 0:
        return codes.QUANTITY_TOO_SMALL
    if 0 < rules.max_lots < lots or lots >= EXACT_LIMIT:
        return codes.QUANTITY_TOO_LARGE
    return None


def value_refusal(rules: MarketRules, value: int) -> str | None:
    """Why a market order that would trade for `value` tick-lots now may not."""
    return codes.MAX_ORDER_VALUE if 0 < rules.max_order_value < value else None
