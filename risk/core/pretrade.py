"""The pre-trade predicates: may this order, taken by itself, enter the market?

Pure functions over integers: ticks, lots, tick-lots. Each answers with a code of `risk.core.codes`, or None
where nothing speaks against the order. Inside a function the checks stand in the order in which they are
answered, so the first reason that holds is the one the trader hears; `docs/trading-rules.md` has the whole
precedence.
"""

from typing import Final

from risk.core import codes
from risk.core.rules import MarketRules

PPM: Final = 1_000_000

EXACT_LIMIT: Final = 2**53
"""Prices in ticks and quantities in lots stay below this, so every client's JSON reader keeps them whole."""

LOWEST_PRICE: Final = 1
HIGHEST_PRICE: Final = EXACT_LIMIT - 1
UNBOUNDED: Final = (LOWEST_PRICE, HIGHEST_PRICE)


def within(reference_ticks: int, ppm: int) -> tuple[int, int]:
    """The lowest and the highest price, in ticks, within so many parts per million of the reference, both included.

    Without a distance or a reference every price is allowed. Rounds inwards: no allowed price is outside.
    """
    return lowest_within(reference_ticks, ppm), highest_within(reference_ticks, ppm)


def lowest_within(reference_ticks: int, ppm: int) -> int:
    """The lower one of `within`."""
    if not ppm or not reference_ticks:
        return LOWEST_PRICE
    lowest = -(-reference_ticks * (PPM - ppm) // PPM)
    return lowest if lowest > LOWEST_PRICE else LOWEST_PRICE


def highest_within(reference_ticks: int, ppm: int) -> int:
    """The higher one of `within`."""
    if not ppm or not reference_ticks:
        return HIGHEST_PRICE
    highest = reference_ticks * (PPM + ppm) // PPM
    return highest if highest < HIGHEST_PRICE else HIGHEST_PRICE


def price_band(rules: MarketRules, reference_ticks: int, static_ticks: int = 0) -> tuple[int, int]:
    """The lowest and the highest price within both the dynamic and the static band.

    `reference_ticks`: price of the last trade, else the initial price; `static_ticks`: the static reference.
    """
    return narrowed(within(static_ticks, rules.static_band_ppm), reference_ticks, rules.price_band_ppm)


def narrowed(band: tuple[int, int], reference_ticks: int, ppm: int) -> tuple[int, int]:
    """The part of the band that is within so many parts per million of the reference as well."""
    lowest, highest = lowest_within(reference_ticks, ppm), highest_within(reference_ticks, ppm)
    return lowest if lowest > band[0] else band[0], highest if highest < band[1] else band[1]


def price_refusal(rules: MarketRules, ticks: int) -> str | None:
    """Why this is no price of the market."""
    if not 0 < ticks < EXACT_LIMIT:
        return codes.INVALID_PRICE
    if ticks % rules.tick_multiple:
        return codes.PRICE_OFF_TICK
    return None


def quantity_refusal(rules: MarketRules, lots: int) -> str | None:
    """Why an order may not be over this quantity."""
    if lots < rules.min_lots or lots <= 0:
        return codes.QUANTITY_TOO_SMALL
    if 0 < rules.max_lots < lots or lots >= EXACT_LIMIT:
        return codes.QUANTITY_TOO_LARGE
    if lots % rules.lot_multiple:
        return codes.QUANTITY_OFF_LOT
    return None


def smallest_value_refusal(rules: MarketRules, value: int) -> str | None:
    """Why an order of so many tick-lots is too small."""
    return codes.NOTIONAL_TOO_SMALL if value < rules.min_value else None


def value_refusal(rules: MarketRules, value: int) -> str | None:
    """Why an order of so many tick-lots is too large."""
    return codes.MAX_ORDER_VALUE if 0 < rules.max_order_value < value else None


def count_refusal(rules: MarketRules, counts: tuple[int, int], orders: int, waiting: int) -> str | None:
    """Why `orders` more open ones, `waiting` of them with a trigger, are too many.

    `counts`: how many the account has resting and waiting in this market.
    """
    if 0 < rules.max_open_orders < sum(counts) + orders:
        return codes.MAX_OPEN_ORDERS
    if waiting and 0 < rules.max_stop_orders < counts[1] + waiting:
        return codes.MAX_STOP_ORDERS
    return None


def limit_order_refusal(
    rules: MarketRules, band: tuple[int, int], ticks: int, lots: int, open_orders: int
) -> str | None:
    """Why a limit order may not enter: price, quantity, value, then price band, then value, then open orders.

    `open_orders`: how many the account has open in this market; -1 for an order that cannot rest.
    """
    lowest, highest = band
    is_outside = ticks < lowest or ticks > highest
    # No band reaches beyond the possible prices.
    refusal = price_refusal(rules, ticks) if is_outside or ticks % rules.tick_multiple else None
    if refusal is None and (lots < rules.min_lots or lots <= 0 or lots > rules.max_lots or lots % rules.lot_multiple):
        refusal = quantity_refusal(rules, lots)
    if refusal is not None:
        return refusal
    value = ticks * lots
    if value < rules.min_value:
        return codes.NOTIONAL_TOO_SMALL
    if is_outside:
        return codes.PRICE_OUT_OF_BAND
    if value > rules.max_order_value > 0:
        return codes.MAX_ORDER_VALUE
    if open_orders >= rules.max_open_orders > 0:
        return codes.MAX_OPEN_ORDERS
    return None


def protection_ticks(rules: MarketRules, trigger_ticks: int) -> int:
    """The worst price, in ticks, of a waiting purchase without a limit; 0 where the market names no distance."""
    ppm = rules.protection_ppm or rules.price_band_ppm
    return highest_within(trigger_ticks, ppm) if ppm else 0
