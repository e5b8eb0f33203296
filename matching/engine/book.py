"""The order book of one market: commands in, events out.

`Book.apply` is the whole matching engine. It is deterministic: the same commands at the same times, with the
same answers about funds, give the same events, the same `event_hash` and the same `state_hash` on every
machine. Nothing here reads a clock, draws a random number or does I/O.

The layers, each a class on top of the one before: `BookState` (state.py) holds orders, counters and the undo journal,
`WrittenState` (snapshots.py) writes them down; `Floor` (trading.py) lets orders meet; `Matcher` (matcher.py) lets one
order act; `Entrance` (entrance.py) takes new orders, `Amender` (amending.py) changes them; here are the commands.

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

from dataclasses import astuple, replace
from typing import Final

from matching.engine import codes
from matching.engine.amending import Amender
from matching.engine.commands import (
    Amend,
    BustTrade,
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
    RulesChanged,
    RulesRejected,
    TradeBusted,
    canonical_bytes,
)
from matching.engine.matcher import Lockable
from matching.engine.orders import OpenOrder, Order
from matching.engine.state import COUNTDOWN, COUNTERS, GOOD_TILL, HASHER, NEVER, priority_of
from matching.engine.types import (
    CANCELLED,
    EVERYBODY,
    EXPIRED,
    TRADING,
    MarketState,
)
from matching.engine.window import PriceWindow

MAX_ACTIVATIONS: Final = 100
"""Triggered orders that act with one command; the others act with the next one."""


class Book(Amender):
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
        self._journal.append((COUNTERS, self.last_ticks, self.last_trade_number, self.last_priority, self.event_hash))
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
        elif isinstance(command, BustTrade):
            self._bust_trade(command, events)
        else:
            assert isinstance(command, Tick), "there is no other command"
        if self.plan.activations:
            self._run_triggered(at_us, allowance, events)
        hasher = HASHER.copy()
        hasher.update(self.event_hash + canonical_bytes(events))
        self.event_hash = hasher.digest()
        return events

    # --- time -----------------------------------------------------------------------------------------------

    def _pass_time(self, at_us: int, events: list[Event]) -> None:
        """Let everything happen that is due by now, in order of its time."""
        while True:
            until_us = self.plan.until_us or NEVER
            deadline = self._next_deadline()
            moment = min(deadline[0], until_us)
            if moment > at_us:
                self._wake_us = moment
                return
            if deadline[0] > moment:
                self._end_of_phase(events)
            elif deadline[1] == COUNTDOWN:
                self._arm(deadline[2], 0)
                self._end_all(self.open_orders(deadline[2]), codes.COUNTDOWN, events)
            else:
                self._expire_due(moment, events)

    def _expire_due(self, moment_us: int, events: list[Event]) -> None:
        """End the orders that are good till this moment, oldest first."""
        due: dict[int, OpenOrder] = {}
        while self._next_deadline()[:2] == (moment_us, GOOD_TILL):
            order_id = self._next_deadline()[2]
            order = self.open_order(order_id)
            assert order is not None, "a deadline that holds is of an open order"
            due[order_id] = order
            self._pass_deadline()
        for order in sorted(due.values(), key=priority_of):
            self._end(order, EXPIRED, codes.GOOD_TILL_PASSED, events)

    def _end_of_phase(self, events: list[Event]) -> None:
        """A halt of the breaker goes over into an auction, an auction into trading."""
        auction_us = self.rules.auction_us
        if self.state == MarketState.HALTED and auction_us:
            until_us = self.plan.until_us + auction_us
            self._enter_state(0, MarketState.AUCTION, codes.AFTER_HALT, until_us, events)
        else:
            reason = codes.AFTER_HALT if self.state == MarketState.HALTED else codes.AFTER_AUCTION
            self._enter_state(0, TRADING, reason, 0, events)

    # --- cancels and countdowns ------------------------------------------------------------------------------

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
        deadline_us = at_us + command.countdown_us if command.countdown_us > 0 else 0
        self._arm(command.account_id, deadline_us)
        events.append(CountdownSet(command.command_id, command.account_id, deadline_us))

    # --- busts ----------------------------------------------------------------------------------------------

    def _bust_trade(self, bust: BustTrade, events: list[Event]) -> None:
        """Money is moved by whoever reads the event; here nothing changes."""
        command_id, number = bust.command_id, bust.number
        if bust.refusal is None:
            events.append(
                TradeBusted(
                    command_id,
                    number,
                    bust.maker_order_id,
                    bust.taker_order_id,
                    bust.taker_side,
                    bust.ticks,
                    bust.lots,
                )
            )
        else:
            events.append(ChangeRejected(command_id, number, 0, bust.refusal))

    # --- rules ----------------------------------------------------------------------------------------------

    def _set_rules(self, command: SetRules, events: list[Event]) -> None:
        before, rules = self.rules, command.rules
        if command.based_on != before.version:
            events.append(RulesRejected(command.command_id, codes.MARKET_RULES_CHANGED))
            return
        self._put("rules", rules)
        events.append(RulesChanged(command.command_id, *astuple(rules)))
        if rules.initial_ticks != before.initial_ticks:
            self._put("plan", replace(self.plan, static_ticks=rules.initial_ticks))
        self._put("window", PriceWindow.starting_at(self.last_ticks))
        if rules.tick_multiple != before.tick_multiple:
            everything: list[OpenOrder] = [*self.orders.values(), *self.stops.values()]
            unfit = [order for order in everything if not _fits(order, rules.tick_multiple)]
            self._end_all(sorted(unfit, key=priority_of), codes.TICK_SIZE_CHANGED, events)


def _fits(order: OpenOrder, tick_multiple: int) -> bool:
    if order.ticks % tick_multiple:
        return False
    return isinstance(order, Order) or bool(order.trailing_ppm) or not order.trigger_ticks % tick_multiple
