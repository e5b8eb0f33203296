"""The fast book and the naive one must agree on every event, whatever anyone sends them."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bench.flow import RULES, Flow, commands
from matching.engine.book import Book
from matching.engine.commands import Cancel, CancelAll, Command, Place, SetRules, SetState
from matching.engine.events import Event, OrderClosed, OrderOpened, Traded
from matching.engine.types import MarketRules, MarketState, OrderType, Side, TimeInForce
from tests.support.naive_book import NaiveBook

MARKET_ID = 7
ACCOUNTS = (1, 2, 3, 4, 5)
STP_GROUPS = {1: 1, 2: 23, 3: 23, 4: 0, 5: 0}
"""Accounts 2 and 3 belong together; 4 and 5 belong to no group and may trade with themselves."""

lots = st.integers(1, 8)
near_ticks = st.integers(92, 108)
sides = st.sampled_from(Side)
accounts = st.sampled_from(ACCOUNTS)
market_rules = st.builds(
    MarketRules,
    version=st.just(1),
    price_band_ppm=st.sampled_from([0, 30_000, 75_000]),
    max_order_value=st.sampled_from([0, 500]),
    max_open_orders=st.sampled_from([0, 3]),
    min_lots=st.sampled_from([1, 2]),
    max_lots=st.sampled_from([0, 7]),
    min_value=st.sampled_from([0, 200]),
    initial_ticks=st.sampled_from([0, 100]),
)


def limit_order(
    order_id: int,
    account_id: int,
    side: Side,
    ticks: int,
    quantity: int,
    time_in_force: TimeInForce = TimeInForce.GTC,
    post_only: bool = False,
    expires_at_us: int = 0,
    refusal: str | None = None,
) -> Place:
    return Place(
        order_id,
        account_id,
        side,
        OrderType.LIMIT,
        time_in_force,
        post_only,
        ticks,
        quantity,
        0,
        1_000 + account_id,
        1_500 + account_id,
        STP_GROUPS[account_id],
        expires_at_us,
        refusal,
    )


def market_order(order_id: int, account_id: int, side: Side, quantity: int, value: int) -> Place:
    order = limit_order(order_id, account_id, side, 0, quantity, TimeInForce.IOC)
    return order._replace(order_type=OrderType.MARKET, value=value)


@st.composite
def places(draw: st.DrawFn) -> Place:
    """A new order of any kind; its id is given when it is sent."""
    account_id, side = draw(accounts), draw(sides)
    kind = draw(st.sampled_from(["GTC", "GTC", "GTC", "IOC", "FOK", "post-only", "by base", "by quote"]))
    if kind == "by base":
        return market_order(0, account_id, side, draw(st.integers(0, 20)), 0)
    if kind == "by quote":
        return market_order(0, account_id, side, 0, draw(st.integers(1, 2_000)))
    time_in_force = TimeInForce.GTC if kind == "post-only" else TimeInForce[kind]
    ticks = draw(st.one_of(near_ticks, near_ticks, st.sampled_from([0, -1, 1, 200])))
    return limit_order(0, account_id, side, ticks, draw(lots), time_in_force, kind == "post-only")


commands_of_any_kind = st.one_of(
    places(),
    places(),
    places(),
    st.builds(Cancel, st.just(0), st.integers(1, 60), accounts),
    st.builds(CancelAll, st.just(0), st.sampled_from([0, *ACCOUNTS])),
    st.builds(SetState, st.just(0), st.sampled_from(MarketState), st.just("test")),
    st.builds(SetRules, st.just(0), st.integers(1, 2), market_rules),
)


def with_kinds(events: list[Event]) -> list[tuple[type, Event]]:
    """Named tuples of two kinds can be equal; these cannot."""
    return [(type(event), event) for event in events]


class BookAgainstNaiveBook(RuleBasedStateMachine):
    """Every rule sends one command to both books; some take the fast one apart and together again first."""

    @initialize(rules=market_rules)
    def open_market(self, rules: MarketRules) -> None:
        self.book = Book(MARKET_ID, rules)
        self.naive = NaiveBook(rules)
        self.next_id = 1
        self.now_us = 1_000
        self.placed_lots: Counter[int] = Counter()
        self.gone_lots: Counter[int] = Counter()

    def numbered(self, command: Command) -> Command:
        number = self.next_id
        self.next_id += 1
        self.now_us += 10
        if isinstance(command, Place | Cancel):
            return command._replace(order_id=number)
        return command._replace(command_id=number)

    def send(self, command: Command, funds: int = 2**100) -> None:
        command = self.numbered(command)
        asked: dict[str, list[int]] = {"fast": [], "naive": []}

        def lockable_for(book: str) -> Callable[[int], bool]:
            def lockable(need: int) -> bool:
                asked[book].append(need)
                return need <= funds

            return lockable

        before = self.book.last_trade_number
        events = self.book.apply(command, self.now_us, lockable_for("fast"))
        expected = self.naive.apply(command, self.now_us, lockable_for("naive"))
        assert with_kinds(events) == with_kinds(expected)
        assert asked["fast"] == asked["naive"]
        trades = [event for event in events if isinstance(event, Traded)]
        assert [trade.number for trade in trades] == list(range(before + 1, before + 1 + len(trades)))
        self.count_lots(command, events)

    def count_lots(self, command: Command, events: list[Event]) -> None:
        """What an order brought is what traded, what was taken back and what rests."""
        if isinstance(command, Place):
            self.placed_lots[command.order_id] = command.lots
        for event in events:
            if isinstance(event, Traded):
                self.gone_lots[event.maker_order_id] += event.lots
                self.gone_lots[event.taker_order_id] += event.lots
            elif isinstance(event, OrderClosed):
                self.gone_lots[event.order_id] += event.lots
                if self.placed_lots[event.order_id]:
                    assert self.gone_lots[event.order_id] == self.placed_lots[event.order_id]
            elif isinstance(event, OrderOpened):
                assert self.gone_lots[event.order_id] + event.lots == self.placed_lots[event.order_id]

    @rule(place=places())
    def place(self, place: Place) -> None:
        self.send(place)

    @rule(account_id=accounts, side=sides, distance=st.integers(-2, 4), quantity=lots)
    def place_near_the_middle(self, account_id: int, side: Side, distance: int, quantity: int) -> None:
        ticks = 100 - distance if side == Side.BUY else 100 + distance
        self.send(limit_order(0, account_id, side, ticks, quantity))

    @rule(place=places(), funds=st.integers(0, 1_000))
    def place_with_little_money(self, place: Place, funds: int) -> None:
        self.send(place, funds)

    @rule(place=places(), late_us=st.integers(-1, 1))
    def place_near_its_expiry(self, place: Place, late_us: int) -> None:
        self.send(place._replace(expires_at_us=self.now_us + 10 - late_us))

    @rule(place=places())
    def place_from_a_frozen_account(self, place: Place) -> None:
        self.send(place._replace(refusal="ACCOUNT_FROZEN"))

    @rule(age=st.integers(0, 30), account_id=accounts, mine=st.booleans())
    def cancel(self, age: int, account_id: int, mine: bool) -> None:
        target_id = max(self.next_id - age, 1)
        order = self.book.order(target_id)
        if order is not None and mine:
            account_id = order.account_id
        self.send(Cancel(0, target_id, account_id))

    @rule(account_id=st.sampled_from([0, *ACCOUNTS]))
    def cancel_all(self, account_id: int) -> None:
        self.send(CancelAll(0, account_id))

    @rule(state=st.sampled_from(MarketState))
    def change_state(self, state: MarketState) -> None:
        self.send(SetState(0, state, "test"))
        self.send(SetState(0, MarketState.TRADING, "test"))

    @rule(rules=market_rules, lag=st.sampled_from([0, 0, 1]))
    def change_rules(self, rules: MarketRules, lag: int) -> None:
        version = self.book.rules.version
        self.send(SetRules(0, version - lag, replace(rules, version=version + 1)))

    @rule(detour=st.lists(commands_of_any_kind, min_size=1, max_size=12))
    def do_and_undo(self, detour: list[Command]) -> None:
        mark, hash_before, next_id = self.book.mark(), self.book.state_hash(), self.next_id
        snapshot = self.book.snapshot()
        for command in detour:
            self.book.apply(self.numbered(command), self.now_us, lambda need: True)
            self.book.check_invariants()
        self.book.undo(mark)
        self.next_id = next_id
        assert self.book.snapshot() == snapshot
        assert self.book.state_hash() == hash_before

    @rule()
    def forget_undo(self) -> None:
        self.book.forget_undo()
        assert self.book.mark() == 0

    @rule()
    def restore_from_a_snapshot(self) -> None:
        hash_before = self.book.state_hash()
        self.book = Book.restore(json.loads(json.dumps(self.book.snapshot())), self.book.rules)
        assert self.book.state_hash() == hash_before

    @rule()
    def rebuild_from_open_orders(self) -> None:
        old, new = self.book, Book(MARKET_ID, self.book.rules, self.book.state)
        for order in sorted(old.orders.values(), key=lambda order: order.priority):
            new.load_order(
                order_id=order.order_id,
                account_id=order.account_id,
                side=order.side,
                ticks=order.ticks,
                lots=order.lots,
                priority=order.priority,
                maker_ppm=order.maker_ppm,
                stp_group=order.stp_group,
            )
        new.set_counters(
            last_ticks=old.last_ticks,
            last_trade_number=old.last_trade_number,
            last_priority=old.last_priority,
            event_hash=old.event_hash,
        )
        assert new.state_hash() == old.state_hash()
        self.book = new

    @invariant()
    def books_agree(self) -> None:
        if not hasattr(self, "book"):
            return
        self.book.check_invariants()
        bids, asks = self.book.depth(1_000)
        assert (bids, asks) == self.naive.depth()
        assert not (bids and asks) or bids[0][0] < asks[0][0]
        assert (self.book.last_ticks, self.book.last_trade_number) == (self.naive.last_ticks, self.naive.trades)
        for account_id in ACCOUNTS:
            open_ids = [order.order_id for order in self.book.open_orders(account_id)]
            assert open_ids == [o.place.order_id for o in self.naive.orders if o.place.account_id == account_id]


TestBookAgainstNaiveBook = BookAgainstNaiveBook.TestCase
TestBookAgainstNaiveBook.settings = settings(max_examples=120, stateful_step_count=50, deadline=None)


@pytest.mark.parametrize("seed", range(4))
def test_a_long_flow_gives_the_same_events_in_both_books(seed: int) -> None:
    flow = Flow(accounts=12, mid_ticks=1_000, spread_ticks=6, mean_lots=20)
    rules = MarketRules(1, 50_000, 0, 0, 1, 0, 0, 1_000)
    book, naive = Book(MARKET_ID, rules), NaiveBook(rules)
    trades = 0
    for at_us, command in enumerate(commands(700, seed, flow), start=1):
        events = book.apply(command, at_us, lambda need: True)
        assert with_kinds(events) == with_kinds(naive.apply(command, at_us, lambda need: True))
        trades += sum(isinstance(event, Traded) for event in events)
    book.check_invariants()
    assert trades > 100


@pytest.mark.parametrize("seed", range(3))
def test_undo_and_run_again_ends_in_the_same_state(seed: int) -> None:
    flow = list(commands(3_000, seed, Flow(accounts=50, spread_ticks=10)))
    straight, winding = Book(MARKET_ID, RULES), Book(MARKET_ID, RULES)
    for first in range(0, len(flow), 100):
        batch = flow[first : first + 100]
        expected = [straight.apply(command, first, lambda need: True) for command in batch]
        mark = winding.mark()
        for command in batch:
            winding.apply(command, first, lambda need: need % 3 != 0)
        winding.undo(mark)
        assert [winding.apply(command, first, lambda need: True) for command in batch] == expected
        if first % 500 == 0:
            winding.forget_undo()
    assert winding.state_hash() == straight.state_hash()
    winding.check_invariants()


def test_the_touched_levels_are_enough_to_follow_the_book() -> None:
    """A depth kept only from touched levels equals the book's own, through undo as well."""
    book = Book(MARKET_ID, RULES)
    kept: dict[tuple[Side, int], int] = {}
    for at_us, command in enumerate(commands(2_000, 5, Flow(accounts=50, spread_ticks=10)), start=1):
        mark = book.mark()
        book.apply(command, at_us, lambda need: True)
        if at_us % 7 == 0:
            kept.update({level: book.level_lots(*level) for level in book.drain_touched()})
            book.undo(mark)
        if at_us % 5 == 0:
            kept.update({level: book.level_lots(*level) for level in book.drain_touched()})
            bids, asks = book.depth(10_000)
            assert {level: lots for level, lots in kept.items() if lots} == {
                **{(Side.BUY, ticks): lots for ticks, lots in bids},
                **{(Side.SELL, ticks): lots for ticks, lots in asks},
            }
