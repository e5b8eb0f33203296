"""The book looked at from outside: does everything it keeps twice agree, and is anything impossible?

Slow and complete where the engine is fast. Run after every command in tests, after a rebuild, and now and
then by the worker: O(open orders).
"""

from itertools import pairwise
from typing import TYPE_CHECKING

from kernel.errors import invariant
from matching.engine.ladder import Ladder, Order, PriceLevel
from matching.engine.types import Side
from risk.core.pretrade import EXACT_LIMIT

if TYPE_CHECKING:
    from matching.engine.state import BookState


def check_invariants(book: "BookState") -> None:
    """Raise InvariantViolated at the first thing that cannot be."""
    resting = _check_ladder(book.bids, Side.BUY) + _check_ladder(book.asks, Side.SELL)
    by_id = {order.order_id: order for order in resting}
    invariant(len(by_id) == len(resting), "no order rests twice")
    invariant(len({order.priority for order in resting}) == len(resting), "no priority is given twice")
    invariant(all(order.priority <= book.last_priority for order in resting), "priorities have been given")
    invariant(book.orders == by_id, "the index by id has exactly the resting orders")
    by_account: dict[int, dict[int, Order]] = {}
    for order in resting:
        by_account.setdefault(order.account_id, {})[order.order_id] = order
    indexed = {account_id: orders for account_id, orders in book.orders_by_account.items() if orders}
    invariant(indexed == by_account, "the index by account has exactly the resting orders")
    bid, ask = book.bids.best, book.asks.best
    invariant(bid is None or ask is None or bid.ticks < ask.ticks, "the book is not crossed")


def _check_ladder(ladder: Ladder, side: Side) -> list[Order]:
    ranks = ladder.ranks
    invariant(all(worse < better for worse, better in pairwise(ranks)), "ranks ascend")
    invariant(set(ranks) == set(ladder.levels), "the ranks name exactly the levels")
    invariant(ladder.best is (ladder.levels[ranks[-1]] if ranks else None), "the best level is the last one")
    orders: list[Order] = []
    for rank in ranks:
        level = ladder.levels[rank]
        invariant(level.rank == rank == ladder.sign * level.ticks, "a level stands at its rank")
        orders += _check_level(level, side)
    return orders


def _check_level(level: PriceLevel, side: Side) -> list[Order]:
    orders = list(level)
    invariant(orders, "no level is empty")
    invariant(level.lots == sum(order.lots for order in orders), "a level counts its lots")
    invariant(level.first is orders[0] and level.last is orders[-1], "a level knows its ends")
    before: Order | None = None
    for order in orders:
        invariant(order.level is level and order.before is before, "orders are linked both ways")
        invariant(before is None or before.priority < order.priority, "priorities ascend in a queue")
        invariant(order.side == side and order.ticks == level.ticks, "an order rests where it belongs")
        invariant(0 < order.lots < EXACT_LIMIT, "a resting order has lots left")
        before = order
    return orders
