"""A market's whole state written down, hashed, and built anew.

Invariants
    - `state_hash` is the hash of `snapshot`, so what a checkpoint forgets cannot hide. Only `rates` are left out of it:
      they can be counted anew from the command log, and those of a past window mean nothing;
    - a book built from its open orders, counters and `memory` has the `state_hash` of the one it was read from.

Complexity: O(open orders).
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from operator import itemgetter
from typing import Any, Final, Self

import orjson

from kernel.errors import invariant
from matching.engine.orders import Order, StopOrder
from matching.engine.state import HASH_BYTES, BookState, Plan, priority_of
from matching.engine.types import SELL, MarketRules, MarketState, Side
from matching.engine.window import PriceWindow

ENGINE_VERSION: Final = 2
"""Grows with every change after which the same commands could have other events or another `state_hash`."""


class WrittenState(BookState):
    """A state that can be taken down and put up again."""

    __slots__ = ()

    # --- writing --------------------------------------------------------------------------------------------

    def state_hash(self) -> bytes:
        """32 bytes over everything the future depends on but `rates`. Equal books answer all commands alike."""
        snapshot = self.snapshot()
        del snapshot["rates"]
        return blake2b(orjson.dumps(snapshot), digest_size=32).digest()

    def memory(self) -> dict[str, Any]:
        """What is neither an open order nor a counter, as JSON; `load_memory` takes it back."""
        plan = self.plan
        return {
            "static_ticks": plan.static_ticks,
            "until_us": plan.until_us,
            "activations": list(plan.activations),
            "countdowns": sorted([account_id, moment] for account_id, moment in self.countdowns.items()),
            "window": self.window.to_json(),
        }

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
            "memory": self.memory(),
            "bids": [order.fields() for order in self.bids],
            "asks": [order.fields() for order in self.asks],
            "stops": [stop.fields() for stop in sorted(self.stops.values(), key=priority_of)],
            "rates": [self.rate_window, sorted([account_id, count] for account_id, count in self.rates.items())],
        }

    # --- reading --------------------------------------------------------------------------------------------

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
        book.load_stops(snapshot["stops"])
        book.set_counters(
            last_ticks=snapshot["last_ticks"],
            last_trade_number=snapshot["last_trade_number"],
            last_priority=snapshot["last_priority"],
            event_hash=bytes.fromhex(snapshot["event_hash"]),
        )
        book.load_memory(snapshot["memory"])
        window, rates = snapshot["rates"]
        book.load_rates(window, dict(rates))
        return book

    def load_orders(self, rows: Iterable[Sequence[int]]) -> None:
        """Put many resting orders into the book, in any order: much faster than one by one.

        A row is `Order.fields()`.
        """
        by_time = sorted(rows, key=itemgetter(5))
        for side in Side:
            rows_of_side = [row for row in by_time if row[2] == side]
            # Worst price first: every new level is the best one so far and goes to the end of the ladder.
            rows_of_side.sort(key=itemgetter(3), reverse=side is SELL)
            for row in rows_of_side:
                self._load(Order.of_fields(row))

    def _load(self, order: Order) -> None:
        """Not journalled: a book that is being built has nothing to go back to."""
        invariant(order.order_id not in self.orders, "an order rests once", order=order.order_id)
        self._ladder_of(order.side).append(order)
        self._index(order)
        before = order.before
        invariant(before is None or before.priority < order.priority, "a queue is loaded oldest order first")
        self.last_priority = max(self.last_priority, order.priority)
        if order.good_till_us:
            self._expire_later(order)

    def load_stops(self, rows: Iterable[Sequence[int]]) -> None:
        """Put waiting orders into the book, in any order. A row is `StopOrder.fields()`."""
        for row in rows:
            stop = StopOrder.of_fields(row)
            invariant(stop.order_id not in self.stops, "an order waits once", order=stop.order_id)
            self._index_stop(stop)
            self.last_priority = max(self.last_priority, stop.priority)
            if stop.good_till_us:
                self._expire_later(stop)

    def set_counters(self, *, last_ticks: int, last_trade_number: int, last_priority: int, event_hash: bytes) -> None:
        """What cannot be seen from the open orders; call it after they are loaded."""
        invariant(last_priority >= self.last_priority, "no open order is younger than the last priority")
        invariant(len(event_hash) == HASH_BYTES, "an event hash has its length")
        self.last_ticks = last_ticks
        self.last_trade_number = last_trade_number
        self.last_priority = last_priority
        self.event_hash = event_hash

    def load_memory(self, memory: Mapping[str, Any]) -> None:
        """Take over what `memory` gave; call it after the waiting orders are loaded. Empty: a market at its start."""
        if not memory:
            return
        self.plan = Plan(
            memory["static_ticks"],
            memory["until_us"],
            tuple(memory["activations"]),
        )
        for account_id, moment_us in memory["countdowns"]:
            self._set_countdown_of(account_id, moment_us)
        self.window = PriceWindow.from_json(memory["window"])
        for order_id in self.plan.activations:
            stop = self.stops.get(order_id)
            if stop is not None:
                stop.is_triggered = True
        self._wake_us = 0

    def load_rates(self, window: int, rates: Mapping[int, int]) -> None:
        """How many orders each account has had in that window of `RATE_WINDOW_US`."""
        self.rate_window = window
        for account_id, rate in rates.items():
            account = self.accounts[account_id]
            account.rate_window, account.rate = window, rate
