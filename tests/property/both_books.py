"""The fast book and the naive one side by side, and an account of everything that the events say."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from matching.engine.book import Book
from matching.engine.commands import Command, Place, PlaceOco
from matching.engine.events import (
    AuctionTraded,
    Event,
    OrderAmended,
    OrderClosed,
    OrderOpened,
    OrderTriggered,
    OrderWaiting,
    SelfTradeReduced,
    Traded,
)
from matching.engine.types import MARKET_TYPES, MarketRules, MarketState, Side
from tests.support.naive_book import NaiveBook
from tests.support.naive_book.state import Order as NaiveOrder

MARKET_ID = 7
PLENTY = 2**100


def with_kinds(events: list[Event]) -> list[tuple[str, Event]]:
    """Named tuples of two kinds can be equal; these cannot."""
    return [(type(event).__name__, event) for event in events]


class Funds:
    """Answers `lockable`, and notes what it was asked."""

    def __init__(self, funds: int) -> None:
        self.funds = funds
        self.asked: list[int] = []

    def __call__(self, need: int) -> bool:
        self.asked.append(need)
        return need <= self.funds


@dataclass
class Books:
    """Both books after the same commands."""

    fast: Book
    naive: NaiveBook
    account: "EventAccount"

    @classmethod
    def opened(cls, rules: MarketRules, state: MarketState = MarketState.TRADING) -> "Books":
        return cls(Book(MARKET_ID, rules, state), NaiveBook(rules, state), EventAccount())

    def send(self, command: Command, at_us: int, funds: int = PLENTY, *, twice: bool = False) -> list[Event]:
        """Both do it; they must say the same, and be the same afterwards. `twice`: the fast one takes it back once."""
        if twice:
            self.do_and_undo([(command, at_us)], funds)
        before = self.fast.last_trade_number
        fast_funds, naive_funds = Funds(funds), Funds(funds)
        events = self.fast.apply(command, at_us, fast_funds)
        expected = self.naive.apply(command, at_us, naive_funds)
        assert with_kinds(events) == with_kinds(expected), f"{command}\nfast:  {events}\nnaive: {expected}"
        assert fast_funds.asked == naive_funds.asked
        assert len(fast_funds.asked) <= 1
        assert all(need > 0 for need in fast_funds.asked)
        numbers = [event.number for event in events if isinstance(event, Traded | AuctionTraded)]
        assert numbers == list(range(before + 1, before + 1 + len(numbers)))
        self.account.placed(command)
        for event in events:
            self.account.take(event)
        self.check(at_us)
        return events

    def do_and_undo(self, commands: list[tuple[Command, int]], funds: int = PLENTY) -> None:
        mark, hash_before, snapshot = self.fast.mark(), self.fast.state_hash(), self.fast.snapshot()
        for command, at_us in commands:
            self.fast.apply(command, at_us, Funds(funds))
            self.fast.check_invariants()
        self.fast.undo(mark)
        assert self.fast.snapshot() == snapshot
        assert self.fast.state_hash() == hash_before

    def check(self, now_us: int) -> None:
        fast, naive = self.fast, self.naive
        fast.check_invariants()
        bids, asks = fast.depth(1_000)
        assert (bids, asks) == naive.depth()
        if fast.state == MarketState.TRADING and bids and asks:
            assert bids[0][0] < asks[0][0]
        assert (fast.state, fast.rules) == (naive.state, naive.rules)
        assert (fast.last_ticks, fast.last_trade_number) == (naive.last_ticks, naive.trades)
        assert (fast.last_priority, fast.plan.static_ticks) == (naive.priorities, naive.static_reference)
        assert {**fast.orders, **fast.stops}.keys() == {order.place.order_id for order in naive.orders}
        for order in naive.orders:
            assert fast_facts(fast, order.place.order_id) == naive_facts(naive, order)
        for account_id in {order.place.account_id for order in naive.orders}:
            mine = [order.order_id for order in fast.open_orders(account_id)]
            assert mine == [order.place.order_id for order in naive.of_account(account_id)]
        if naive.queue and naive.state == MarketState.TRADING:
            assert 0 < fast.next_deadline_us() <= now_us
        else:
            assert fast.next_deadline_us() == min((moment for moment, *_ in naive.deadlines()), default=0)
        self.account.check_against(naive)


def fast_facts(book: Book, order_id: int) -> list[Any]:
    """All that is to be known of an open order, in a form that both books can give."""
    if order_id in book.orders:
        order = book.orders[order_id]
        facts = (order.lots, order.remaining_lots, order.filled_lots)
        return [order.ticks, order.priority, *facts, order.maker_ppm, order.stp_group, order.other_leg]
    stop = book.stops[order_id]
    trigger = (stop.trigger_ticks, stop.extreme_ticks, stop.protection_ticks, stop.is_triggered)
    return [stop.ticks, stop.priority, *trigger, stop.lots, stop.value, stop.other_leg, stop.locked]


def naive_facts(book: NaiveBook, order: NaiveOrder) -> list[Any]:
    place = order.place
    if not order.waits:
        facts = (order.shown, order.left, order.done)
        return [place.ticks, order.priority, *facts, place.maker_ppm, place.stp_group, order.partner]
    trigger = (order.trigger, order.extreme, order.protection, place.order_id in book.queue)
    return [place.ticks, order.priority, *trigger, place.lots, place.value, order.partner, order.lock_of_waiting]


@dataclass
class EventAccount:
    """Locks and lots of every order, kept from events alone as settlement keeps them."""

    locked: Counter[int] = field(default_factory=Counter)
    """Of open orders, by id."""
    total: dict[int, int] = field(default_factory=dict)
    """Lots the order is for; orders by quote amount name none and are not here."""
    gone: Counter[int] = field(default_factory=Counter)
    """Lots traded or prevented."""

    def placed(self, command: Command) -> None:
        if isinstance(command, Place) and not command.value:
            self.total[command.order_id] = command.lots
        elif isinstance(command, PlaceOco):
            self.total[command.order_id] = self.total[command.stop_order_id] = command.lots

    def take(self, event: Event) -> None:
        match event:
            case OrderOpened():
                self.locked[event.order_id] += event.locked
                self.holds_together(event.order_id, event.lots)
            case OrderWaiting():
                self.locked[event.order_id] += event.locked
            case OrderTriggered():
                self.release_all(event.order_id, event.released)
            case Traded():
                maker_buys = event.taker_side == Side.SELL
                self.locked[event.maker_order_id] -= event.ticks * event.lots if maker_buys else event.lots
                self.gone[event.maker_order_id] += event.lots
                self.gone[event.taker_order_id] += event.lots
                self.holds_together(event.maker_order_id, event.maker_remaining_lots)
            case AuctionTraded():
                self.locked[event.buy_order_id] -= event.ticks * event.lots + event.released
                self.locked[event.sell_order_id] -= event.lots
                self.gone[event.buy_order_id] += event.lots
                self.gone[event.sell_order_id] += event.lots
                self.holds_together(event.buy_order_id, event.buy_remaining_lots)
                self.holds_together(event.sell_order_id, event.sell_remaining_lots)
            case SelfTradeReduced():
                self.locked[event.maker_order_id] -= event.released
                self.gone[event.maker_order_id] += event.lots
                self.gone[event.taker_order_id] += event.lots
                self.holds_together(event.maker_order_id, event.maker_remaining_lots)
                self.holds_together(event.taker_order_id, event.taker_remaining_lots)
            case OrderAmended():
                self.total[event.order_id] = event.total_lots
                self.holds_together(event.order_id, event.lots)
                if event.keeps_place:
                    self.locked[event.order_id] -= event.released
                else:
                    self.release_all(event.order_id, event.released)
            case OrderClosed():
                self.holds_together(event.order_id, event.lots)
                self.release_all(event.order_id, event.released)
        assert all(locked >= 0 for locked in self.locked.values())

    def release_all(self, order_id: int, released: int) -> None:
        """An order that rests and waits no more leaves nothing locked."""
        assert self.locked.pop(order_id, 0) == released

    def holds_together(self, order_id: int, left: int) -> None:
        """What the order is for = traded + prevented + what is left of it."""
        if order_id in self.total:
            assert self.gone[order_id] + left == self.total[order_id]

    def check_against(self, book: NaiveBook) -> None:
        """What is locked is what the open orders need."""
        needs = {order.place.order_id: need_of(order) for order in book.orders}
        for order in book.orders:
            if order.waits and order.partner:
                order_id = order.place.order_id
                needs[order_id] = max(needs[order_id] - needs[order.partner], 0)
        assert self.locked == needs


def need_of(order: NaiveOrder) -> int:
    place = order.place
    if place.side == Side.SELL:
        return order.left
    if order.waits and place.order_type in MARKET_TYPES:
        return place.value or order.protection * place.lots
    return place.ticks * order.left
