"""How new orders come in: the checks before the first change, and then the act.

`Entrance` stands between the order that acts (matcher.py) and the commands (book.py). The checks stand in the order of
`docs/trading-rules.md`; those that need nothing but the order and the rules are in admission.py.

Invariant: a refused order changes nothing but its account's rate.
"""

from dataclasses import replace

from matching.engine import admission, codes
from matching.engine.commands import Place, PlaceOco
from matching.engine.events import (
    Event,
    OrderClosed,
    OrderOpened,
    OrderRejected,
    OrderWaiting,
    Traded,
)
from matching.engine.matcher import Lockable, Matcher, expired
from matching.engine.orders import StopOrder
from matching.engine.state import COUNTED, RATE_WINDOW_US
from matching.engine.triggers import trailing_trigger
from matching.engine.types import (
    BUY,
    CANCELLED,
    GTC,
    ICEBERG,
    LIMIT,
    MARKET,
    MARKET_TYPES,
    TRADING,
    TRAILING_STOP,
    OrderType,
    Side,
)
from risk.core.codes import INSUFFICIENT_BALANCE, INVALID_ORDER, ORDER_RATE_EXCEEDED, PRICE_OUT_OF_BAND
from risk.core.pretrade import (
    count_refusal,
    limit_order_refusal,
    protection_ticks,
    smallest_value_refusal,
    value_refusal,
)


class Entrance(Matcher):
    """A market that takes new orders."""

    __slots__ = ()

    # --- new orders -----------------------------------------------------------------------------------------

    def _place(self, place: Place, at_us: int, lockable: Lockable, events: list[Event]) -> None:
        refusal = self._count(place.account_id, place.expires_at_us, place.refusal, at_us)
        if refusal is None and self.state is not TRADING:
            refusal = admission.auction_refusal(place)
        if refusal is not None:
            is_late = 0 < place.expires_at_us < at_us
            events.append(expired(place, place.lots, refusal) if is_late else _rejected(place, refusal))
        elif place.replaces:
            self._replace(place, at_us, lockable, events)
        elif place.order_type is LIMIT:
            self._enter_limit(place, at_us, lockable, events)
        else:
            self._enter(place, at_us, lockable, events)

    def _count(self, account_id: int, expires_at_us: int, refusal: str | None, at_us: int) -> str | None:
        """Count an order or amendment of the account; why it is not looked at any further.

        `refusal` was decided outside; `expires_at_us`: 0 = never.
        """
        account = self.accounts[account_id]
        window = at_us // RATE_WINDOW_US
        if window != account.rate_window:
            self._begin_rate_window(account, window)
        account.rate = rate = account.rate + 1
        self._journal.append((COUNTED, account))
        if 0 < expires_at_us < at_us:
            return codes.COMMAND_EXPIRED
        if refusal is not None:
            return refusal
        if rate > self.rules.max_order_rate > 0:
            return ORDER_RATE_EXCEEDED
        return None if self.state is TRADING else admission.state_refusal(self.state)

    def _enter(self, place: Place, at_us: int, lockable: Lockable, events: list[Event]) -> None:
        """Check the order and let it act, or wait."""
        order_type = place.order_type
        if order_type is LIMIT or order_type is ICEBERG:
            self._enter_limit(place, at_us, lockable, events)
        elif not admission.is_combination(place, self.rules):
            events.append(_rejected(place, INVALID_ORDER))
        elif order_type is MARKET:
            self._enter_market(place, at_us, lockable, events)
        elif 0 < place.good_till_us <= at_us:
            events.append(expired(place, place.lots, codes.GOOD_TILL_PASSED))
        else:
            self._enter_waiting(place, lockable, events)

    def _enter_limit(self, place: Place, at_us: int, lockable: Lockable, events: list[Event]) -> None:
        """A limit order or an iceberg; most commands come by here."""
        rules, refusal = self.rules, None
        side, ticks, lots, time_in_force = place.side, place.ticks, place.lots, place.time_in_force
        if not (place.order_type is LIMIT and time_in_force is GTC) or admission.has_special_terms(place):
            if not admission.is_combination(place, rules):
                events.append(_rejected(place, INVALID_ORDER))
                return
            if 0 < place.good_till_us <= at_us:
                events.append(expired(place, lots, codes.GOOD_TILL_PASSED))
                return
            if place.display_lots:
                refusal = admission.prices_refusal(place, rules) or admission.sizes_refusal(place, rules)
        if refusal is None:
            open_orders = -1
            if rules.max_open_orders and time_in_force in admission.RESTING:
                account = self.accounts[place.account_id]
                open_orders = len(account.resting) + len(account.waiting)
            refusal = limit_order_refusal(rules, self._current_band(), ticks, lots, open_orders)
        if refusal is None and place.post_only and self._would_match(side, ticks):
            refusal = codes.POST_ONLY_WOULD_MATCH
        if refusal is not None:
            events.append(_rejected(place, refusal))
        else:
            self._act_limit(place, at_us, lockable, events)

    def _enter_market(self, place: Place, at_us: int, lockable: Lockable, events: list[Event]) -> None:
        refusal = admission.sizes_refusal(place, self.rules)
        if refusal is not None:
            events.append(_rejected(place, refusal))
        else:
            self._act_market(place, 0, at_us, lockable, events)

    def _enter_waiting(self, place: Place, lockable: Lockable, events: list[Event]) -> None:
        rules, side, lots = self.rules, place.side, place.lots
        reference = self._reference()
        trails = place.order_type is TRAILING_STOP
        trigger = place.trigger_ticks
        if trails and reference:
            trigger = trailing_trigger(side, reference, place.trailing_ppm)
        protection = 0
        if side is BUY and lots and trigger and place.order_type in MARKET_TYPES:
            protection = protection_ticks(rules, trigger)
        value = place.value or lots * (place.ticks or protection)
        refusal = (
            admission.prices_refusal(place, rules)
            or admission.sizes_refusal(place, rules)
            or (smallest_value_refusal(rules, value) if value else None)
            or value_refusal(rules, value)
            or count_refusal(rules, self._counts(place.account_id), 1, 1)
        )
        stop = StopOrder(
            place.order_id,
            place.account_id,
            side,
            place.order_type,
            place.time_in_force,
            place.ticks,
            lots,
            place.value,
            trigger,
            place.trailing_ppm,
            reference if trails else 0,
            protection,
            0,
            place.maker_ppm,
            place.taker_ppm,
            place.stp_group,
            place.stp_mode,
            place.good_till_us,
            0,
            value if side is BUY else lots,
        )
        if refusal is None:
            refusal = self._trigger_refusal(stop)
        if refusal is None and not lockable(stop.locked):
            refusal = INSUFFICIENT_BALANCE
        if refusal is not None:
            events.append(_rejected(place, refusal))
        else:
            self._begin_to_wait(stop, events)

    def _trigger_refusal(self, stop: StopOrder) -> str | None:
        """Why this trigger cannot be waited for."""
        reference = self._reference()
        if not reference:
            return codes.NO_REFERENCE_PRICE if stop.trailing_ppm else None
        if reference >= stop.trigger_ticks if stop.fires_rising else reference <= stop.trigger_ticks:
            return codes.STOP_WOULD_TRIGGER
        return None

    def _begin_to_wait(self, stop: StopOrder, events: list[Event]) -> None:
        self.last_priority = stop.priority = self.last_priority + 1
        self._wait(stop)
        if stop.good_till_us:
            self._expire_later(stop)
        events.append(
            OrderWaiting(
                stop.order_id,
                stop.account_id,
                stop.side,
                stop.trigger_ticks,
                stop.extreme_ticks,
                stop.protection_ticks,
                stop.lots,
                stop.priority,
                stop.locked,
            )
        )

    def _would_match(self, side: Side, ticks: int) -> bool:
        """Would a limit order at this price meet another one now?"""
        best = (self.asks if side is BUY else self.bids).best
        return best is not None and self.state == TRADING and best.rank >= (-ticks if side is BUY else ticks)

    def _counts(self, account_id: int) -> tuple[int, int]:
        """How many orders the account has resting and waiting."""
        account = self.accounts[account_id]
        return len(account.resting), len(account.waiting)

    # --- one cancels the other ------------------------------------------------------------------------------

    def _place_oco(self, oco: PlaceOco, at_us: int, lockable: Lockable, events: list[Event]) -> None:
        refusal = self._count(oco.account_id, oco.expires_at_us, oco.refusal, at_us)
        limit_leg, stop_leg = self._legs_of(oco)
        if 0 < oco.expires_at_us < at_us:
            events.append(expired(limit_leg, oco.lots, codes.COMMAND_EXPIRED))
            late_stop = replace(limit_leg, order_id=oco.stop_order_id, ticks=oco.stop_ticks)
            events.append(expired(late_stop, oco.lots, codes.COMMAND_EXPIRED))
            return
        limit_need = oco.ticks * oco.lots if oco.side is BUY else oco.lots
        whole_need = max(limit_need, stop_leg.locked)
        if refusal is None and self.state is not TRADING:
            refusal = codes.NOT_IN_AUCTION
        if refusal is None:
            refusal = self._oco_refusal(oco, stop_leg)
        if refusal is None and not lockable(whole_need):
            refusal = INSUFFICIENT_BALANCE
        if refusal is not None:
            events.append(OrderRejected(oco.order_id, oco.account_id, refusal))
            events.append(OrderRejected(oco.stop_order_id, oco.account_id, refusal))
            return
        stop_leg.locked = whole_need - limit_need
        own_side = self.bids if oco.side is BUY else self.asks
        self._rest(limit_leg, own_side, oco.lots, 0, events, oco.stop_order_id)
        self._begin_to_wait(stop_leg, events)

    def _legs_of(self, oco: PlaceOco) -> tuple[Place, StopOrder]:
        """The two orders; the stop leg locks what it needs by itself."""
        protection = 0
        if oco.side is BUY and not oco.stop_ticks:
            protection = protection_ticks(self.rules, oco.trigger_ticks)
        limit_leg = Place(
            oco.order_id,
            oco.account_id,
            oco.side,
            LIMIT,
            GTC,
            True,
            oco.ticks,
            oco.lots,
            0,
            oco.maker_ppm,
            oco.taker_ppm,
            oco.stp_group,
            0,
            None,
            oco.stp_mode,
        )
        stop_leg = StopOrder(
            oco.stop_order_id,
            oco.account_id,
            oco.side,
            OrderType.STOP_LIMIT if oco.stop_ticks else OrderType.STOP_MARKET,
            GTC,
            oco.stop_ticks,
            oco.lots,
            0,
            oco.trigger_ticks,
            0,
            0,
            protection,
            0,
            oco.maker_ppm,
            oco.taker_ppm,
            oco.stp_group,
            oco.stp_mode,
            0,
            oco.order_id,
            (oco.stop_ticks or protection) * oco.lots if oco.side is BUY else oco.lots,
        )
        return limit_leg, stop_leg

    def _oco_refusal(self, oco: PlaceOco, stop_leg: StopOrder) -> str | None:
        rules = self.rules
        refusal = admission.oco_refusal(oco, rules)
        if refusal is not None:
            return refusal
        lowest, highest = self._current_band()
        if not lowest <= oco.ticks <= highest:
            return PRICE_OUT_OF_BAND
        greatest = max(oco.ticks, oco.stop_ticks, stop_leg.protection_ticks)
        refusal = value_refusal(rules, greatest * oco.lots) or count_refusal(rules, self._counts(oco.account_id), 2, 1)
        refusal = refusal or self._trigger_refusal(stop_leg)
        if refusal is None and self._would_match(oco.side, oco.ticks):
            refusal = codes.POST_ONLY_WOULD_MATCH
        return refusal

    # --- cancel-replace --------------------------------------------------------------------------------------

    def _replace(self, place: Place, at_us: int, lockable: Lockable, events: list[Event]) -> None:
        """Cancel one order and place another, both or neither."""
        old = self.open_order(place.replaces)
        if old is None or old.account_id != place.account_id:
            events.append(_rejected(place, codes.ORDER_NOT_FOUND))
            return
        mark, told = self._save(), len(events)
        self._end(old, CANCELLED, codes.REPLACED, events)
        freed = 0
        if old.side == place.side:
            freed = sum(event.released for event in events[told:] if isinstance(event, OrderClosed))
        acted = len(events)
        self._enter(place, at_us, _with_freed(lockable, freed), events)
        result = events[acted:]
        if not any(_comes_in(place.order_id, event) for event in result):
            self._retract(mark, told, events)
            final = next(event for event in result if _ends_acting(place.order_id, event))
            # Nothing has happened to the new order, self-trade prevention included: all of it is unfilled.
            events.append(final._replace(lots=place.lots) if isinstance(final, OrderClosed) else final)


def _rejected(place: Place, code: str) -> OrderRejected:
    return OrderRejected(place.order_id, place.account_id, code)


def _with_freed(lockable: Lockable, freed: int) -> Lockable:
    """Ask only for what is needed beyond what the old order gives back."""
    return lambda need: need <= freed or lockable(need - freed)


def _comes_in(order_id: int, event: Event) -> bool:
    """Does the event say that the acting order traded, rests or waits?"""
    if isinstance(event, Traded):
        return event.taker_order_id == order_id
    return isinstance(event, (OrderOpened, OrderWaiting)) and event.order_id == order_id


def _ends_acting(order_id: int, event: Event) -> bool:
    """Does the event say that the acting order was refused, or ended at once?"""
    return isinstance(event, OrderRejected | OrderClosed) and event.order_id == order_id
