"""The fast book and the naive one must agree on every event, whatever anyone sends them.

`BOOK_EXAMPLES` and `BOOK_STEPS` in the environment make the search longer (pytest then wants `--timeout=0`).
"""

import json
import os
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from matching.engine.book import Book
from matching.engine.commands import (
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
from matching.engine.types import (
    WAITING_TYPES,
    MarketRules,
    MarketState,
    OrderType,
    SelfTradePrevention,
    Side,
)
from tests.property.both_books import MARKET_ID, PLENTY, Books
from tests.property.strategies import (
    ACCOUNTS,
    accounts,
    amend,
    any_commands,
    cancel_alls,
    countdowns,
    lots,
    market_rules,
    modes,
    near_ticks,
    oco_orders,
    odd_places,
    order,
    places,
    sides,
    waits_us,
)

EXAMPLES = int(os.environ.get("BOOK_EXAMPLES", "100"))
STEPS = int(os.environ.get("BOOK_STEPS", "50"))
FIRST_MOMENT_US = 1_000_000_007


class BookAgainstNaiveBook(RuleBasedStateMachine):
    """Every rule sends commands to both books; some take the fast one apart and together again first."""

    @initialize(
        rules=market_rules,
        state=st.sampled_from([MarketState.TRADING, MarketState.TRADING, MarketState.PRE_OPEN]),
    )
    def open_market(self, rules: MarketRules, state: MarketState) -> None:
        self.books = Books.opened(rules, state)
        self.next_id = 1
        self.now_us = FIRST_MOMENT_US

    def numbered(self, command: Command) -> Command:
        number = self.next_id
        self.next_id += 1
        self.now_us += 10
        if isinstance(command, PlaceOco):
            self.next_id += 1
            return replace(command, order_id=number, stop_order_id=number + 1)
        if isinstance(command, Place):
            good_till_us = self.now_us + command.good_till_us if command.good_till_us else 0
            return replace(command, order_id=number, good_till_us=good_till_us)
        if isinstance(command, Cancel):
            return replace(command, order_id=number)
        return replace(command, command_id=number)

    def send(self, command: Command, funds: int = PLENTY) -> None:
        numbered = self.numbered(command)
        self.books.send(numbered, self.now_us, funds, twice=self.next_id % 4 == 0)

    def open_order(self, choice: int) -> tuple[int, int]:
        """Id and account of an open order, or of one that is none."""
        open_orders = self.books.naive.of_account(0)
        if choice < 0 or not open_orders:
            return max(self.next_id + choice, 1), ACCOUNTS[0]
        place = open_orders[choice % len(open_orders)].place
        return place.order_id, place.account_id

    @rule(account_id=accounts, side=sides, distance=st.integers(-3, 5), quantity=lots)
    def place_near_the_middle(self, account_id: int, side: Side, distance: int, quantity: int) -> None:
        rules = self.books.naive.rules
        ticks = 100 - distance if side == Side.BUY else 100 + distance
        ticks -= ticks % rules.tick_multiple
        self.send(order(account_id, side, ticks=ticks, quantity=quantity * rules.lot_multiple))

    @rule(place=places())
    def place(self, place: Place) -> None:
        self.send(place)

    @rule(place=places(st.sampled_from(OrderType)))
    def place_another(self, place: Place) -> None:
        rules = self.books.naive.rules
        self.send(
            replace(
                place,
                ticks=place.ticks - place.ticks % rules.tick_multiple,
                trigger_ticks=place.trigger_ticks - place.trigger_ticks % rules.tick_multiple,
                lots=place.lots * rules.lot_multiple,
                display_lots=place.display_lots * rules.lot_multiple,
            )
        )

    @rule(oco=oco_orders(), funds=st.sampled_from([PLENTY, PLENTY, 400]))
    def place_oco(self, oco: PlaceOco, funds: int) -> None:
        self.send(oco, funds)

    @rule(place=odd_places())
    def place_an_odd_one(self, place: Place) -> None:
        self.send(place)

    @rule(place=places(), funds=st.integers(0, 1_000))
    def place_with_little_money(self, place: Place, funds: int) -> None:
        self.send(place, funds)

    @rule(command=st.one_of(places(), oco_orders()), late_us=st.integers(-1, 1))
    def place_near_its_expiry(self, command: Place | PlaceOco, late_us: int) -> None:
        self.send(replace(command, expires_at_us=self.now_us + 10 - late_us))

    @rule(command=st.one_of(places(), oco_orders()))
    def place_from_a_frozen_account(self, command: Place | PlaceOco) -> None:
        self.send(replace(command, refusal="ACCOUNT_FROZEN"))

    @rule(place=places(), choice=st.integers(-2, 20), funds=st.sampled_from([PLENTY, PLENTY, 0, 300]))
    def replace_an_order(self, place: Place, choice: int, funds: int) -> None:
        order_id, account_id = self.open_order(choice)
        self.send(replace(place, replaces=order_id, account_id=account_id), funds)

    @rule(
        choice=st.integers(-2, 20),
        ticks=st.one_of(st.just(0), near_ticks),
        quantity=st.integers(0, 12),
        funds=st.sampled_from([PLENTY, PLENTY, 0, 150]),
    )
    def amend_an_order(self, choice: int, ticks: int, quantity: int, funds: int) -> None:
        order_id, account_id = self.open_order(choice)
        self.send(amend(order_id, account_id, ticks, quantity), funds)

    @rule(choice=st.integers(0, 20), late_us=st.integers(0, 1), refusal=st.sampled_from([None, "ACCOUNT_FROZEN"]))
    def amend_when_it_may_not_be(self, choice: int, late_us: int, refusal: str | None) -> None:
        order_id, account_id = self.open_order(choice)
        command = amend(order_id, account_id, 101, 5)
        self.send(replace(command, expires_at_us=self.now_us + 10 - late_us, refusal=refusal))

    @rule(choice=st.integers(-3, 20), account_id=accounts, mine=st.booleans())
    def cancel(self, choice: int, account_id: int, mine: bool) -> None:
        order_id, owner_id = self.open_order(choice)
        self.send(Cancel(0, order_id, owner_id if mine else account_id))

    @rule(command=cancel_alls)
    def cancel_all(self, command: CancelAll) -> None:
        self.send(command)

    @rule(command=countdowns)
    def set_countdown(self, command: SetCountdown) -> None:
        self.send(command)

    @rule(wait_us=waits_us)
    def wait(self, wait_us: int) -> None:
        self.now_us += wait_us

    @rule()
    def wait_for_what_is_due(self) -> None:
        deadline_us = self.books.fast.next_deadline_us()
        self.now_us = max(self.now_us, deadline_us - 10)
        self.send(Tick(0))

    @rule(state=st.sampled_from([MarketState.TRADING, MarketState.TRADING, *MarketState]))
    def change_state(self, state: MarketState) -> None:
        self.send(SetState(0, state, "test"))

    @rule(
        before=st.sampled_from([MarketState.PRE_OPEN, MarketState.AUCTION]),
        collected=st.lists(places(st.sampled_from([OrderType.LIMIT, OrderType.ICEBERG])), max_size=8),
    )
    def hold_an_auction(self, before: MarketState, collected: list[Place]) -> None:
        self.send(SetState(0, before, "test"))
        for place in collected:
            self.send(place)
        self.send(SetState(0, MarketState.TRADING, "test"))

    @precondition(lambda self: self.books.fast.state != MarketState.TRADING)
    @rule()
    def trade_again(self) -> None:
        self.send(SetState(0, MarketState.TRADING, "test"))

    @rule(waiting=places(st.sampled_from(sorted(WAITING_TYPES))), taker=places(st.just(OrderType.MARKET)))
    def place_one_that_waits(self, waiting: Place, taker: Place) -> None:
        self.send(waiting)
        self.send(taker)

    @rule(quantity=st.integers(2, 8), taken=lots, mode=modes)
    def meet_an_own_order(self, quantity: int, taken: int, mode: SelfTradePrevention) -> None:
        self.send(replace(order(2, Side.SELL, OrderType.ICEBERG, ticks=99, quantity=quantity), display_lots=1))
        self.send(replace(order(3, Side.BUY, ticks=99, quantity=taken), stp_mode=mode))

    @rule(rules=market_rules, lag=st.sampled_from([0, 0, 1]))
    def change_rules(self, rules: MarketRules, lag: int) -> None:
        version = self.books.fast.rules.version
        self.send(SetRules(0, version - lag, replace(rules, version=version + 1)))

    @rule(detour=st.lists(any_commands, min_size=1, max_size=12))
    def do_and_undo(self, detour: list[Command]) -> None:
        next_id, now_us = self.next_id, self.now_us
        self.books.do_and_undo([(self.numbered(command), self.now_us) for command in detour])
        self.next_id, self.now_us = next_id, now_us

    @rule()
    def forget_undo(self) -> None:
        self.books.fast.forget_undo()
        assert self.books.fast.mark() == 0

    @rule()
    def restore_from_a_snapshot(self) -> None:
        fast = self.books.fast
        restored = Book.restore(json.loads(json.dumps(fast.snapshot())), fast.rules)
        assert restored.snapshot() == fast.snapshot()
        assert restored.state_hash() == fast.state_hash()
        self.books.fast = restored

    @rule()
    def rebuild_from_open_orders(self) -> None:
        old, new = self.books.fast, Book(MARKET_ID, self.books.fast.rules, self.books.fast.state)
        new.load_orders([order.fields() for order in old.orders.values()])
        new.load_stops([stop.fields() for stop in old.stops.values()])
        new.set_counters(
            last_ticks=old.last_ticks,
            last_trade_number=old.last_trade_number,
            last_priority=old.last_priority,
            event_hash=old.event_hash,
        )
        new.load_memory(json.loads(json.dumps(old.memory())))
        new.load_rates(old.rate_window, old.rates)
        assert new.state_hash() == old.state_hash()
        self.books.fast = new


TestBookAgainstNaiveBook = BookAgainstNaiveBook.TestCase
TestBookAgainstNaiveBook.settings = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None)
