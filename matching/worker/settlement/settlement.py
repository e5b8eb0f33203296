"""Applies the commands of a batch to the books, in order, and answers those who wait."""

from kernel.ids import IdAllocator
from ledger.models import EntryKind
from matching.engine import codes
from matching.engine.events import AuctionTraded, Event, TradeBusted, Traded
from matching.engine.types import OrderType, Side, TimeInForce
from matching.models import PLACING_KINDS, CommandKind
from matching.worker.logged_trades import LoggedTrade
from matching.worker.markets import LiveMarket
from matching.worker.settlement.admission import position_refusal
from matching.worker.settlement.collected import BustRow, OrderChange, OrderTerms, OutcomeRow
from matching.worker.settlement.event_reader import EventReader
from matching.worker.settlement.money import Money
from matching.worker.translation import Facts, LoggedCommand, to_engine
from matching.worker.working_copy import WorkingBalance, WorkingCopy
from risk.core.codes import INSUFFICIENT_BALANCE

_BUY = Side.BUY
_PLACE, _PLACE_OCO, _AMEND = int(CommandKind.PLACE), int(CommandKind.PLACE_OCO), int(CommandKind.AMEND)
_SET_COUNTDOWN = int(CommandKind.SET_COUNTDOWN)
_PLACING = frozenset(map(int, PLACING_KINDS))
_GTC, _LIMIT = int(TimeInForce.GTC), int(OrderType.LIMIT)
_STOP_LIMIT, _STOP_MARKET = int(OrderType.STOP_LIMIT), int(OrderType.STOP_MARKET)
_DUE = (codes.GOOD_TILL_PASSED, codes.COUNTDOWN)


class Settlement(EventReader):
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
        super().__init__(money=Money(working_copy, fee_account_id), ids=ids, at_us=at_us)
        self._markets = markets
        self._copy = working_copy
        self._spends: WorkingBalance | None = None
        self._spend_factor = 1
        self._lockable: bool | None = None
        self._busted: set[int] = set()
        """Ids of the trades that this batch has busted."""

    def apply(self, command: LoggedCommand, facts: Facts) -> None:
        """Run one command through its market's book and collect what came of it."""
        market = self._markets[command.market_id]
        self.collected.markets[market.market_id] = market
        self._lockable = None
        if facts.position_limit is not None and facts.refusal is None:
            facts = facts._replace(refusal=position_refusal(command, facts.position_limit, market, self._copy))
        if facts.trade is not None:
            facts = facts._replace(refusal=self._bust_refusal(facts.trade, market))
        is_placing = command.kind in _PLACING
        if is_placing:
            self._prepare_funds(command, market)
        events = market.book.apply(to_engine(command, facts), self._at_us, self._ask_for_funds)
        self._begin(command, facts, market)
        new_orders = self._add_orders(command, facts, market) if is_placing else []
        self._copy.open_entry(command.command_id, EntryKind.ORDER if is_placing else _kind_of_entry(events))
        self._read(events)
        self._copy.close_entry()
        if facts.trade is not None:
            self._note_bust(command.command_id, market, facts.trade)
        if command.reply_to:
            self._answer(command, new_orders)
        self.collected.outcomes.append(
            OutcomeRow(
                command.command_id,
                self._code,
                facts.refusal,
                self._lockable,
                facts.maker_ppm,
                facts.taker_ppm,
                facts.stp_group,
            )
        )

    # --- what the engine is told ---------------------------------------------------------------------------------

    def _prepare_funds(self, command: LoggedCommand, market: LiveMarket) -> None:
        """Note which balance the order would spend from, for the engine's question."""
        side = command.side
        if command.kind == _AMEND:
            order = market.book.open_order(command.target_order_id)
            side = _BUY if order is None else order.side
        self._spends, self._spend_factor = self._money.spent_by(market, command.account_id or 0, side)

    def _ask_for_funds(self, need: int) -> bool:
        """The engine's question: can the account of the command at hand lock that much?"""
        assert self._spends is not None
        self._lockable = self._spends.can_spend(need * self._spend_factor)
        return self._lockable

    def _bust_refusal(self, trade: LoggedTrade, market: LiveMarket) -> str | None:
        if trade.is_busted or trade.trade_id in self._busted:
            return codes.TRADE_ALREADY_BUSTED
        return None if self._money.can_undo(market, trade) else INSUFFICIENT_BALANCE

    def _note_bust(self, command_id: int, market: LiveMarket, trade: LoggedTrade) -> None:
        if self._code is None:
            self._busted.add(trade.trade_id)
        self.collected.busts.append(BustRow(command_id, market, trade, self._code))

    def _add_orders(self, command: LoggedCommand, facts: Facts, market: LiveMarket) -> list[tuple[int, OrderChange]]:
        """The orders that the command brings, whatever becomes of them."""
        if command.kind == _AMEND:
            return []
        added: list[tuple[int, OrderChange]] = []
        for order_id, terms in _new_terms(command):
            order = OrderChange(
                market, command.account_id or 0, terms.side, terms, facts.maker_ppm, facts.taker_ppm, facts.stp_group
            )
            self.collected.orders[order_id] = order
            added.append((order_id, order))
        return added

    # --- what is answered ----------------------------------------------------------------------------------------

    def _answer(self, command: LoggedCommand, new_orders: list[tuple[int, OrderChange]]) -> None:
        kind = command.kind
        if kind == _PLACE:
            ((order_id, order),) = new_orders
            self._teller.answer_order(command, order_id, order, self._code)
        elif kind == _AMEND:
            order_id = command.target_order_id
            self._teller.answer_order(command, order_id, self.collected.orders.get(order_id), self._code)
        elif kind == _PLACE_OCO:
            self._teller.answer_legs(command, new_orders, self._code)
        elif kind == _SET_COUNTDOWN:
            self._teller.answer_countdown(command, self._deadline_us, self._code)
        else:
            self._teller.answer_cancel(command, self._cancelled_by(command), self._code)

    def _cancelled_by(self, command: LoggedCommand) -> list[int]:
        """Of the orders that ended, those the command was about, and their partners; not those whose time had come."""
        orders = self.collected.orders
        return [
            order_id
            for order_id in self._cancelled
            if orders[order_id].reason not in _DUE and command.account_id in (None, orders[order_id].account_id)
        ]


def _new_terms(command: LoggedCommand) -> list[tuple[int, OrderTerms]]:
    """The orders a command places, as they were asked for."""
    if command.kind == _PLACE:
        terms = OrderTerms(
            command.side, command.order_type, command.time_in_force, command.post_only, command.ticks, command.lots,
            command.value, command.client_order_id, command.stp_mode, command.display_lots, command.trigger_ticks,
            command.trailing_ppm, command.good_till_us, 0,
        )  # fmt: skip
        return [(command.command_id, terms)]
    limit_leg, stop_leg = command.command_id, command.target_order_id
    side, lots, stp_mode = command.side, command.lots, command.stp_mode
    stop_type = _STOP_LIMIT if command.stop_ticks else _STOP_MARKET
    return [
        (limit_leg, OrderTerms(
            side, _LIMIT, _GTC, True, command.ticks, lots, 0, command.client_order_id, stp_mode, 0, 0, 0, 0, stop_leg,
        )),
        (stop_leg, OrderTerms(
            side, stop_type, _GTC, False, command.stop_ticks, lots, 0, None, stp_mode, 0, command.trigger_ticks, 0, 0,
            limit_leg,
        )),
    ]  # fmt: skip


def _kind_of_entry(events: list[Event]) -> EntryKind:
    """Money that moves without a new order: orders end, unless something traded, or a trade was undone."""
    if any(isinstance(event, TradeBusted) for event in events):
        return EntryKind.BUST
    traded = any(isinstance(event, Traded | AuctionTraded) for event in events)
    return EntryKind.ORDER if traded else EntryKind.CANCEL
