"""The state of one market: open orders, counters, and the journal that can take everything back.

Here is what all others work on: keeping and finding orders, time, undo, depth. Writing all of it down and building it
anew is in snapshots.py; how orders meet, act and come in is in trading.py, matcher.py, entrance.py and book.py, each a
class on top of the one before.

Layout
    bids, asks          a `Ladder` each (ladder.py): price levels, and a queue of orders in each
    orders, stops       order id -> resting order, order id -> waiting order
    accounts            account id -> its resting and waiting orders, and how many it has sent in this 10-second window
    triggers            which waiting orders a price concerns (triggers.py)
    plan                what the market does by itself later: immutable, replaced at every change
    window              the prices the circuit breaker looks back on: immutable as well (window.py)
    countdowns          account id -> moment at which all its orders are cancelled
    _deadlines          heap of (moment, GOOD_TILL, order id) and (moment, COUNTDOWN, account id); entries that no
                        longer hold are skipped
    _journal            what was done since `forget_undo`, newest last, as (kind, ...) tuples: for every command the
                        counters as they stood before it, then the changes it caused. `undo` plays it backwards.
                        What seldom changes (state, rules, plan, window) is noted when it does.

Invariants (audit.py verifies them)
    - the book is not crossed while the market is TRADING;
    - ladders and indexes hold the same orders;
    - `undo(mark)` restores `state_hash` exactly: queues, counters, plans, market state, rules.

Complexity
    Find, rest, take out: O(1), plus opening or closing a level. Undo: as much as was done. Depth: O(levels
    asked for). Check: O(open orders).

Known limits
    One thread. An account that ever had an order here keeps an entry in `accounts`.
"""

from collections import defaultdict
from dataclasses import dataclass
from hashlib import blake2b
from heapq import heappop, heappush
from operator import attrgetter
from typing import Any, Final, Literal

from kernel.errors import InvariantViolated, invariant
from matching.engine import audit
from matching.engine.accounts import AccountOrders
from matching.engine.ladder import Ladder
from matching.engine.orders import OpenOrder, Order, StopOrder
from matching.engine.triggers import Triggers
from matching.engine.types import BUY, SELL, MarketRules, MarketState, Side
from matching.engine.window import PriceWindow

HASH_BYTES: Final = 16
NO_HASH: Final = bytes(HASH_BYTES)
HASHER: Final = blake2b(digest_size=HASH_BYTES)
"""Copied for each link of the chain over all events: that takes half the time in which one is made."""

NEVER: Final = 2**63
"""Later than any moment."""
RATE_WINDOW_US: Final = 10_000_000

# Kinds of entries in the undo journal.
COUNTERS: Final = 0
ADDED: Final = 1
REMOVED: Final = 2
REDUCED: Final = 3
RESIZED: Final = 4
UNLINKED: Final = 5
WAITED: Final = 6
LEFT: Final = 7
FIRED: Final = 8
TRAILED: Final = 9
COUNTED: Final = 10
RATED: Final = 11
PASSED: Final = 12
ARMED: Final = 13
PUT: Final = 14

GOOD_TILL: Final = 0
COUNTDOWN: Final = 1
"""What a deadline is of; at one moment the lower comes first."""

priority_of: Final = attrgetter("priority")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the market does by itself later."""

    static_ticks: int
    """Reference of the static price band; 0 = none."""
    until_us: int = 0
    """When the present market state ends by itself; 0 = not by itself."""
    activations: tuple[int, ...] = ()
    """Ids of triggered orders that are still to act, first one first; some may be cancelled by now."""

    def with_activations(self, activations: tuple[int, ...]) -> "Plan":
        return Plan(self.static_ticks, self.until_us, activations)


class BookState:
    """One market's open orders and counters.

    Read `last_ticks` (price of the last trade, 0 = none yet), `last_trade_number`, `last_priority`, `state`,
    `rules` and `event_hash` (a chain over the events of all commands so far) freely; change them through
    methods only.
    """

    __slots__ = (
        "_deadlines",
        "_journal",
        "_wake_us",
        "accounts",
        "asks",
        "bids",
        "countdowns",
        "event_hash",
        "last_priority",
        "last_ticks",
        "last_trade_number",
        "market_id",
        "orders",
        "plan",
        "rate_window",
        "rules",
        "state",
        "stops",
        "triggers",
        "window",
    )

    def __init__(self, market_id: int, rules: MarketRules, state: MarketState = MarketState.TRADING) -> None:
        self.market_id = market_id
        self.rules = rules
        self.state = state
        self.last_ticks = 0
        self.last_trade_number = 0
        self.last_priority = 0
        self.event_hash = NO_HASH
        self.bids = Ladder(BUY)
        self.asks = Ladder(SELL)
        self.orders: dict[int, Order] = {}
        self.stops: dict[int, StopOrder] = {}
        self.accounts: defaultdict[int, AccountOrders] = defaultdict(AccountOrders)
        self.triggers = Triggers(self.stops)
        self.plan = Plan(rules.initial_ticks)
        self.window = PriceWindow.starting_at(0)
        self.rate_window = 0
        self.countdowns: dict[int, int] = {}
        self._deadlines: list[tuple[int, int, int]] = []
        self._wake_us = NEVER
        """Nothing is due before this moment."""
        self._journal: list[tuple[Any, ...]] = []

    # --- resting orders -------------------------------------------------------------------------------------

    def _add(self, order: Order, ladder: Ladder) -> None:
        order_id = order.order_id
        if order_id in self.orders:
            raise InvariantViolated("an order rests once")
        ladder.append(order)
        self.orders[order_id] = self.accounts[order.account_id].resting[order_id] = order
        self._journal.append((ADDED, order))

    def _remove(self, order: Order, ladder: Ladder) -> None:
        ladder.remove(order)
        del self.orders[order.order_id]
        del self.accounts[order.account_id].resting[order.order_id]
        self._journal.append((REMOVED, order))

    def _reduce(self, order: Order, ladder: Ladder, lots: int) -> None:
        """So many of the visible lots leave the order for good."""
        ladder.change_lots(order, -lots)
        order.filled_lots += lots
        self._journal.append((REDUCED, order, lots))

    def _resize(self, order: Order, lots: int, hidden_lots: int) -> None:
        """Show and hide other quantities, in place."""
        self._journal.append((RESIZED, order, order.lots, order.hidden_lots))
        self._ladder_of(order.side).change_lots(order, lots - order.lots)
        order.hidden_lots = hidden_lots

    def _unlink(self, order: Order) -> None:
        """The order stands alone from now on: the other leg of its OCO is gone."""
        self._journal.append((UNLINKED, order, order.other_leg))
        order.other_leg = 0

    def _index(self, order: Order) -> None:
        order_id = order.order_id
        self.orders[order_id] = self.accounts[order.account_id].resting[order_id] = order

    def _ladder_of(self, side: Side) -> Ladder:
        return self.bids if side is BUY else self.asks

    # --- what seldom changes ---------------------------------------------------------------------------------

    def _put(self, name: Literal["state", "rules", "plan", "window"], value: Any) -> None:
        """Put another object in the place of one of the immutable parts."""
        self._journal.append((PUT, name, getattr(self, name)))
        setattr(self, name, value)

    # --- waiting orders -------------------------------------------------------------------------------------

    def _wait(self, stop: StopOrder) -> None:
        invariant(stop.order_id not in self.stops, "an order waits once", order=stop.order_id)
        self._index_stop(stop)
        self._journal.append((WAITED, stop))

    def _leave(self, stop: StopOrder) -> None:
        self._unindex_stop(stop)
        self._journal.append((LEFT, stop))

    def _fire(self, stop: StopOrder) -> None:
        """The order has met its price; it still waits, for its turn."""
        stop.is_triggered = True
        self._journal.append((FIRED, stop))

    def _trail(self, stop: StopOrder, extreme_ticks: int, trigger_ticks: int) -> None:
        self._journal.append((TRAILED, stop, stop.extreme_ticks, stop.trigger_ticks))
        self._set_trail(stop, extreme_ticks, trigger_ticks)

    def _set_trail(self, stop: StopOrder, extreme_ticks: int, trigger_ticks: int) -> None:
        stop.extreme_ticks = extreme_ticks
        stop.trigger_ticks = trigger_ticks
        self.triggers.enter(stop)

    def _index_stop(self, stop: StopOrder) -> None:
        self.stops[stop.order_id] = stop
        self.accounts[stop.account_id].waiting[stop.order_id] = stop
        if not stop.is_triggered:
            self.triggers.enter(stop)

    def _unindex_stop(self, stop: StopOrder) -> None:
        del self.stops[stop.order_id]
        del self.accounts[stop.account_id].waiting[stop.order_id]

    # --- time and rates -------------------------------------------------------------------------------------

    def _expect(self, moment_us: int) -> None:
        """Something is due then."""
        self._wake_us = min(self._wake_us, moment_us)

    def _expire_later(self, order: OpenOrder) -> None:
        heappush(self._deadlines, (order.good_till_us, GOOD_TILL, order.order_id))
        self._expect(order.good_till_us)

    def _arm(self, account_id: int, deadline_us: int) -> None:
        """Begin the account's countdown anew; 0 ends it."""
        self._journal.append((ARMED, account_id, self.countdowns.get(account_id, 0)))
        self._set_countdown_of(account_id, deadline_us)

    def _set_countdown_of(self, account_id: int, deadline_us: int) -> None:
        if deadline_us:
            self.countdowns[account_id] = deadline_us
            heappush(self._deadlines, (deadline_us, COUNTDOWN, account_id))
            self._expect(deadline_us)
        else:
            self.countdowns.pop(account_id, None)

    def _next_deadline(self) -> tuple[int, int, int]:
        """The next moment that concerns an order or an account: moment, kind, id."""
        deadlines = self._deadlines
        while deadlines:
            moment_us, kind, subject_id = deadlines[0]
            if kind == COUNTDOWN:
                holds = self.countdowns.get(subject_id) == moment_us
            else:
                order = self.open_order(subject_id)
                holds = order is not None and order.good_till_us == moment_us
            if holds:
                return deadlines[0]
            self._pass_deadline()
        return NEVER, COUNTDOWN, 0

    def _pass_deadline(self) -> None:
        """The next deadline has been met, or does not hold any more."""
        self._journal.append((PASSED, heappop(self._deadlines)))

    def next_deadline_us(self) -> int:
        """When time alone will change something here: microseconds since the Unix epoch, 0 = never.

        A moment long past means: at once.
        """
        if self.plan.activations and self.state == MarketState.TRADING:
            return 1
        moment = min(self._next_deadline()[0], self.plan.until_us or NEVER)
        self._wake_us = moment
        return 0 if moment == NEVER else moment

    def _begin_rate_window(self, account: AccountOrders, window: int) -> None:
        self._journal.append((RATED, account, account.rate_window, account.rate, self.rate_window))
        account.rate_window = self.rate_window = window
        account.rate = 0

    @property
    def rates(self) -> dict[int, int]:
        """How many orders each account has sent in `rate_window`; accounts without any are left out."""
        window = self.rate_window
        return {
            account_id: account.rate
            for account_id, account in self.accounts.items()
            if account.rate_window == window and account.rate
        }

    # --- undo -----------------------------------------------------------------------------------------------

    def mark(self) -> int:
        """Where the undo journal stands between two commands. Worth nothing after `forget_undo`."""
        return len(self._journal)

    def _save(self) -> int:
        """Note the counters, and where `undo` finds them: a place to which a command can come back."""
        mark = len(self._journal)
        self._journal.append((COUNTERS, self.last_ticks, self.last_trade_number, self.last_priority, self.event_hash))
        return mark

    def undo(self, mark: int) -> None:
        """Take back everything since `mark`; the state is then exactly what it was, `state_hash` included.

        Touched levels stay touched, those of the undone commands and those of the undoing.
        """
        journal = self._journal
        invariant(0 <= mark <= len(journal), "an undo mark lies within the journal", mark=mark)
        while len(journal) > mark:
            self._undo_entry(*journal.pop())

    def _undo_entry(self, kind: int, subject: Any, *before: Any) -> None:
        if kind == COUNTERS:
            self.last_ticks = subject
            self.last_trade_number, self.last_priority, self.event_hash = before
        elif kind == ADDED:
            self._ladder_of(subject.side).remove(subject)
            del self.orders[subject.order_id]
            del self.accounts[subject.account_id].resting[subject.order_id]
        elif kind == REMOVED:
            self._ladder_of(subject.side).put_back(subject)
            self._index(subject)
        elif kind == REDUCED:
            self._ladder_of(subject.side).change_lots(subject, before[0])
            subject.filled_lots -= before[0]
        elif kind == COUNTED:
            subject.rate -= 1
        else:
            self._undo_rare(kind, subject, *before)

    def _undo_rare(self, kind: int, subject: Any, *before: Any) -> None:
        if kind == PUT:
            setattr(self, subject, before[0])
            self._wake_us = 0
        elif kind == RESIZED:
            lots, subject.hidden_lots = before
            self._ladder_of(subject.side).change_lots(subject, lots - subject.lots)
        elif kind == UNLINKED:
            (subject.other_leg,) = before
        elif kind == WAITED:
            self._unindex_stop(subject)
        elif kind == LEFT:
            self._index_stop(subject)
        elif kind == FIRED:
            subject.is_triggered = False
            self.triggers.enter(subject)
        elif kind == TRAILED:
            self._set_trail(subject, *before)
        elif kind == ARMED:
            self._set_countdown_of(subject, before[0])
        elif kind == RATED:
            subject.rate_window, subject.rate, self.rate_window = before
        else:
            invariant(kind == PASSED, "every kind of change can be undone", kind=kind)
            heappush(self._deadlines, subject)
            self._expect(subject[0])

    def forget_undo(self) -> None:
        """What was done is final: the journal is emptied and all marks are void."""
        self._journal.clear()

    # --- reading --------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """How many orders rest in the book."""
        return len(self.orders)

    def order(self, order_id: int) -> Order | None:
        """The resting order of that id; read only."""
        return self.orders.get(order_id)

    def open_order(self, order_id: int) -> OpenOrder | None:
        """The resting or waiting order of that id; read only."""
        return self.orders.get(order_id) or self.stops.get(order_id)

    def open_orders(self, account_id: int) -> list[OpenOrder]:
        """The account's resting and waiting orders, oldest priority first; read only."""
        account = self.accounts.get(account_id)
        return sorted((*account.resting.values(), *account.waiting.values()), key=priority_of) if account else []

    def depth(self, limit: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Bids and asks, best price first, at most `limit` levels each, as (ticks, visible lots)."""
        return self.bids.depth(limit), self.asks.depth(limit)

    def level_lots(self, side: Side, ticks: int) -> int:
        """Visible lots resting at that price; 0 where there is no level."""
        return self._ladder_of(side).lots_at(ticks)

    def drain_touched(self) -> set[tuple[Side, int]]:
        """Every (side, ticks) whose lots may have changed since the last call; a few of them may not have."""
        touched = {(BUY, ticks) for ticks in self.bids.touched}
        touched.update((SELL, ticks) for ticks in self.asks.touched)
        self.bids.touched.clear()
        self.asks.touched.clear()
        return touched

    def check_invariants(self) -> None:
        """Raise InvariantViolated where the book contradicts itself. O(open orders)."""
        audit.check_invariants(self)
