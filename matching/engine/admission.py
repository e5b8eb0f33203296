"""What speaks against a new order by itself: its combination of terms, its sizes, and the market's state.

Pure functions of the order and the rules; the checks stand in the order of `docs/trading-rules.md`. What depends on
the book, on other orders or on funds is asked by `Book`.
"""

from typing import Final

from matching.engine import codes
from matching.engine.commands import Place, PlaceOco
from matching.engine.types import (
    BUY,
    GTC,
    GTD,
    ICEBERG,
    LIMIT,
    MARKET,
    MARKET_TYPES,
    SELL,
    TRAILING_STOP,
    MarketRules,
    MarketState,
)
from risk.core.codes import INVALID_ORDER, QUANTITY_OFF_LOT
from risk.core.pretrade import PPM, price_refusal, protection_ticks, quantity_refusal, smallest_value_refusal

RESTING: Final = (GTC, GTD)
MAX_ICEBERG_PARTS: Final = 100

_REFUSAL_OF_STATE: Final = {
    MarketState.HALTED: codes.MARKET_HALTED,
    MarketState.CLOSED: codes.MARKET_CLOSED,
    MarketState.CANCEL_ONLY: codes.MARKET_CANCEL_ONLY,
}


def state_refusal(state: MarketState) -> str | None:
    """Why a market in this state takes no orders at all."""
    return _REFUSAL_OF_STATE.get(state)


def auction_refusal(place: Place) -> str | None:
    """Why an order cannot be collected for an auction: it could neither rest nor wait, or must not meet anybody."""
    if place.order_type == MARKET or place.post_only:
        return codes.NOT_IN_AUCTION
    if place.order_type in (LIMIT, ICEBERG) and place.time_in_force not in RESTING:
        return codes.NOT_IN_AUCTION
    return None


def has_special_terms(place: Place) -> bool:
    """Does the order say anything that a plain limit order leaves unsaid?"""
    return bool(place.value or place.display_lots or place.trigger_ticks or place.trailing_ppm or place.good_till_us)


def is_combination(place: Place, rules: MarketRules) -> bool:
    """Do the terms of the order go together?"""
    order_type, time_in_force = place.order_type, place.time_in_force
    if order_type is MARKET:
        return not (
            place.ticks
            or place.post_only
            or place.display_lots
            or place.trigger_ticks
            or place.trailing_ppm
            or (place.value and (place.lots or place.value < 0))
        )
    if (place.good_till_us != 0) != (time_in_force is GTD):
        return False
    rests = time_in_force in RESTING
    if order_type is LIMIT:
        return not (
            place.value
            or place.display_lots
            or place.trigger_ticks
            or place.trailing_ppm
            or (place.post_only and not rests)
        )
    if order_type is ICEBERG:
        return rests and not (place.value or place.trigger_ticks or place.trailing_ppm) and _shows_a_part(place, rules)
    return _is_waiting_combination(place, rules)


def _shows_a_part(place: Place, rules: MarketRules) -> bool:
    lots, display_lots = place.lots, place.display_lots
    return max(rules.min_lots, 1) <= display_lots < lots and not has_too_many_parts(lots, display_lots)


def has_too_many_parts(lots: int, display_lots: int) -> bool:
    """An iceberg is shown part by part, and one command may have to go through all of them."""
    return display_lots * MAX_ICEBERG_PARTS < lots


def _is_waiting_combination(place: Place, rules: MarketRules) -> bool:
    if place.post_only or place.display_lots:
        return False
    trails = place.order_type is TRAILING_STOP
    if trails != (place.trailing_ppm != 0) or not 0 <= place.trailing_ppm < PPM or (trails and place.trigger_ticks):
        return False
    if place.order_type not in MARKET_TYPES:
        return not place.value
    if place.ticks or place.time_in_force not in RESTING:
        return False
    if place.value:
        return place.value > 0 and not place.lots and place.side is BUY
    return place.side is SELL or bool(protection_ticks(rules, PPM))


def prices_refusal(place: Place, rules: MarketRules) -> str | None:
    """Why limit or trigger price of an order are none of this market."""
    refusal = None
    if place.order_type not in MARKET_TYPES:
        refusal = price_refusal(rules, place.ticks)
    if refusal is None and place.order_type > ICEBERG and place.order_type is not TRAILING_STOP:
        refusal = price_refusal(rules, place.trigger_ticks)
    return refusal


def sizes_refusal(place: Place, rules: MarketRules) -> str | None:
    """Why the quantity, or the value where it is known by now, is none of this market."""
    if place.value:
        return smallest_value_refusal(rules, place.value)
    refusal = quantity_refusal(rules, place.lots)
    if refusal is None and place.display_lots % rules.lot_multiple:
        refusal = QUANTITY_OFF_LOT
    if refusal is None and place.ticks:
        refusal = smallest_value_refusal(rules, place.ticks * place.lots)
    return refusal


def oco_refusal(oco: PlaceOco, rules: MarketRules) -> str | None:
    """Why the two legs of an OCO, by themselves, cannot come in."""
    protection = 0
    if oco.side is BUY and not oco.stop_ticks:
        protection = protection_ticks(rules, oco.trigger_ticks)
        if not protection:
            return INVALID_ORDER
    refusal = price_refusal(rules, oco.ticks)
    if refusal is None and oco.stop_ticks:
        refusal = price_refusal(rules, oco.stop_ticks)
    refusal = refusal or price_refusal(rules, oco.trigger_ticks) or quantity_refusal(rules, oco.lots)
    if refusal is None:
        lower = min(oco.ticks, oco.stop_ticks or protection or oco.ticks)
        refusal = smallest_value_refusal(rules, lower * oco.lots)
    return refusal
