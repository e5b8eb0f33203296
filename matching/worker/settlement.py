"""What the events of a batch mean for money, orders, trades and people.

`Settlement` applies the commands of a batch to the books, in order, and collects all rows the commit will need. It
reads no database and writes none; run twice on equal books and balances it collects the same rows. Whoever calls it
takes the books back (`Book.undo`) when the rows are not committed.

Money of a trade: the buyer pays `ticks x lots` in quote and receives lots of base less a fee in base; the seller the
other way round. A resting order's spend is in `locked` since it was opened, at its own price, which is also the price
of the trade, so nothing is left over in `locked` when it ends.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from kernel.ids import IdAllocator
from kernel.units import fee_atoms
from ledger.models import EntryKind
from matching.engine.commands import Place
from matching.engine.events import (
    CancelRejected,
    Event,
    OrderClosed,
    OrderOpened,
    OrderRejected,
    RulesChanged,
    RulesRejected,
    StateChanged,
    Traded,
)
from matching.engine.types import Side
from matching.models import OrderStatus
from matching.rules import LoggedRules
from matching.worker.markets import LiveMarket
from matching.worker.translation import Facts, LoggedCommand, to_engine
from matching.worker.working_copy import LockedBalance, WorkingBalance, WorkingCopy

_BUY = Side.BUY
_STATUS_OF_CLOSING = {
    "FILLED": int(OrderStatus.FILLED),
    "CANCELLED": int(OrderStatus.CANCELLED),
    "EXPIRED": int(OrderStatus.EXPIRED),
}
_OPEN, _PARTIAL, _REJECTED = int(OrderStatus.OPEN), int(OrderStatus.PARTIAL), int(OrderStatus.REJECTED)


@dataclass(slots=True)
class OrderChange:
    """What a batch does to one order. `place` is set where the batch also brought the order into being."""

    market: LiveMarket
    account_id: int
    place: Place | None = None
    client_order_id: str | None = None
    filled_lots: int = 0
    filled_value: int = 0
    status: int = 0
    reason: str = ""
    priority: int | None = None


class TradeRow(NamedTuple):
    """A trade with its fees in atoms."""

    trade_id: int
    market: LiveMarket
    traded: Traded
    maker_fee: int
    taker_fee: int


class OutcomeRow(NamedTuple):
    """What became of a command, and the inputs that came from outside the log."""

    command_id: int
    code: str | None
    refusal: str | None
    lockable: bool | None
    maker_ppm: int
    taker_ppm: int


class UserEventRow(NamedTuple):
    """Something to tell an account. `payload` is JSON-able, in ticks, lots, tick-lots and atoms.

    order    what became of a new order, with its fills as a taker
    fill     a resting order met a taker
    closed   an order ended without a trade

    The last event of an account in a batch also has `balances`: what the batch changed for it, as it is at the end of
    the batch: asset, available, locked, version.
    """

    account_id: int
    command_id: int
    payload: dict[str, object]


@dataclass(slots=True)
class Collected:
    """All rows of a batch but balances and journal, which are in the working copy."""

    outcomes: list[OutcomeRow] = field(default_factory=list)
    orders: dict[int, OrderChange] = field(default_factory=dict)
    trades: list[TradeRow] = field(default_factory=list)
    user_events: list[UserEventRow] = field(default_factory=list)
    event_numbers: list[int] = field(default_factory=list)
    """Of each user event, set when it is written."""
    event_payloads: list[bytes] = field(default_factory=list)
    """Of each user event, as JSON."""
    answers: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    markets: dict[int, LiveMarket] = field(default_factory=dict)
    state_reasons: dict[int, str] = field(default_factory=dict)
    limits: dict[int, LoggedRules] = field(default_factory=dict)
    """Of each market whose rules changed, those in force at the end of the batch."""


class Settlement:
    """Applies one batch."""

    def __init__(
        self,
        *,
        markets: dict[int, LiveMarket],
        working_copy: WorkingCopy,
        fee_account_id: int,
        ids: IdAllocator,
        at_us: int,
    ) -> None:
        self.collected = Collected()
        self._markets = markets
        self._copy = working_copy
        self._fee_account_id = fee_account_id
        self._ids = ids
        self._at_us = at_us
        self._spends: WorkingBalance | None = None
        self._spend_factor = 1
        self._lockable: bool | None = None

    def apply(self, command: LoggedCommand, facts: Facts) -> None:
        """Run one command through its market's book and collect what came of it."""
        market = self._markets[command.market_id]
        self.collected.markets[market.market_id] = market
        self._lockable = None
        order = to_engine(command, facts)
        if isinstance(order, Place):
            self._prepare_funds(command, market)
            events = market.book.apply(order, self._at_us, self._ask_for_funds)
            self._copy.open_entry(command.command_id, EntryKind.ORDER)
            code = self._settle_place(command, order, events, market)
        else:
            events = market.book.apply(order, self._at_us, self._ask_for_funds)
            self._copy.open_entry(command.command_id, EntryKind.CANCEL)
            code = self._settle_other(command, events, market)
        self._copy.close_entry()
        self.collected.outcomes.append(
            OutcomeRow(command.command_id, code, facts.refusal, self._lockable, facts.maker_ppm, facts.taker_ppm)
        )

    # --- what the engine is told ---------------------------------------------------------------------------------

    def _prepare_funds(self, command: LoggedCommand, market: LiveMarket) -> None:
        """Note which balance the order would spend from, for the engine's question."""
        account_id = command.account_id or 0
        if command.side == _BUY:
            self._spends = self._copy.balance(account_id, market.quote_id)
            self._spend_factor = market.tick_lot_atoms
        else:
            self._spends = self._copy.balance(account_id, market.base_id)
            self._spend_factor = market.lot_atoms

    def _ask_for_funds(self, need: int) -> bool:
        """The engine's question: can the account of the command at hand lock that much?"""
        assert self._spends is not None
        self._lockable = self._spends.can_spend(need * self._spend_factor)
        return self._lockable

    # --- what came of it -----------------------------------------------------------------------------------------

    def _settle_place(
        self, command: LoggedCommand, place: Place, events: list[Event], market: LiveMarket
    ) -> str | None:
        order = OrderChange(market, place.account_id, place, command.client_order_id)
        self.collected.orders[place.order_id] = order
        fills: list[list[int | str]] = []
        code: str | None = None
        for event in events:
            if isinstance(event, Traded):
                fills.append(self._settle_trade(event, order, market))
            elif isinstance(event, OrderOpened):
                order.status = _PARTIAL if order.filled_lots else _OPEN
                order.priority = event.priority
                self._lock(event, market)
            elif isinstance(event, OrderClosed):
                if event.was_open:
                    self._close_maker(event)
                else:
                    order.status = _STATUS_OF_CLOSING[event.status]
                    order.reason = event.reason
            elif isinstance(event, OrderRejected):
                order.status = _REJECTED
                order.reason = code = event.code
        result: dict[str, object] = {
            "id": place.order_id,
            "status": order.status,
            "reason": order.reason,
            "filled_lots": order.filled_lots,
            "filled_value": order.filled_value,
            "fills": fills,
        }
        if command.reply_to:
            self._answer(command, {**result, "code": code, "applied_at_us": self._at_us})
        told = {
            "type": "order",
            "market": market.market_id,
            "side": command.side,
            "order_type": command.order_type,
            "time_in_force": command.time_in_force,
            "post_only": command.post_only,
            "ticks": command.ticks,
            "lots": command.lots,
            "value": command.value,
            "client_order_id": command.client_order_id,
            # Of the account's own request, so it may see it; what others are told of this command has none.
            "request_id": command.request_id,
            **result,
        }
        self.collected.user_events.append(UserEventRow(place.account_id, command.command_id, told))
        return code

    def _settle_trade(self, trade: Traded, taker: OrderChange, market: LiveMarket) -> list[int | str]:
        """Move the money of one trade; returns the taker's fill: trade id, ticks, lots, fee in atoms as text."""
        copy = self._copy
        base = trade.lots * market.lot_atoms
        value = trade.ticks * trade.lots
        quote = value * market.tick_lot_atoms
        taker_base = copy.balance(trade.taker_account_id, market.base_id)
        taker_quote = copy.balance(trade.taker_account_id, market.quote_id)
        maker_base = copy.balance(trade.maker_account_id, market.base_id)
        maker_quote = copy.balance(trade.maker_account_id, market.quote_id)
        fees_base = copy.balance(self._fee_account_id, market.base_id)
        fees_quote = copy.balance(self._fee_account_id, market.quote_id)
        if trade.taker_side == _BUY:
            taker_fee = fee_atoms(base, trade.taker_ppm)
            maker_fee = fee_atoms(quote, trade.maker_ppm)
            copy.move(taker_quote, -quote, 0)
            copy.move(taker_base, base - taker_fee, 0)
            copy.move(maker_base, 0, -base)
            copy.move(maker_quote, quote - maker_fee, 0)
            copy.move(fees_base, taker_fee, 0)
            copy.move(fees_quote, maker_fee, 0)
        else:
            taker_fee = fee_atoms(quote, trade.taker_ppm)
            maker_fee = fee_atoms(base, trade.maker_ppm)
            copy.move(taker_base, -base, 0)
            copy.move(taker_quote, quote - taker_fee, 0)
            copy.move(maker_quote, 0, -quote)
            copy.move(maker_base, base - maker_fee, 0)
            copy.move(fees_quote, taker_fee, 0)
            copy.move(fees_base, maker_fee, 0)
        (trade_id,) = self._ids.take(1, self._at_us // 1000)
        self.collected.trades.append(TradeRow(trade_id, market, trade, maker_fee, taker_fee))
        taker.filled_lots += trade.lots
        taker.filled_value += value
        maker = self._order(trade.maker_order_id, trade.maker_account_id, market)
        maker.filled_lots += trade.lots
        maker.filled_value += value
        maker.status = _PARTIAL
        self.collected.user_events.append(
            UserEventRow(
                trade.maker_account_id,
                trade.taker_order_id,
                {
                    "type": "fill",
                    "id": trade.maker_order_id,
                    "market": market.market_id,
                    "side": 3 - trade.taker_side,
                    "trade_id": trade_id,
                    "ticks": trade.ticks,
                    "lots": trade.lots,
                    "fee": str(maker_fee),
                    "remaining_lots": trade.maker_remaining_lots,
                },
            )
        )
        return [trade_id, trade.ticks, trade.lots, str(taker_fee)]

    def _lock(self, opened: OrderOpened, market: LiveMarket) -> None:
        balance, atoms = self._lock_of(opened.account_id, opened.side, opened.ticks, opened.lots, market)
        self._copy.move(balance, -atoms, atoms)

    def _lock_of(
        self, account_id: int, side: Side, ticks: int, lots: int, market: LiveMarket
    ) -> tuple[WorkingBalance, int]:
        """The balance a resting order locks from, and how many atoms so many lots need."""
        if side == _BUY:
            return self._copy.balance(account_id, market.quote_id), ticks * lots * market.tick_lot_atoms
        return self._copy.balance(account_id, market.base_id), lots * market.lot_atoms

    def _close_maker(self, closed: OrderClosed) -> None:
        """A resting order was filled to its end by the command at hand; its lock is already spent."""
        order = self.collected.orders[closed.order_id]
        order.status = _STATUS_OF_CLOSING[closed.status]
        order.reason = closed.reason

    def _settle_other(self, command: LoggedCommand, events: list[Event], market: LiveMarket) -> str | None:
        """Cancels, and changes of state and rules."""
        code: str | None = None
        cancelled: list[str] = []
        for event in events:
            if isinstance(event, OrderClosed):
                balance, atoms = self._lock_of(event.account_id, event.side, event.ticks, event.lots, market)
                self._copy.move(balance, atoms, -atoms)
                order = self._order(event.order_id, event.account_id, market)
                order.status = _STATUS_OF_CLOSING[event.status]
                order.reason = event.reason
                cancelled.append(str(event.order_id))
                self.collected.user_events.append(
                    UserEventRow(
                        event.account_id,
                        command.command_id,
                        {
                            "type": "closed",
                            "id": event.order_id,
                            "market": market.market_id,
                            "side": int(event.side),
                            "status": order.status,
                            "reason": event.reason,
                            "unfilled_lots": event.lots,
                        },
                    )
                )
            elif isinstance(event, CancelRejected):
                code = event.code
            elif isinstance(event, StateChanged):
                self.collected.state_reasons[market.market_id] = event.reason
            elif isinstance(event, RulesChanged):
                self.collected.limits[market.market_id] = LoggedRules.read(command.rules)
            elif isinstance(event, RulesRejected):
                code = event.code
        if command.reply_to:
            self._answer(
                command,
                {"id": command.command_id, "code": code, "applied_at_us": self._at_us, "cancelled": cancelled},
            )
        return code

    def _order(self, order_id: int, account_id: int, market: LiveMarket) -> OrderChange:
        order = self.collected.orders.get(order_id)
        if order is None:
            order = self.collected.orders[order_id] = OrderChange(market, account_id)
        return order

    def _answer(self, command: LoggedCommand, answer: dict[str, object]) -> None:
        self.collected.answers.setdefault(command.reply_to, []).append(answer)


def add_balances(
    user_events: list[UserEventRow], touched: Iterable[WorkingBalance], locked: dict[int, LockedBalance]
) -> None:
    """Tell each account with its last event of the batch what became of the balances that changed."""
    last_event = {event.account_id: event.payload for event in user_events}
    changed: defaultdict[int, list[tuple[int, str, str, int]]] = defaultdict(list)
    for balance in touched:
        if balance.account_id in last_event and (balance.available_delta or balance.locked_delta):
            before = locked[balance.balance_id]
            changed[balance.account_id].append(
                (
                    balance.asset_id,
                    str(before.available + balance.available_delta),
                    str(before.locked + balance.locked_delta),
                    before.version + 1,
                )
            )
    for account_id, balances in changed.items():
        last_event[account_id]["balances"] = balances
