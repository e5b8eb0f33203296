"""The book looked at from outside: does everything it keeps twice agree, and is anything impossible?

Slow and complete where the engine is fast. Run after every command in tests, after a rebuild, and now and
then by the worker: O(open orders).
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from kernel.errors import invariant
from matching.engine.ladder import Ladder, PriceLevel
from matching.engine.orders import OpenOrder, Order
from matching.engine.types import MarketState, Side
from risk.core.pretrade import EXACT_LIMIT

if TYPE_CHECKING:
    from matching.engine.state import BookState


def check_invariants(book: "BookState") -> None:
    """Raise InvariantViolated at the first thing that cannot be."""
    resting = _check_ladder(book.bids, Side.BUY) + _check_ladder(book.asks, Side.SELL)
    by_id = {order.order_id: order for order in resting}
    invariant(len(by_id) == len(resting), "no order rests twice")
    invariant(book.orders == by_id, "the index by id has exactly the resting orders")
    _check_accounts({number: account.resting for number, account in book.accounts.items()}, resting)
    _check_accounts({number: account.waiting for number, account in book.accounts.items()}, book.stops.values())
    everything: list[OpenOrder] = [*resting, *book.stops.values()]
    invariant(not book.stops.keys() & by_id.keys(), "no order rests and waits")
    invariant(len({order.priority for order in everything}) == len(everything), "no priority is given twice")
    invariant(all(order.priority <= book.last_priority for order in everything), "priorities have been given")
    _check_waiting(book)
    for order in everything:
        partner = book.open_order(order.other_leg) if order.other_leg else order
        invariant(
            partner is order or (partner is not None and partner.other_leg == order.order_id),
            "the legs of an OCO are open together",
            order=order.order_id,
        )
    bid, ask = book.bids.best, book.asks.best
    if book.state == MarketState.TRADING:
        invariant(bid is None or ask is None or bid.ticks < ask.ticks, "the book is not crossed")


def _check_accounts(index: Mapping[int, Mapping[int, OpenOrder]], orders: Iterable[OpenOrder]) -> None:
    by_account: dict[int, dict[int, OpenOrder]] = {}
    for order in orders:
        by_account.setdefault(order.account_id, {})[order.order_id] = order
    indexed = {account_id: of_account for account_id, of_account in index.items() if of_account}
    invariant(indexed == by_account, "the index by account has exactly the open orders")


def _check_waiting(book: "BookState") -> None:
    queued = [order_id for order_id in book.plan.activations if order_id in book.stops]
    invariant(len(set(queued)) == len(queued), "no order is triggered twice")
    triggered = {stop.order_id for stop in book.stops.values() if stop.is_triggered}
    invariant(triggered == set(queued), "what is triggered stands in the queue")
    for stop in book.stops.values():
        invariant(stop.is_triggered or book.triggers.watches(stop), "what waits is watched for")
        invariant(stop.locked >= 0 and (stop.locked or stop.other_leg), "a waiting order holds its funds")


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
    invariant(level.lots == sum(order.lots for order in orders), "a level counts its visible lots")
    invariant(level.first is orders[0] and level.last is orders[-1], "a level knows its ends")
    before: Order | None = None
    for order in orders:
        invariant(order.level is level and order.before is before, "orders are linked both ways")
        invariant(before is None or before.priority < order.priority, "priorities ascend in a queue")
        invariant(order.side == side and order.ticks == level.ticks, "an order rests where it belongs")
        invariant(0 < order.lots < EXACT_LIMIT, "a resting order has lots left")
        invariant(order.hidden_lots >= 0 and (order.display_lots or not order.hidden_lots), "icebergs alone hide")
        before = order
    return orders
