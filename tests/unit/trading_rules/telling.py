"""Events in a few words."""

from matching.engine.events import (
    AuctionTraded,
    ChangeRejected,
    CountdownSet,
    Event,
    OrderAmended,
    OrderClosed,
    OrderOpened,
    OrderRejected,
    OrderReplenished,
    OrderTriggered,
    OrderWaiting,
    RulesChanged,
    RulesRejected,
    SelfTradeReduced,
    StateChanged,
    TradeBusted,
    Traded,
    TrailingMoved,
    Uncrossed,
)


def tells_locks(expected: str) -> bool:
    return "locks" in expected or "frees" in expected


def tell(event: Event, start_us: int, with_locks: bool) -> str:
    """Moments are told as microseconds since `start_us`."""
    locks = f" locks {getattr(event, 'locked', 0)}" if with_locks else ""
    frees = f" frees {getattr(event, 'released', 0)}" if with_locks else ""
    match event:
        case OrderRejected():
            return f"{event.order_id} refused {event.code}"
        case OrderOpened():
            hidden = f" shows {event.visible_lots}" if event.visible_lots < event.lots else ""
            return f"{event.order_id} rests {event.lots} at {event.ticks}{hidden}{locks}"
        case OrderWaiting():
            protection = f" protected at {event.protection_ticks}" if event.protection_ticks else ""
            return f"{event.order_id} waits for {event.trigger_ticks}{protection}{locks}"
        case OrderTriggered():
            return f"{event.order_id} triggered{frees}"
        case TrailingMoved():
            return f"{event.order_id} trails at {event.trigger_ticks}"
        case Traded():
            return f"{event.taker_order_id} takes {event.lots} of {event.maker_order_id} at {event.ticks}"
        case AuctionTraded():
            older, younger = event.buy_order_id, event.sell_order_id
            if event.younger_side == 1:
                older, younger = younger, older
            return f"{older} and then {younger} trade {event.lots} at {event.ticks}{frees}"
        case SelfTradeReduced():
            return f"{event.maker_order_id} and {event.taker_order_id} less by {event.lots}{frees}"
        case OrderReplenished():
            return f"{event.order_id} shows {event.visible_lots}"
        case OrderAmended():
            place = "in place" if event.keeps_place else "anew"
            return f"{event.order_id} has {event.lots} of {event.total_lots} at {event.ticks} {place}{frees}"
        case OrderClosed():
            left = f" left {event.lots}" if event.lots else ""
            reason = f" {event.reason}" if event.reason else ""
            return f"{event.order_id} {event.status}{reason}{left}{frees if event.was_open else ''}"
        case ChangeRejected():
            return f"{event.order_id} refused {event.code}"
        case TradeBusted():
            return f"trade {event.number} of {event.lots} at {event.ticks} busted"
        case CountdownSet():
            return f"countdown to {event.deadline_us - start_us if event.deadline_us else 0}"
        case StateChanged():
            until = f" until {event.until_us - start_us}" if event.until_us else ""
            return f"{event.state.name} {event.reason}{until}"
        case Uncrossed():
            return f"auction of {event.lots} at {event.ticks}"
        case RulesChanged():
            return f"rules {event.version}"
        case RulesRejected():
            return f"rules refused {event.code}"
