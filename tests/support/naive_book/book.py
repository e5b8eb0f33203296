"""The naive book: commands in, events out."""

from collections.abc import Callable, Iterator
from dataclasses import astuple
from functools import partial

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
    OrderRejected,
    RulesChanged,
    RulesRejected,
    StateChanged,
    TradeBusted,
)
from matching.engine.types import (
    MarketState,
    Side,
    TimeInForce,
)
from tests.support.naive_book import checks, entering, stops
from tests.support.naive_book.auction import uncross
from tests.support.naive_book.matching import Lockable, halt
from tests.support.naive_book.state import Order, Refused, State, closed


class NaiveBook(State):
    def apply(self, command: Command, at_us: int, lockable: Lockable) -> list[Event]:
        self.now = at_us
        runs = iter(range(stops.RUN_WITH_ONE_COMMAND))
        events = self.do_what_is_due()
        events += stops.run_queue(self, runs)
        events += self.do(command, lockable)
        events += stops.hold_against_triggers(self)
        return events + stops.run_queue(self, runs)

    def do(self, command: Command, lockable: Lockable) -> list[Event]:
        match command:
            case Place():
                return self.attempt(command, command.order_id, lambda: entering.place(self, command, lockable))
            case PlaceOco():
                return self.attempt(command, command.order_id, lambda: entering.place_oco(self, command, lockable))
            case Amend():
                return self.attempt(command, command.target_order_id, lambda: entering.amend(self, command, lockable))
            case Cancel(command_id, target, account):
                order = self.find(target)
                if order is None or order.place.account_id != account:
                    return [ChangeRejected(command_id, target, account, "ORDER_NOT_FOUND")]
                return self.close(order, "CANCELLED", "CANCELLED_BY_OWNER")
            case CancelAll(_, account, side, reason):
                return self.cancel_all(account, side, reason if account else "CANCELLED_BY_STAFF")
            case SetCountdown(command_id, account, countdown_us):
                deadline_us = self.now + countdown_us if countdown_us else 0
                self.countdowns.pop(account, None)
                if deadline_us:
                    self.countdowns[account] = deadline_us
                return [CountdownSet(command_id, account, deadline_us)]
            case SetState(command_id, state, reason):
                return self.enter_state(command_id, state, reason, 0)
            case SetRules():
                return self.set_rules(command)
            case BustTrade(command_id, number, maker, taker, side, ticks, lots, refusal):
                if refusal:
                    return [ChangeRejected(command_id, number, 0, refusal)]
                return [TradeBusted(command_id, number, maker, taker, side, ticks, lots)]
            case Tick():
                return []

    # What time brings.

    def do_what_is_due(self) -> list[Event]:
        events: list[Event] = []
        while due := min(self.deadlines(), key=lambda deadline: deadline[:3], default=None):
            at_us, _, _, happens = due
            if at_us > self.now:
                break
            events += happens()
        return events

    def deadlines(self) -> Iterator[tuple[int, int, int, Callable[[], list[Event]]]]:
        """When, kind (orders, countdowns, state), rank among its kind, and what happens then."""
        for order in self.orders:
            if order.place.time_in_force == TimeInForce.GTD and order.place.good_till_us:
                expire = partial(self.close, order, "EXPIRED", "GOOD_TILL_PASSED")
                yield order.place.good_till_us, 0, order.priority, expire
        for account_id, deadline_us in self.countdowns.items():
            yield deadline_us, 1, account_id, partial(self.count_down, account_id)
        if self.state_until:
            yield self.state_until, 2, 0, self.go_on

    def count_down(self, account_id: int) -> list[Event]:
        del self.countdowns[account_id]
        return self.cancel_all(account_id, None, "COUNTDOWN")

    def go_on(self) -> list[Event]:
        """After the halt of the circuit breaker an auction, after that the market trades."""
        if self.state == MarketState.AUCTION:
            return self.enter_state(0, MarketState.TRADING, "AFTER_AUCTION", 0)
        if not self.rules.auction_us:
            return self.enter_state(0, MarketState.TRADING, "AFTER_HALT", 0)
        until_us = self.state_until + self.rules.auction_us
        return self.enter_state(0, MarketState.AUCTION, "AFTER_HALT", until_us)

    def enter_state(self, command_id: int, state: MarketState, reason: str, until_us: int) -> list[Event]:
        events: list[Event] = [StateChanged(command_id, state, reason, until_us)]
        if state == MarketState.TRADING and self.state != MarketState.TRADING:
            events += uncross(self)
            self.begin_window()
        self.state, self.state_until = state, until_us
        return events + stops.hold_against_triggers(self)

    def begin_window(self) -> None:
        self.window = [(0, self.last_ticks)] if self.last_ticks else []

    # Orders.

    def attempt(
        self, command: Place | PlaceOco | Amend, order_id: int, action: Callable[[], list[Event]]
    ) -> list[Event]:
        """Do it, or leave everything as it was but the account's rate."""
        self.rates[self.now // 10_000_000, command.account_id] += 1
        before = self.copied()
        try:
            if command.expires_at_us and self.now > command.expires_at_us:
                raise Refused("COMMAND_EXPIRED", expires=True)
            checks.check_account(self, command.account_id, command.refusal)
            return action()
        except Refused as refused:
            self.put_back(before)
            if isinstance(command, Amend):
                return [ChangeRejected(command.command_id, order_id, command.account_id, refused.code)]
            places = [command] if isinstance(command, Place) else entering.legs(command)
            if not refused.expires:
                return [OrderRejected(place.order_id, place.account_id, refused.code) for place in places]
            events: list[Event] = [closed(Order(place, place.lots), "EXPIRED", refused.code) for place in places]
            trips = refused.code == "CIRCUIT_BREAKER" and isinstance(command, Place) and not command.replaces
            return events + halt(self) if trips else events

    def cancel_all(self, account_id: int, side: Side | None, reason: str) -> list[Event]:
        events: list[Event] = []
        for order in self.of_account(account_id):
            if side in (None, order.place.side) and order in self.orders:
                events += self.close(order, "CANCELLED", reason)
        return events

    def set_rules(self, command: SetRules) -> list[Event]:
        if command.based_on != self.rules.version:
            return [RulesRejected(command.command_id, "MARKET_RULES_CHANGED")]
        if command.rules.initial_ticks != self.rules.initial_ticks:
            self.static_reference = command.rules.initial_ticks
        self.rules = command.rules
        self.begin_window()
        events: list[Event] = [RulesChanged(command.command_id, *astuple(command.rules))]
        for order in self.of_account(0):
            trigger = order.place.trigger_ticks if order.waits else 0
            off_tick = order.place.ticks % self.rules.tick_multiple or trigger % self.rules.tick_multiple
            if off_tick and order in self.orders:
                events += self.close(order, "CANCELLED", "TICK_SIZE_CHANGED")
        return events

    # What others see.

    def depth(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        levels: dict[Side, dict[int, int]] = {Side.BUY: {}, Side.SELL: {}}
        for order in self.orders:
            if not order.waits:
                of_side = levels[order.place.side]
                of_side[order.place.ticks] = of_side.get(order.place.ticks, 0) + order.shown
        return sorted(levels[Side.BUY].items(), reverse=True), sorted(levels[Side.SELL].items())
