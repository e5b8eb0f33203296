"""The order book of one market: commands in, events out.

`Book.apply` is the whole matching engine. It is deterministic: the same commands at the same times, with the
same answers about funds, give the same events, the same `event_hash` and the same `state_hash` on every
machine. Nothing here reads a clock, draws a random number or does I/O.

The layers, from below: `BookState` (state.py) holds orders, counters and the undo journal; `Floor` (trading.py) lets
orders meet; `Matcher` (matcher.py) lets one order act; here are the commands, and the checks before them.

Rules
    `docs/trading-rules.md`. All checks stand before the first change, in the order of that page.

Invariants
    - a refused command changes nothing but `event_hash` and the account's rate;
    - what is due by the time of a command happens before it, what it triggers behind it.

Complexity
    Place: O(orders it trades with), plus opening or closing a level. Cancel: O(1). CancelAll: O(k log k).

Known limits
    `apply` trusts its caller to hand in every command once; only two *open* orders with one id are noticed.
"""

from dataclasses import astuple
from hashlib import blake2b

from matching.engine import admission, codes
from matching.engine.commands import (
    Amend,
    Cancel,
    CancelAll,
    Command,
    Place,
    PlaceOco,
    SetCountdown,
    SetRules,
    SetState,
    Tick,
)
from matching.engine.events import (
    ChangeRejected,
    CountdownSet,
    Event,
    OrderAmended,
    OrderClosed,
    OrderOpened,
    OrderRejected,
    OrderWaiting,
    RulesChanged,
    RulesRejected,
    Traded,
    canonical_bytes,
)
from matching.engine.matcher import TRADING, Lockable, Matcher, expired
from matching.engine.orders import OpenOrder, Order, StopOrder
from matching.engine.state import BUY, HASH_BYTES, NEVER, priority_of
from matching.engine.triggers import trailing_trigger
from matching.engine.types import (
    CANCELLED,
    EVERYBODY,
    EXPIRED,
    MARKET_TYPES,
    MarketState,
    OrderType,
    Side,
    TimeInForce,
)
from matching.engine.window import PriceWindow
from risk.core.codes import INSUFFICIENT_BALANCE, INVALID_ORDER, ORDER_RATE_EXCEEDED, PRICE_OUT_OF_BAND
from risk.core.pretrade import (
    OpenCounts,
    count_refusal,
    limit_order_refusal,
    price_refusal,
    protection_ticks,
    quantity_refusal,
    smallest_value_refusal,
    value_refusal,
)

LIMIT, MARKET, ICEBERG = OrderType.LIMIT, OrderType.MARKET, OrderType.ICEBERG
GTC, GTD = TimeInForce.GTC, TimeInForce.GTD

MAX_ACTIVATIONS = 100
"""Triggered orders that act with one command; the others act with the next one."""


class Book(Matcher):
    """One market's order book: its state and the rules by which it trades."""

    __slots__ = ()

    def apply(self, command: Command, at_us: int, lockable: Lockable) -> list[Event]:
        """Do what the command says and tell everything that came of it.

        `at_us`: the time of the command, in microseconds since the Unix epoch. `lockable` is asked at most
        once, for an order that nothing else speaks against: can the account lock this much more, in tick-lots
        (BUY) or lots (SELL)? For a market order that is exactly what it spends.

        Refusals are events. Raises InvariantViolated where the state is impossible; then `undo` to the mark
        before.
        """
        self._save()
        events: list[Event] = []
        if at_us >= self._wake_us:
            self._pass_time(at_us, events)
        allowance = MAX_ACTIVATIONS
        if self.plan.activations:
            allowance = self._run_triggered(at_us, allowance, events)
        if isinstance(command, Place):
            self._place(command, at_us, lockable, events)
        elif isinstance(command, Cancel):
            self._cancel(command, events)
        elif isinstance(command, Amend):
            self._amend(command, at_us, lockable, events)
        elif isinstance(command, PlaceOco):
            self._place_oco(command, at_us, lockable, events)
        elif isinstance(command, CancelAll):
            self._cancel_all(command, events)
        elif isinstance(command, SetCountdown):
            self._set_countdown(command, at_us, events)
        elif isinstance(command, SetRules):
            self._set_rules(command, events)
        elif isinstance(command, SetState):
            self._enter_state(command.command_id, MarketState(command.state), command.reason, 0, events)
        else:
            assert isinstance(command, Tick), "there is no other command"
        if self.plan.activations:
            self._run_triggered(at_us, allowance, events)
        self.event_hash = blake2b(self.event_hash + canonical_bytes(events), digest_size=HASH_BYTES).digest()
        return events

    # --- time -----------------------------------------------------------------------------------------------

    def _pass_time(self, at_us: int, events: list[Event]) -> None:
        """Let everything happen that is due by now, in order of its time."""
        while True:
            plan = self.plan
            good_till = self._next_good_till()
            countdown = min(plan.countdowns.values(), default=NEVER)
            moment = min(good_till, countdown, plan.until_us or NEVER)
            if moment > at_us:
                self._wake_us = moment
                return
            if good_till == moment:
                self._expire_due(moment, events)
            elif countdown == moment:
                self._count_down(moment, events)
            else:
                self._end_of_phase(at_us, events)

    def _expire_due(self, moment_us: int, events: list[Event]) -> None:
        due: list[OpenOrder] = []
        while self._next_good_till() == moment_us:
            order = self.open_order(self._pass_deadline())
            if order is not None and order not in due:
                due.append(order)
        for order in sorted(due, key=priority_of):
            self._end(order, EXPIRED, codes.GOOD_TILL_PASSED, events)

    def _count_down(self, moment_us: int, events: list[Event]) -> None:
        countdowns = dict(self.plan.countdowns)
        account_id = min(account for account, moment in countdowns.items() if moment == moment_us)
        del countdowns[account_id]
        self.plan = self.plan._replace(countdowns=countdowns)
        self._end_all(self.open_orders(account_id), codes.COUNTDOWN, events)

    def _end_of_phase(self, at_us: int, events: list[Event]) -> None:
        """A halt of the breaker goes over into an auction, an auction into trading."""
        auction_us = self.rules.auction_us
        if self.state == MarketState.HALTED and auction_us:
            until_us = self.plan.until_us + auction_us
            self._enter_state(0, MarketState.AUCTION, codes.AFTER_HALT, until_us, events)
        else:
            reason = codes.AFTER_HALT if self.state == MarketState.HALTED else codes.AFTER_AUCTION
            self._enter_state(0, TRADING, reason, 0, events)

    # --- new orders -----------------------------------------------------------------------------------------

    def _place(self, place: Place, at_us: int, lockable: Lockable, events: list[Event]) -> None:
        count = self._count_order(place.account_id, at_us)
        if 0 < place.expires_at_us < at_us:
            events.append(expired(place, place.lots, codes.COMMAND_EXPIRED))
            return
        refusal = place.refusal
        if refusal is None and 0 < self.rules.max_order_rate < count:
            refusal = ORDER_RATE_EXCEEDED
        if refusal is None and self.state != TRADING:
            refusal = admission.state_refusal(self.state) or admission.auction_refusal(place)
        if refusal is not None:
            events.append(_rejected(place, refusal))
        elif place.replaces:
            self._replace(place, at_us, lockable, events)
        else:
            self._enter(place, at_us, lockable, events)

    def _enter(self, place: Place, at_us: int, lockable: Lockable, events: list[Event]) -> None:
        """Check the order and let it act, or wait."""
        if not admission.is_combination(place, self.rules):
            events.append(_rejected(place, INVALID_ORDER))
        elif place.order_type == MARKET:
            self._enter_market(place, at_us, lockable, events)
        elif 0 < place.good_till_us <= at_us:
            events.append(expired(place, place.lots, codes.GOOD_TILL_PASSED))
        elif place.order_type in (LIMIT, ICEBERG):
            self._enter_limit(place, at_us, lockable, events)
        else:
            self._enter_waiting(place, lockable, events)

    def _enter_limit(self, place: Place, at_us: int, lockable: Lockable, events: list[Event]) -> None:
        rests = place.time_in_force in (GTC, GTD)
        if place.order_type == ICEBERG:
            refusal = admission.prices_refusal(place, self.rules) or admission.sizes_refusal(place, self.rules)
        else:
            refusal = None
        if refusal is None:
            open_orders = sum(self._counts(place.account_id)) if rests else -1
            refusal = limit_order_refusal(self.rules, self._current_band(), place.ticks, place.lots, open_orders)
        if refusal is None and place.post_only and self._would_match(place.side, place.ticks):
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
        trails = place.order_type == OrderType.TRAILING_STOP
        trigger = place.trigger_ticks
        if trails and reference:
            trigger = trailing_trigger(side, reference, place.trailing_ppm)
        protection = 0
        if side == BUY and lots and place.order_type in MARKET_TYPES:
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
            value if side == BUY else lots,
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
        best = (self.asks if side == BUY else self.bids).best
        return best is not None and self.state == TRADING and best.rank >= (-ticks if side == BUY else ticks)

    def _counts(self, account_id: int) -> OpenCounts:
        waiting = len(self.stops_by_account.get(account_id, ())) if self.stops else 0
        return OpenCounts(len(self.orders_by_account.get(account_id, ())), waiting)

    # --- one cancels the other ------------------------------------------------------------------------------

    def _place_oco(self, oco: PlaceOco, at_us: int, lockable: Lockable, events: list[Event]) -> None:
        count = self._count_order(oco.account_id, at_us)
        limit_leg, stop_leg = self._legs_of(oco)
        if 0 < oco.expires_at_us < at_us:
            events.append(expired(limit_leg, oco.lots, codes.COMMAND_EXPIRED))
            events.append(expired(limit_leg._replace(order_id=oco.stop_order_id), oco.lots, codes.COMMAND_EXPIRED))
            return
        limit_need = oco.ticks * oco.lots if oco.side == BUY else oco.lots
        whole_need = max(limit_need, stop_leg.locked)
        refusal = oco.refusal
        if refusal is None and 0 < self.rules.max_order_rate < count:
            refusal = ORDER_RATE_EXCEEDED
        if refusal is None and self.state != TRADING:
            refusal = admission.state_refusal(self.state) or codes.NOT_IN_AUCTION
        if refusal is None:
            refusal = self._oco_refusal(oco, stop_leg)
        if refusal is None and not lockable(whole_need):
            refusal = INSUFFICIENT_BALANCE
        if refusal is not None:
            events.append(OrderRejected(oco.order_id, oco.account_id, refusal))
            events.append(OrderRejected(oco.stop_order_id, oco.account_id, refusal))
            return
        stop_leg.locked = whole_need - limit_need
        own_side = self.bids if oco.side == BUY else self.asks
        self._rest(limit_leg, own_side, oco.lots, 0, events, oco.stop_order_id)
        self._begin_to_wait(stop_leg, events)

    def _legs_of(self, oco: PlaceOco) -> tuple[Place, StopOrder]:
        """The two orders; the stop leg locks what it needs by itself."""
        protection = 0
        if oco.side == BUY and not oco.stop_ticks:
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
            (oco.stop_ticks or protection) * oco.lots if oco.side == BUY else oco.lots,
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

    # --- changes to open orders -----------------------------------------------------------------------------

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
            events += (event for event in result if _ends_acting(place.order_id, event))

    def _amend(self, amend: Amend, at_us: int, lockable: Lockable, events: list[Event]) -> None:
        """Give a resting order another price or quantity."""
        count = self._count_order(amend.account_id, at_us)
        refusal = codes.COMMAND_EXPIRED if 0 < amend.expires_at_us < at_us else amend.refusal
        if refusal is None and 0 < self.rules.max_order_rate < count:
            refusal = ORDER_RATE_EXCEEDED
        if refusal is None:
            refusal = admission.state_refusal(self.state)
        order = self.orders.get(amend.target_order_id)
        if refusal is None:
            refusal = self._amendable_refusal(amend)
        if refusal is None and order is not None:
            refusal = self._amend_terms(order, amend, at_us, lockable, events)
        if refusal is not None:
            events.append(ChangeRejected(amend.command_id, amend.target_order_id, amend.account_id, refusal))

    def _amendable_refusal(self, amend: Amend) -> str | None:
        order = self.open_order(amend.target_order_id)
        if order is None or order.account_id != amend.account_id:
            return codes.ORDER_NOT_FOUND
        if isinstance(order, StopOrder) or order.other_leg:
            return codes.ORDER_NOT_AMENDABLE
        return None

    def _amend_terms(
        self, order: Order, amend: Amend, at_us: int, lockable: Lockable, events: list[Event]
    ) -> str | None:
        """Why the new terms cannot be; None where the order has them now."""
        rules = self.rules
        ticks = amend.ticks or order.ticks
        remaining = order.remaining_lots
        total = amend.lots or order.filled_lots + remaining
        left = total - order.filled_lots
        if left <= 0:
            return codes.AMEND_BELOW_FILLED
        if ticks == order.ticks and left == remaining:
            return None
        refusal = (
            price_refusal(rules, ticks)
            or quantity_refusal(rules, total)
            or smallest_value_refusal(rules, ticks * total)
        )
        lowest, highest = self._current_band()
        if refusal is None and ticks != order.ticks and not lowest <= ticks <= highest:
            refusal = PRICE_OUT_OF_BAND
        refusal = refusal or value_refusal(rules, ticks * total)
        if refusal is None and order.post_only and self._would_match(order.side, ticks):
            refusal = codes.POST_ONLY_WOULD_MATCH
        if refusal is not None:
            return refusal
        need = (ticks * left if order.side == BUY else left) - order.locked
        if need > 0 and not lockable(need):
            return INSUFFICIENT_BALANCE
        if ticks == order.ticks and left < remaining:
            self._shrink(order, left, total, events)
        else:
            self._reenter(order, amend, ticks, left, total, at_us, events)
        return None

    def _shrink(self, order: Order, left: int, total: int, events: list[Event]) -> None:
        """Less of it, in its place; of an iceberg the hidden part goes first."""
        before = order.locked
        shown = min(order.lots, left)
        self._resize(order, shown, left - shown)
        events.append(
            OrderAmended(
                order.order_id,
                order.account_id,
                order.side,
                order.ticks,
                left,
                total,
                shown,
                True,
                before - order.locked,
            )
        )

    def _reenter(
        self, order: Order, amend: Amend, ticks: int, left: int, total: int, at_us: int, events: list[Event]
    ) -> None:
        """Out of its place, and in again with other terms."""
        self._remove(order, self._ladder_of(order.side))
        events.append(
            OrderAmended(order.order_id, order.account_id, order.side, ticks, left, total, 0, False, order.locked)
        )
        place = Place(
            order.order_id,
            order.account_id,
            order.side,
            ICEBERG if order.display_lots else LIMIT,
            GTD if order.good_till_us else GTC,
            order.post_only,
            ticks,
            left,
            0,
            amend.maker_ppm,
            amend.taker_ppm,
            amend.stp_group,
            0,
            None,
            order.stp_mode,
            order.display_lots,
            good_till_us=order.good_till_us,
        )
        self._act_limit(place, at_us, None, events, order.filled_lots)

    def _cancel(self, cancel: Cancel, events: list[Event]) -> None:
        order = self.open_order(cancel.target_order_id)
        if order is None or order.account_id != cancel.account_id:
            refused = (cancel.order_id, cancel.target_order_id, cancel.account_id)
            events.append(ChangeRejected(*refused, codes.ORDER_NOT_FOUND))
        else:
            self._end(order, CANCELLED, codes.CANCELLED_BY_OWNER, events)

    def _cancel_all(self, command: CancelAll, events: list[Event]) -> None:
        if command.account_id == EVERYBODY:
            everything: list[OpenOrder] = [*self.orders.values(), *self.stops.values()]
            orders, reason = sorted(everything, key=priority_of), codes.CANCELLED_BY_STAFF
        else:
            orders, reason = self.open_orders(command.account_id), command.reason
        self._end_all([order for order in orders if command.side in (None, order.side)], reason, events)

    def _end_all(self, orders: list[OpenOrder], reason: str, events: list[Event]) -> None:
        """Cancel these orders; one that went with its OCO partner is not cancelled again."""
        for order in orders:
            if self.open_order(order.order_id) is order:
                self._end(order, CANCELLED, reason, events)

    def _set_countdown(self, command: SetCountdown, at_us: int, events: list[Event]) -> None:
        countdowns = dict(self.plan.countdowns)
        countdowns.pop(command.account_id, None)
        deadline_us = at_us + command.countdown_us if command.countdown_us > 0 else 0
        if deadline_us:
            countdowns[command.account_id] = deadline_us
            self._expect(deadline_us)
        self.plan = self.plan._replace(countdowns=countdowns)
        events.append(CountdownSet(command.command_id, command.account_id, deadline_us))

    # --- rules ----------------------------------------------------------------------------------------------

    def _set_rules(self, command: SetRules, events: list[Event]) -> None:
        before, rules = self.rules, command.rules
        if command.based_on != before.version:
            events.append(RulesRejected(command.command_id, codes.MARKET_RULES_CHANGED))
            return
        self.rules = rules
        events.append(RulesChanged(command.command_id, *astuple(rules)))
        if rules.initial_ticks != before.initial_ticks:
            self.plan = self.plan._replace(static_ticks=rules.initial_ticks)
        self.window = PriceWindow.starting_at(self.last_ticks)
        if rules.tick_multiple != before.tick_multiple:
            everything: list[OpenOrder] = [*self.orders.values(), *self.stops.values()]
            unfit = [order for order in everything if not _fits(order, rules.tick_multiple)]
            self._end_all(sorted(unfit, key=priority_of), codes.TICK_SIZE_CHANGED, events)


def _rejected(place: Place, code: str) -> OrderRejected:
    return OrderRejected(place.order_id, place.account_id, code)


def _with_freed(lockable: Lockable, freed: int) -> Lockable:
    """Ask only for what is needed beyond what the old order gives back."""
    return lambda need: need <= freed or lockable(need - freed)


def _comes_in(order_id: int, event: Event) -> bool:
    """Does the event say that the acting order traded, rests or waits?"""
    if isinstance(event, Traded):
        return event.taker_order_id == order_id
    return isinstance(event, OrderOpened | OrderWaiting) and event.order_id == order_id


def _ends_acting(order_id: int, event: Event) -> bool:
    """Does the event say that the acting order was refused, or ended at once?"""
    return isinstance(event, OrderRejected | OrderClosed) and event.order_id == order_id


def _fits(order: OpenOrder, tick_multiple: int) -> bool:
    if order.ticks % tick_multiple:
        return False
    return isinstance(order, Order) or bool(order.trailing_ppm) or not order.trigger_ticks % tick_multiple
