"""Which orders may come in: the table of refusals, row by row. Each function raises `Refused`, or does nothing."""

from matching.engine.commands import Place
from matching.engine.types import MARKET_TYPES, WAITING_TYPES, MarketRules, MarketState, OrderType, Side, TimeInForce
from tests.support.naive_book.state import Refused, State

LIMIT_AND_ICEBERG = (OrderType.LIMIT, OrderType.ICEBERG)
STAYS = (TimeInForce.GTC, TimeInForce.GTD)
COUNTS_BELOW = 2**53


def refuse_first(*checks: tuple[object, str]) -> None:
    for holds, code in checks:
        if holds:
            raise Refused(code)


def can_rest(place: Place) -> bool:
    return place.order_type in LIMIT_AND_ICEBERG and place.time_in_force in STAYS


def check_account(book: State, account_id: int, refusal: str | None) -> None:
    """Rows 2 and 3; the command itself is counted already."""
    rate = book.rates[book.now // 10_000_000, account_id]
    if refusal is not None:
        raise Refused(refusal)
    refuse_first((0 < book.rules.max_order_rate < rate, "ORDER_RATE_EXCEEDED"))


def check_state(book: State, is_collected: bool) -> None:
    """Row 4."""
    auction = book.state in (MarketState.PRE_OPEN, MarketState.AUCTION)
    refuse_first(
        (not auction and book.state != MarketState.TRADING, f"MARKET_{book.state.name}"),
        (auction and not is_collected, "NOT_IN_AUCTION"),
    )


def check_terms(book: State, place: Place) -> None:
    """Row 6."""
    rules, kind = book.rules, place.order_type
    check_combination(rules, place)
    if place.time_in_force == TimeInForce.GTD and kind != OrderType.MARKET and place.good_till_us <= book.now:
        raise Refused("GOOD_TILL_PASSED", expires=True)
    if kind not in MARKET_TYPES:
        check_price(rules, place.ticks)
    if kind in WAITING_TYPES and kind != OrderType.TRAILING_STOP:
        check_price(rules, place.trigger_ticks)
    if not place.value:
        check_quantity(rules, place.lots)
    refuse_first((place.display_lots % rules.lot_multiple, "QUANTITY_OFF_LOT"))


def check_combination(rules: MarketRules, place: Place) -> None:
    kind, in_force = place.order_type, place.time_in_force
    waits, has_limit = kind in WAITING_TYPES, kind not in MARKET_TYPES
    is_waiting_market = waits and not has_limit
    display_fits = max(rules.min_lots, 1) <= place.display_lots < place.lots <= 100 * place.display_lots
    trailing_fits = 0 < place.trailing_ppm < 1_000_000
    refuse_first(
        (kind == OrderType.ICEBERG and in_force not in STAYS, "INVALID_ORDER"),
        (is_waiting_market and in_force not in STAYS, "INVALID_ORDER"),
        (kind != OrderType.MARKET and (in_force == TimeInForce.GTD) != bool(place.good_till_us), "INVALID_ORDER"),
        (place.post_only and not can_rest(place), "INVALID_ORDER"),
        (not display_fits if kind == OrderType.ICEBERG else place.display_lots, "INVALID_ORDER"),
        (not trailing_fits if kind == OrderType.TRAILING_STOP else place.trailing_ppm, "INVALID_ORDER"),
        (place.value and (has_limit or place.lots or place.value < 0), "INVALID_ORDER"),
        (waits and place.value and place.side == Side.SELL, "INVALID_ORDER"),
        (
            is_waiting_market and place.side == Side.BUY and not place.value and not protection_of(rules),
            "INVALID_ORDER",
        ),
    )


def protection_of(rules: MarketRules) -> int:
    return rules.protection_ppm or rules.price_band_ppm


def check_price(rules: MarketRules, ticks: int) -> None:
    refuse_first(
        (not 0 < ticks < COUNTS_BELOW, "INVALID_PRICE"),
        (ticks % rules.tick_multiple, "PRICE_OFF_TICK"),
    )


def check_quantity(rules: MarketRules, lots: int) -> None:
    refuse_first(
        (lots < max(rules.min_lots, 1), "QUANTITY_TOO_SMALL"),
        (lots >= COUNTS_BELOW or 0 < rules.max_lots < lots, "QUANTITY_TOO_LARGE"),
        (lots % rules.lot_multiple, "QUANTITY_OFF_LOT"),
    )


def check_band(book: State, ticks: int) -> None:
    """Row 7."""
    refuse_first((not book.in_band(ticks), "PRICE_OUT_OF_BAND"))


def check_smallest_value(book: State, value: int) -> None:
    """The end of row 6. 0: the order has no value before it trades."""
    refuse_first((0 < value < book.rules.min_value, "NOTIONAL_TOO_SMALL"))


def check_value(book: State, value: int) -> None:
    """Row 8."""
    refuse_first((0 < book.rules.max_order_value < value, "MAX_ORDER_VALUE"))


def check_counts(book: State, account_id: int, more_open: int, more_waiting: int) -> None:
    """Rows 9 and 10."""
    mine = book.of_account(account_id)
    waiting = [order for order in mine if order.waits]
    rules = book.rules
    refuse_first(
        (more_open and 0 < rules.max_open_orders < len(mine) + more_open, "MAX_OPEN_ORDERS"),
        (more_waiting and 0 < rules.max_stop_orders < len(waiting) + more_waiting, "MAX_STOP_ORDERS"),
    )
