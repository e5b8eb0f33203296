"""Orders that wait: what they lock, when they are triggered, and what they do then."""

from collections.abc import Iterable

from matching.engine.commands import Place
from matching.engine.events import Event, OrderTriggered, OrderWaiting, TrailingMoved
from matching.engine.types import MARKET_TYPES, MarketState, OrderType, Side
from tests.support.naive_book.checks import protection_of, refuse_first
from tests.support.naive_book.matching import act, halt
from tests.support.naive_book.state import PPM, Order, Refused, State, closed

RUN_WITH_ONE_COMMAND = 100
TAKE_PROFITS = (OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT)


def waiting_order(book: State, place: Place) -> Order:
    """The order as it would wait. A trailing stop without a reference price has no trigger and no lock yet."""
    order = Order(place, place.lots, waits=True, trigger=place.trigger_ticks)
    if place.order_type == OrderType.TRAILING_STOP:
        follow(order, book.reference())
    if place.side == Side.SELL:
        order.lock_of_waiting = place.lots
        return order
    if place.order_type in MARKET_TYPES and place.lots:
        order.protection = order.trigger * (PPM + protection_of(book.rules)) // PPM
    order.lock_of_waiting = place.value or (place.ticks or order.protection) * place.lots
    return order


def value_of(order: Order) -> int:
    """What the greatest order value is held against; a sale without a limit price has none."""
    if order.place.side == Side.SELL:
        return order.place.ticks * order.place.lots
    return order.lock_of_waiting


def check_trigger(book: State, order: Order) -> None:
    refuse_first(
        (order.place.order_type == OrderType.TRAILING_STOP and not book.reference(), "NO_REFERENCE_PRICE"),
        (book.reference() and is_reached(order, book.reference()), "STOP_WOULD_TRIGGER"),
    )


def begin_to_wait(book: State, order: Order, locked: int) -> OrderWaiting:
    order.priority, order.lock_of_waiting = book.next_priority(), locked
    book.orders.append(order)
    place = order.place
    return OrderWaiting(
        place.order_id,
        place.account_id,
        place.side,
        order.trigger,
        order.extreme,
        order.protection,
        place.lots,
        order.priority,
        locked,
    )


def is_reached(order: Order, ticks: int) -> bool:
    upwards = (order.place.side == Side.BUY) != (order.place.order_type in TAKE_PROFITS)
    return ticks >= order.trigger if upwards else ticks <= order.trigger


def follow(order: Order, ticks: int) -> bool:
    """Let a trailing stop see a price; True where that moved its trigger or its extreme."""
    if order.place.side == Side.SELL:
        if order.extreme and ticks <= order.extreme:
            return False
        order.trigger = -(-ticks * (PPM - order.place.trailing_ppm) // PPM)
    else:
        if order.extreme and ticks >= order.extreme:
            return False
        order.trigger = ticks * (PPM + order.place.trailing_ppm) // PPM
    order.extreme = ticks
    return True


def hold_against_triggers(book: State) -> list[Event]:
    """An order is done: its prices move what trails, and what they reach goes to the end of the queue."""
    prices, book.prices = book.prices, []
    events: list[Event] = []
    for order in book.of_account(0):
        place = order.place
        if not order.waits or place.order_id in book.queue:
            continue
        moved = False
        for ticks in prices:
            if place.order_type == OrderType.TRAILING_STOP:
                moved |= follow(order, ticks)
            if is_reached(order, ticks):
                book.queue.append(place.order_id)
                break
        if moved:
            events.append(TrailingMoved(place.order_id, place.account_id, order.trigger, order.extreme))
    return events


def run_queue(book: State, runs: Iterable[int]) -> list[Event]:
    events: list[Event] = []
    while book.queue and book.state == MarketState.TRADING and next(iter(runs), None) is not None:
        events += run_triggered(book, book.queue.pop(0))
        events += hold_against_triggers(book)
    return events


def run_triggered(book: State, order_id: int) -> list[Event]:
    order = book.find(order_id)
    assert order is not None
    place = order.place
    events: list[Event] = [OrderTriggered(order_id, place.account_id, place.side, order.trigger, order.lock_of_waiting)]
    book.orders.remove(order)
    order.waits, order.lock_of_waiting = False, 0
    events += book.close_partner(order)
    if place.order_type not in MARKET_TYPES and not book.in_band(place.ticks):
        return [*events, closed(order, "EXPIRED", "PRICE_OUT_OF_BAND")]
    before = book.copied()
    try:
        return [*events, *act(book, order, lockable=None)]
    except Refused as refused:
        book.put_back(before)
        order.left = place.lots
        events.append(closed(order, "EXPIRED", refused.code))
        return events + halt(book) if refused.code == "CIRCUIT_BREAKER" else events
