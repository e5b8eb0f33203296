"""What accounts are told of a batch, and what those who wait are answered.

A message about an order that acts says what the order asked for. Of an order that came in an earlier batch that stands
in its row only: such a message is collected as unfinished, and `finish` adds what the row says before it is written.
"""

from collections.abc import Iterable
from typing import NamedTuple

from matching.engine.types import SelfTradePrevention
from matching.models import OrderStatus
from matching.worker.logged_trades import LoggedTrade
from matching.worker.settlement.collected import Collected, OrderChange, OrderTerms, Unfinished, UserEventRow
from matching.worker.translation import LoggedCommand

_OPEN, _PARTIAL = int(OrderStatus.OPEN), int(OrderStatus.PARTIAL)

_FIRST_RARE = OrderTerms._fields.index("stp_mode")
_RARE = frozenset(OrderTerms._fields[_FIRST_RARE:])
_USUAL = (int(SelfTradePrevention.EXPIRE_TAKER), 0, 0, 0, 0, 0)
"""The rare terms of an order that has none; what is told of it does not mention them."""

Fill = list[int | str]
"""Trade id, ticks, lots, fee in atoms as text."""


class StoredOrder(NamedTuple):
    """An order's row as it was before the batch, in ticks, lots and tick-lots."""

    terms: OrderTerms
    status: int
    filled_lots: int
    filled_value: int
    prevented_lots: int
    is_waiting: bool
    visible_lots: int | None


class Teller:
    """Collects the messages of a batch."""

    __slots__ = ("_at_us", "_collected", "_told")

    def __init__(self, collected: Collected, at_us: int) -> None:
        self._collected = collected
        self._at_us = at_us
        self._told: dict[int, dict[str, object]] = {}
        """What the command at hand has told of orders that acted."""

    def begin_command(self) -> None:
        self._told = {}

    def order(
        self, order_id: int, order: OrderChange, fills: list[Fill], command: LoggedCommand, *, is_amended: bool
    ) -> None:
        """The order has acted: it is open, waiting or finished now."""
        result = self._result(order_id, order, fills)
        told: dict[str, object] = {"type": "order", "market": order.market.market_id, **result}
        # Of the account's own request, so it may see it; what others are told of this command has none.
        if command.account_id == order.account_id:
            told["request_id"] = command.request_id
        if is_amended:
            told["amended"] = True
        self._collected.user_events.append(UserEventRow(order.account_id, command.command_id, told))
        if order.terms is None:
            self._collected.unfinished.append(Unfinished(order_id, told))
        self._told[order_id] = result

    def event(self, account_id: int, command_id: int, payload: dict[str, object]) -> None:
        """Any other event."""
        self._collected.user_events.append(UserEventRow(account_id, command_id, payload))

    def busted(self, trade: LoggedTrade, market_id: int, command_id: int) -> None:
        """Both orders of a trade are told that it was undone; `fee` is what comes back of it."""
        for order_id, account_id, side, fee in (trade.maker, trade.taker):
            payload: dict[str, object] = {
                "type": "bust",
                "id": order_id,
                "market": market_id,
                "side": int(side),
                "trade_id": trade.trade_id,
                "ticks": trade.ticks,
                "lots": trade.lots,
                "fee": str(fee),
            }
            self.event(account_id, command_id, payload)

    def answer_order(self, command: LoggedCommand, order_id: int, order: OrderChange | None, code: str | None) -> None:
        """Tell who waits for a new or amended order how it stands, with the fills of this command.

        `order` is None where nothing happened to it.
        """
        answer: dict[str, object] = {"id": order_id, "code": code, "applied_at_us": self._at_us}
        if command.command_id != order_id:
            answer["command_id"] = command.command_id
        told = self._told.get(order_id)
        if told is not None:
            answer |= told
        elif order is not None:
            answer |= self._result(order_id, order, [])
        self._answer(command, answer)
        if code is None and (order is None or order.terms is None):
            self._collected.unfinished.append(Unfinished(order_id, answer))

    def answer_legs(self, command: LoggedCommand, legs: Iterable[tuple[int, OrderChange]], code: str | None) -> None:
        """Tell who waits for a pair of orders how both stand."""
        self._answer(
            command,
            {
                "id": command.command_id,
                "code": code,
                "applied_at_us": self._at_us,
                "legs": [
                    {"id": order_id, "status": order.status, "reason": order.reason, "waiting": bool(order.is_waiting)}
                    for order_id, order in legs
                ],
            },
        )

    def answer_cancel(self, command: LoggedCommand, cancelled: list[int], code: str | None) -> None:
        """Tell who waits which orders were cancelled."""
        self._answer(
            command,
            {
                "id": command.command_id,
                "code": code,
                "applied_at_us": self._at_us,
                "cancelled": [str(order_id) for order_id in cancelled],
            },
        )

    def answer_countdown(self, command: LoggedCommand, deadline_us: int, code: str | None) -> None:
        """Tell who waits when the account's orders will end."""
        self._answer(
            command,
            {"id": command.command_id, "code": code, "applied_at_us": self._at_us, "deadline_us": deadline_us},
        )

    def _answer(self, command: LoggedCommand, answer: dict[str, object]) -> None:
        self._collected.answers.setdefault(command.reply_to, []).append(answer)

    def _result(self, order_id: int, order: OrderChange, fills: list[Fill]) -> dict[str, object]:
        result: dict[str, object] = {
            "id": order_id,
            "status": order.status,
            "reason": order.reason,
            "filled_lots": order.filled_lots,
            "filled_value": order.filled_value,
            "fills": fills,
        }
        terms = order.terms
        if terms is None:
            result["prevented_lots"] = order.prevented_lots
            result["waiting"] = bool(order.is_waiting)
        else:
            result["side"] = terms.side
            result["order_type"] = terms.order_type
            result["time_in_force"] = terms.time_in_force
            result["post_only"] = terms.post_only
            result["ticks"] = terms.ticks
            result["lots"] = terms.lots
            result["value"] = terms.value
            result["client_order_id"] = terms.client_order_id
            if terms[_FIRST_RARE:] != _USUAL:
                result |= {name: value for name, value in terms._asdict().items() if name in _RARE and value}
                result["stp_mode"] = terms.stp_mode
            if order.prevented_lots:
                result["prevented_lots"] = order.prevented_lots
            if order.is_waiting:
                result["waiting"] = True
        if order.has_new_terms or order.is_waiting:
            result |= _changed_terms(order)
        return result


def _changed_terms(order: OrderChange) -> dict[str, object]:
    """What the batch itself knows of the order's terms, over what it asked for."""
    changed: dict[str, object] = {}
    if order.ticks is not None:
        changed["ticks"] = order.ticks
    if order.lots is not None:
        changed["lots"] = order.lots
    if order.trigger_ticks is not None:
        changed["trigger_ticks"] = order.trigger_ticks
    if order.protection_ticks is not None:
        changed["protection_ticks"] = order.protection_ticks
    if order.is_triggered:
        changed["triggered"] = True
    if order.visible_lots is not None and (order.terms is None or order.terms.display_lots):
        changed["visible_lots"] = order.visible_lots - order.visible_taken
    if order.protection_ticks:
        changed["protection_ticks"] = order.protection_ticks
    if order.is_triggered:
        changed["triggered"] = True
    return changed


def finish(message: dict[str, object], stored: StoredOrder) -> None:
    """Add to a message about an order of an earlier batch what its row says, and its fills of before the batch."""
    for name, value in stored.terms._asdict().items():
        message.setdefault(name, value)
    message.setdefault("visible_lots", stored.visible_lots or 0)
    for name, before in (
        ("filled_lots", stored.filled_lots),
        ("filled_value", stored.filled_value),
        ("prevented_lots", stored.prevented_lots),
    ):
        in_batch = message.get(name, 0)
        assert isinstance(in_batch, int)
        message[name] = in_batch + before
    message.setdefault("reason", "")
    message.setdefault("fills", [])
    message.setdefault("waiting", stored.is_waiting)
    status = message.get("status") or stored.status
    message["status"] = _PARTIAL if status == _OPEN and message["filled_lots"] else status
