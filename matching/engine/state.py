"""The state of one market: the resting orders, the counters, and the journal that can take everything back.

`Book` (book.py) adds the matching rules. Here is what they work on, and all that has nothing to do with
rules: finding orders, undo, depth, snapshots, rebuilding, hashing, checking.

Layout
    bids, asks          a `Ladder` each (ladder.py): price levels, and a queue of orders in each
    orders              order id -> resting order
    orders_by_account   account id -> its resting orders by id
    _journal            what was done since `forget_undo`, newest last: for every command the counters as
                        they stood before it, then the (order, change) pairs it caused. `undo` plays it
                        backwards.

Invariants (audit.py verifies them)
    - the book is never crossed: the best bid is below the best ask, in every market state;
    - ladders and indexes hold the same orders;
    - `undo(mark)` restores `state_hash` exactly: queues, counters, last price, market state, rules;
    - `state_hash` is the hash of `snapshot`, so what a checkpoint forgets cannot hide.

Complexity
    Find, rest, take out: O(1), plus opening or closing a level. Undo: as much as was done. Depth: O(levels
    asked for). Snapshot, hash, check: O(open orders).

Known limits
    One thread. An account that ever had an order here keeps an empty entry in `orders_by_account`.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from operator import attrgetter, itemgetter
from typing import Any, Self

import orjson

from kernel.errors import invariant
from matching.engine import audit
from matching.engine.ladder import Ladder, Order
from matching.engine.types import MarketRules, MarketState, Side

ENGINE_VERSION = 1
"""Grows with every change after which the same commands could have other events or another `state_hash`."""

BUY, SELL = Side.BUY, Side.SELL

HASH_BYTES = 16
NO_HASH = bytes(HASH_BYTES)

ADDED = 0
REMOVED = -1
"""Changes of an order in the undo journal; a positive number stands for that many lots traded away."""

Counters = tuple[MarketState, int, int, int, bytes, MarketRules]
"""state, last_ticks, last_trade_number, last_priority, event_hash, rules"""


priority_of = attrgetter("priority")


class BookState:
    """One market's resting orders and counters.

    Read `last_ticks` (price of the last trade, 0 = none yet), `last_trade_number`, `last_priority`, `state`,
    `rules` and `event_hash` (a chain over the events of all commands so far) freely; change them through
    methods only.
    """

    __slots__ = (
        "_journal",
        "asks",
        "bids",
        "event_hash",
        "last_priority",
        "last_ticks",
        "last_trade_number",
        "market_id",
        "orders",
        "orders_by_account",
        "rules",
        "state",
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
        self.orders_by_account: dict[int, dict[int, Order]] = {}
        self._journal: list[Counters | tuple[Order, int]] = []

    # --- changing -------------------------------------------------------------------------------------------

    def _add(self, order: Order, ladder: Ladder) -> None:
        invariant(order.order_id not in self.orders, "an order rests once", order=order.order_id)
        ladder.append(order)
        self._index(order)
        self._journal.append((order, ADDED))

    def _remove(self, order: Order, ladder: Ladder) -> None:
        ladder.remove(order)
        self._unindex(order)
        self._journal.append((order, REMOVED))

    def _reduce(self, order: Order, ladder: Ladder, lots: int) -> None:
        ladder.change_lots(order, -lots)
        self._journal.append((order, lots))

    def _index(self, order: Order) -> None:
        self.orders[order.order_id] = order
        orders = self.orders_by_account.get(order.account_id)
        if orders is None:
            orders = self.orders_by_account[order.account_id] = {}
        orders[order.order_id] = order

    def _unindex(self, order: Order) -> None:
        del self.orders[order.order_id]
        del self.orders_by_account[order.account_id][order.order_id]

    def _ladder_of(self, side: Side) -> Ladder:
        return self.bids if side == BUY else self.asks

    # --- undo -----------------------------------------------------------------------------------------------

    def mark(self) -> int:
        """Where the undo journal stands between two commands. Worth nothing after `forget_undo`."""
        return len(self._journal)

    def undo(self, mark: int) -> None:
        """Take back every command since `mark`; the state is then exactly what it was, `state_hash` included.

        Touched levels stay touched, those of the undone commands and those of the undoing.
        """
        journal = self._journal
        invariant(0 <= mark <= len(journal), "an undo mark lies within the journal", mark=mark)
        while len(journal) > mark:
            entry = journal.pop()
            if len(entry) == 2:
                self._undo_change(*entry)
            else:
                (
                    self.state,
                    self.last_ticks,
                    self.last_trade_number,
                    self.last_priority,
                    self.event_hash,
                    self.rules,
                ) = entry

    def _undo_change(self, order: Order, change: int) -> None:
        ladder = self._ladder_of(order.side)
        if change == ADDED:
            ladder.remove(order)
            self._unindex(order)
        elif change == REMOVED:
            ladder.put_back(order)
            self._index(order)
        else:
            ladder.change_lots(order, change)

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

    def open_orders(self, account_id: int) -> list[Order]:
        """The account's resting orders, oldest priority first; read only."""
        return sorted(self.orders_by_account.get(account_id, {}).values(), key=priority_of)

    def depth(self, limit: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        """Bids and asks, best price first, at most `limit` levels each, as (ticks, lots)."""
        return self.bids.depth(limit), self.asks.depth(limit)

    def level_lots(self, side: Side, ticks: int) -> int:
        """Lots resting at that price; 0 where there is no level."""
        return self._ladder_of(side).lots_at(ticks)

    def drain_touched(self) -> set[tuple[Side, int]]:
        """Every (side, ticks) whose lots may have changed since the last call; a few of them may not have."""
        touched = {(BUY, ticks) for ticks in self.bids.touched}
        touched.update((SELL, ticks) for ticks in self.asks.touched)
        self.bids.touched.clear()
        self.asks.touched.clear()
        return touched

    def state_hash(self) -> bytes:
        """32 bytes over everything the future depends on. Equal books answer all commands alike."""
        return blake2b(orjson.dumps(self.snapshot()), digest_size=32).digest()

    def check_invariants(self) -> None:
        """Raise InvariantViolated where the book contradicts itself. O(open orders)."""
        audit.check_invariants(self)

    # --- rebuilding -----------------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """Everything the future depends on, as JSON: integers, a string, and a list of integers an order."""
        return {
            "engine_version": ENGINE_VERSION,
            "rules_version": self.rules.version,
            "market_id": self.market_id,
            "state": int(self.state),
            "last_ticks": self.last_ticks,
            "last_trade_number": self.last_trade_number,
            "last_priority": self.last_priority,
            "event_hash": self.event_hash.hex(),
            "bids": [order.fields() for order in self.bids],
            "asks": [order.fields() for order in self.asks],
        }

    @classmethod
    def restore(cls, snapshot: Mapping[str, Any], rules: MarketRules) -> Self:
        """The book of which `snapshot` was taken, with an empty undo journal.

        Raises InvariantViolated where another engine or other rules made the snapshot.
        """
        invariant(snapshot["engine_version"] == ENGINE_VERSION, "the snapshot is of this engine version")
        invariant(snapshot["rules_version"] == rules.version, "the snapshot is of these market rules")
        book = cls(snapshot["market_id"], rules, MarketState(snapshot["state"]))
        book.load_orders(snapshot["bids"])
        book.load_orders(snapshot["asks"])
        book.set_counters(
            last_ticks=snapshot["last_ticks"],
            last_trade_number=snapshot["last_trade_number"],
            last_priority=snapshot["last_priority"],
            event_hash=bytes.fromhex(snapshot["event_hash"]),
        )
        return book

    def load_orders(self, rows: Iterable[Sequence[int]]) -> None:
        """Put many resting orders into the book, in any order: much faster than one by one.

        A row is (order_id, account_id, side, ticks, lots, priority, maker_ppm, stp_group), as `Order.fields`.
        """
        by_time = sorted(rows, key=itemgetter(5))
        for side in Side:
            rows_of_side = [row for row in by_time if row[2] == side]
            # Worst price first: every new level is the best one so far and goes to the end of the ladder.
            rows_of_side.sort(key=itemgetter(3), reverse=side == SELL)
            for order_id, account_id, _, ticks, lots, priority, maker_ppm, stp_group in rows_of_side:
                self._load(Order(order_id, account_id, side, ticks, lots, priority, maker_ppm, stp_group))

    def load_order(
        self,
        *,
        order_id: int,
        account_id: int,
        side: Side,
        ticks: int,
        lots: int,
        priority: int,
        maker_ppm: int,
        stp_group: int,
    ) -> None:
        """Put one resting order into the book; at its price it must be the youngest so far."""
        self._load(Order(order_id, account_id, side, ticks, lots, priority, maker_ppm, stp_group))

    def _load(self, order: Order) -> None:
        """Not journalled: a book that is being built has nothing to go back to."""
        invariant(order.order_id not in self.orders, "an order rests once", order=order.order_id)
        self._ladder_of(order.side).append(order)
        self._index(order)
        before = order.before
        invariant(before is None or before.priority < order.priority, "a queue is loaded oldest order first")
        self.last_priority = max(self.last_priority, order.priority)

    def set_counters(self, *, last_ticks: int, last_trade_number: int, last_priority: int, event_hash: bytes) -> None:
        """What cannot be seen from the open orders; call it after they are loaded."""
        invariant(last_priority >= self.last_priority, "no resting order is younger than the last priority")
        invariant(len(event_hash) == HASH_BYTES, "an event hash has its length")
        self.last_ticks = last_ticks
        self.last_trade_number = last_trade_number
        self.last_priority = last_priority
        self.event_hash = event_hash
