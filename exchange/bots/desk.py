"""What one account has open and what it holds, as far as the exchange has told.

Answers to commands and events of the private stream tell the same things in no fixed order, so everything here may be
told twice, and an order that has ended once stays ended.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

LIVE = frozenset({"PENDING", "OPEN", "PARTIAL"})
_ENDED_REMEMBERED = 5_000


@dataclass(slots=True)
class OpenOrder:
    """An order that rests, or is about to. `remaining` in base units."""

    order_id: str
    symbol: str
    side: str
    price: Decimal
    remaining: Decimal


class Desk:
    """The state of one account."""

    def __init__(self) -> None:
        self._orders: dict[str, OpenOrder] = {}
        self._ended: OrderedDict[str, None] = OrderedDict()
        self._balances: dict[str, tuple[int, Decimal]] = {}
        self.is_known = False
        """Whether a snapshot was told since the connection was lost last."""

    def orders_of(self, symbol: str) -> list[OpenOrder]:
        return [order for order in self._orders.values() if order.symbol == symbol]

    def total_of(self, asset: str) -> Decimal | None:
        """What the account holds, locked or not; None before it was told."""
        known = self._balances.get(asset)
        return known[1] if known is not None else None

    def learn_snapshot(self, orders: Iterable[Mapping[str, Any]], balances: Iterable[Mapping[str, Any]]) -> None:
        """Replace everything."""
        self._orders.clear()
        self._balances.clear()
        for order in orders:
            self.learn_order(order)
        self.learn_balances(balances)
        self.is_known = True

    def learn_event(self, event: Mapping[str, Any]) -> None:
        """One event of the private stream."""
        kind = event["event"]
        if kind == "order":
            self.learn_order(event["order"])
        elif kind == "fill":
            if Decimal(event["remaining_quantity"]):
                self._learn_remaining(event["order_id"], Decimal(event["remaining_quantity"]))
            else:
                self.end(event["order_id"])
        elif kind == "closed":
            self.end(event["order_id"])
        self.learn_balances(event.get("balances", ()))

    def learn_order(self, order: Mapping[str, Any]) -> None:
        """An order as REST shows it."""
        order_id = order["id"]
        if order["status"] not in LIVE or order["price"] is None:
            self.end(order_id)
        elif order_id not in self._ended and order_id not in self._orders:
            remaining = Decimal(order["quantity"]) - Decimal(order["filled_quantity"])
            self._orders[order_id] = OpenOrder(
                order_id, order["symbol"], order["side"], Decimal(order["price"]), remaining
            )

    def learn_balances(self, balances: Iterable[Mapping[str, Any]]) -> None:
        """An older version than the known one is old news."""
        for balance in balances:
            known = self._balances.get(balance["asset"])
            if known is None or known[0] < balance["version"]:
                self._balances[balance["asset"]] = balance["version"], Decimal(balance["total"])

    def end(self, order_id: str) -> None:
        """The order rests no more; nothing that is told later brings it back."""
        self._orders.pop(order_id, None)
        self._ended[order_id] = None
        while len(self._ended) > _ENDED_REMEMBERED:
            self._ended.popitem(last=False)

    def _learn_remaining(self, order_id: str, remaining: Decimal) -> None:
        order = self._orders.get(order_id)
        if order is not None:
            order.remaining = min(order.remaining, remaining)
