"""Orders that come in or change: what is asked of them, in the order of the table of refusals."""

from dataclasses import replace

from matching.engine.commands import Amend, Place, PlaceOco
from matching.engine.events import Event, OrderAmended, OrderClosed, OrderOpened, Traded
from matching.engine.types import WAITING_TYPES, OrderType, SelfTradePrevention, TimeInForce
from tests.support.naive_book import checks, stops
from tests.support.naive_book.matching import Lockable, act, is_beyond, rest
from tests.support.naive_book.state import Order, Refused, State


def place(book: State, place: Place, lockable: Lockable) -> list[Event]:
    waits = place.order_type in WAITING_TYPES
    checks.check_state(book, not place.post_only and (waits or checks.can_rest(place)))
    events, freed = take_out_replaced(book, place)
    checks.check_terms(book, place)
    order = stops.waiting_order(book, place) if waits else Order(place, place.lots)
    value = stops.value_of(order) if waits else place.ticks * place.lots or place.value
    checks.check_smallest_value(book, value)
    if place.order_type in checks.LIMIT_AND_ICEBERG:
        checks.check_band(book, place.ticks)
    checks.check_value(book, value if waits or place.ticks else 0)
    can_stay = waits or checks.can_rest(place)
    checks.check_counts(book, place.account_id, int(can_stay), int(waits))
    if waits:
        stops.check_trigger(book, order)
        locked = order.lock_of_waiting
        if locked > freed and not lockable(locked - freed):
            raise Refused("INSUFFICIENT_BALANCE")
        return [*events, stops.begin_to_wait(book, order, locked)]
    done = act(book, order, lockable=lockable, freed=freed)
    if events and not any(isinstance(event, Traded | OrderOpened) for event in done):
        reasons = [e.reason for e in done if isinstance(e, OrderClosed) and e.order_id == place.order_id]
        raise Refused(reasons[0], expires=True)
    return events + done


def take_out_replaced(book: State, place: Place) -> tuple[list[Event], int]:
    """The end of the order that this one replaces, and what that frees for it."""
    if not place.replaces:
        return [], 0
    old = book.find(place.replaces)
    if old is None or old.place.account_id != place.account_id:
        raise Refused("ORDER_NOT_FOUND")
    events = book.close(old, "CANCELLED", "REPLACED")
    same_side = old.place.side == place.side
    return events, sum(event.released for event in events if same_side and isinstance(event, OrderClosed))


def place_oco(book: State, oco: PlaceOco, lockable: Lockable) -> list[Event]:
    checks.check_state(book, is_collected=False)
    limit, stop = legs(oco)
    checks.check_combination(book.rules, stop)
    for ticks in (oco.ticks, *[oco.stop_ticks] * bool(oco.stop_ticks), oco.trigger_ticks):
        checks.check_price(book.rules, ticks)
    checks.check_terms(book, limit)
    checks.check_terms(book, stop)
    waiting = stops.waiting_order(book, stop)
    values = limit.ticks * limit.lots, stops.value_of(waiting)
    for value in values:
        checks.check_smallest_value(book, value)
    checks.check_band(book, limit.ticks)
    checks.check_value(book, max(values))
    checks.check_counts(book, oco.account_id, 2, 1)
    stops.check_trigger(book, waiting)
    best = book.best_against(oco.side)
    if best and not is_beyond(oco.side, best.place.ticks, oco.ticks):
        raise Refused("POST_ONLY_WOULD_MATCH")
    resting = Order(limit, limit.lots, partner=oco.stop_order_id)
    waiting.partner = oco.order_id
    if not lockable(max(resting.locked, waiting.locked)):
        raise Refused("INSUFFICIENT_BALANCE")
    opened = rest(book, resting)
    more = max(waiting.locked - resting.locked, 0)
    return [opened, stops.begin_to_wait(book, waiting, more)]


def amend(book: State, amend: Amend, lockable: Lockable) -> list[Event]:
    checks.check_state(book, is_collected=True)
    order = book.find(amend.target_order_id)
    if order is None or order.place.account_id != amend.account_id:
        raise Refused("ORDER_NOT_FOUND")
    if order.waits or order.partner:
        raise Refused("ORDER_NOT_AMENDABLE")
    ticks, total = amend.ticks or order.place.ticks, amend.lots or order.left + order.done
    if total <= order.done:
        raise Refused("AMEND_BELOW_FILLED")
    if (ticks, total) == (order.place.ticks, order.left + order.done):
        return []
    checks.check_price(book.rules, ticks)
    checks.check_quantity(book.rules, total)
    checks.refuse_first((0 < 100 * order.place.display_lots < total, "INVALID_ORDER"))
    checks.check_smallest_value(book, ticks * total)
    if ticks != order.place.ticks:
        checks.check_band(book, ticks)
    checks.check_value(book, ticks * total)

    locked_before, left = order.locked, total - order.done
    keeps_place = ticks == order.place.ticks and left <= order.left
    order.left = left
    order.place = replace(order.place, ticks=ticks)
    if not keeps_place:
        book.orders.remove(order)
        order.place = replace(
            order.place, maker_ppm=amend.maker_ppm, taker_ppm=amend.taker_ppm, stp_group=amend.stp_group
        )
    order.shown = min(order.shown if keeps_place else order.place.display_lots or left, left)
    amended = OrderAmended(
        order.place.order_id,
        order.place.account_id,
        order.place.side,
        ticks,
        left,
        total,
        order.shown if keeps_place else 0,
        keeps_place,
        locked_before - order.locked if keeps_place else locked_before,
    )
    if keeps_place:
        return [amended]
    return [amended, *act(book, order, lockable=lockable, freed=locked_before)]


def legs(oco: PlaceOco) -> tuple[Place, Place]:
    """The limit and the stop order that an OCO is."""
    limit = Place(
        oco.order_id,
        oco.account_id,
        oco.side,
        OrderType.LIMIT,
        TimeInForce.GTC,
        True,
        oco.ticks,
        oco.lots,
        0,
        oco.maker_ppm,
        oco.taker_ppm,
        oco.stp_group,
        oco.expires_at_us,
        oco.refusal,
        SelfTradePrevention(oco.stp_mode),
    )
    stop = replace(
        limit,
        order_id=oco.stop_order_id,
        order_type=OrderType.STOP_LIMIT if oco.stop_ticks else OrderType.STOP_MARKET,
        post_only=False,
        ticks=oco.stop_ticks,
        trigger_ticks=oco.trigger_ticks,
    )
    return limit, stop
