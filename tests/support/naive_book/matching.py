"""What an order does that has just come in: it takes, and then it rests or is done."""

from collections.abc import Callable

from matching.engine.events import (
    Event,
    OrderOpened,
    OrderReplenished,
    SelfTradeReduced,
    StateChanged,
    Traded,
)
from matching.engine.types import MarketState, SelfTradePrevention, Side, TimeInForce
from tests.support.naive_book.checks import STAYS, check_value
from tests.support.naive_book.state import PPM, Order, Refused, State, closed

Lockable = Callable[[int], bool]
AT_ITS_LIMIT = "its own limit price"


def act(book: State, taker: Order, *, lockable: Lockable | None, freed: int = 0) -> list[Event]:
    """Rows 12 to 14, and then what the order does. A triggered order has its funds: `lockable` is None."""
    place, whole = taker.place, taker.left
    events: list[Event] = []
    stopped_by = AT_ITS_LIMIT
    if book.state == MarketState.TRADING:
        best = book.best_against(place.side)
        if place.post_only and best and not is_beyond(place.side, best.place.ticks, place.ticks):
            raise Refused("POST_ONLY_WOULD_MATCH")
        events, stopped_by = take(book, taker)
    trades = [event for event in events if isinstance(event, Traded)]
    traded, spent = sum(trade.lots for trade in trades), sum(trade.ticks * trade.lots for trade in trades)
    if not taker.is_market and place.time_in_force == TimeInForce.FOK and traded < whole:
        raise Refused("FOK_NOT_FILLABLE", expires=True)
    if taker.is_market and not trades:
        raise Refused(stopped_by, expires=True)
    if lockable is not None:
        if taker.is_market:
            check_value(book, spent)
            need = spent if place.side == Side.BUY else traded
        else:
            need = place.ticks * whole if place.side == Side.BUY else whole
        if need > freed and not lockable(need - freed):
            raise Refused("INSUFFICIENT_BALANCE")

    if not stopped_by:
        return [*events, closed(taker, "FILLED", "")]
    if not taker.is_market and stopped_by in (AT_ITS_LIMIT, "NO_LIQUIDITY"):
        if place.time_in_force in STAYS:
            return [*events, rest(book, taker)]
        stopped_by = "IOC_REMAINDER"
    events.append(closed(taker, "EXPIRED", stopped_by))
    return events + halt(book) if stopped_by == "CIRCUIT_BREAKER" else events


def rest(book: State, order: Order) -> OrderOpened:
    place = order.place
    order.priority = book.next_priority()
    order.shown = min(place.display_lots or order.left, order.left)
    book.orders.append(order)
    return OrderOpened(
        place.order_id,
        place.account_id,
        place.side,
        place.ticks,
        order.left,
        order.priority,
        order.shown,
        order.locked,
    )


def take(book: State, taker: Order) -> tuple[list[Event], str]:
    """Trade all that can be; the events, and what stopped it ("" where it was filled)."""
    place, budget = taker.place, taker.place.value
    worst, beyond_worst = worst_price(book, taker)
    events: list[Event] = []
    while True:
        maker = book.best_against(place.side)
        if maker is None:
            return events, "NO_LIQUIDITY"
        ticks = maker.place.ticks
        if is_beyond(place.side, ticks, worst):
            return events, beyond_worst
        if place.value and budget < ticks:
            traded = any(isinstance(event, Traded) for event in events)
            return events, "" if traded else "BUDGET_TOO_SMALL"
        lots = min(maker.shown, budget // ticks if place.value else taker.left)
        prevents = place.stp_group and maker.place.stp_group == place.stp_group and place.stp_mode
        if prevents in (SelfTradePrevention.EXPIRE_MAKER, SelfTradePrevention.EXPIRE_BOTH):
            events += book.close(maker, "EXPIRED", "SELF_TRADE_PREVENTED")
        if prevents in (SelfTradePrevention.EXPIRE_TAKER, SelfTradePrevention.EXPIRE_BOTH):
            return events, "SELF_TRADE_PREVENTED"
        if prevents == SelfTradePrevention.EXPIRE_MAKER:
            continue
        if not prevents and would_break(book, ticks):
            return events, "CIRCUIT_BREAKER"

        budget -= lots * ticks
        if not place.value:
            taker.left -= lots
            taker.done += lots
        maker.left -= lots
        maker.done += lots
        maker.shown -= lots
        if prevents:
            events.append(reduced(maker, taker, lots))
        else:
            book.trades += 1
            book.last_ticks = ticks
            book.prices.append(ticks)
            book.window.append((book.now, ticks))
            events.append(traded_event(book.trades, maker, taker, lots))
        events += after_trade(book, maker, "EXPIRED" if prevents else "FILLED", "SELF_TRADE_PREVENTED" * bool(prevents))
        if budget < ticks if place.value else not taker.left:
            return events, "SELF_TRADE_PREVENTED" if prevents else ""


def after_trade(book: State, maker: Order, status: str, reason: str) -> list[Event]:
    """What became of a maker that got smaller, and of its OCO partner."""
    if not maker.left:
        return book.close(maker, status, reason)
    place, events = maker.place, []
    if not maker.shown:
        maker.shown = min(place.display_lots, maker.left)
        maker.priority = book.next_priority()
        shown = (maker.shown, maker.priority)
        events.append(OrderReplenished(place.order_id, place.account_id, place.side, place.ticks, *shown))
    return events + book.close_partner(maker)


def traded_event(number: int, maker: Order, taker: Order, lots: int) -> Traded:
    m, t = maker.place, taker.place
    return Traded(
        number,
        m.order_id,
        m.account_id,
        m.maker_ppm,
        maker.left,
        t.order_id,
        t.account_id,
        t.taker_ppm,
        t.side,
        m.ticks,
        lots,
    )


def reduced(maker: Order, taker: Order, lots: int) -> SelfTradeReduced:
    m, t = maker.place, taker.place
    released = m.ticks * lots if m.side == Side.BUY else lots
    return SelfTradeReduced(
        m.order_id,
        m.account_id,
        m.side,
        m.ticks,
        lots,
        maker.left,
        t.order_id,
        t.account_id,
        released,
        taker.left,
    )


def is_beyond(side: Side, ticks: int, worst: int) -> bool:
    return ticks > worst if side == Side.BUY else ticks < worst


def worst_price(book: State, taker: Order) -> tuple[int, str]:
    """How far the order goes, and what it says when it goes no further."""
    side, best = taker.place.side, book.best_against(taker.place.side)
    if not taker.is_market:
        return taker.place.ticks, AT_ITS_LIMIT
    lowest, highest = book.band()
    ends = [(highest if side == Side.BUY else lowest, "PRICE_BAND")]
    if book.rules.protection_ppm and best:
        distance = book.rules.protection_ppm if side == Side.BUY else -book.rules.protection_ppm
        far = best.place.ticks * (PPM + distance)
        ends.append((far // PPM if side == Side.BUY else -(-far // PPM), "PRICE_PROTECTION"))
    if taker.protection:
        ends.append((taker.protection, "PRICE_PROTECTION"))
    return min(ends, key=lambda end: end[0]) if side == Side.BUY else max(ends, key=lambda end: end[0])


def would_break(book: State, ticks: int) -> bool:
    """Whether a trade at this price would be too far from another one of the window."""
    rules = book.rules
    if not rules.breaker_ppm:
        return False
    step = max(rules.breaker_window_us // 32, 1)
    oldest = book.now // step - 31
    inside = [price for at_us, price in book.window if at_us // step >= oldest]
    before = [price for at_us, price in book.window if at_us // step < oldest]
    prices = [*before[-1:], *inside]
    return any(
        price * (PPM + rules.breaker_ppm) < ticks * PPM or ticks * PPM < price * (PPM - rules.breaker_ppm)
        for price in prices
    )


def halt(book: State) -> list[Event]:
    book.state = MarketState.HALTED
    book.state_until = book.now + book.rules.halt_us if book.rules.halt_us else 0
    return [StateChanged(0, MarketState.HALTED, "CIRCUIT_BREAKER", book.state_until)]
