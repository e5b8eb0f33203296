"""What each event of the engine means for orders, trades and those who are told.

The events of a command may be about many orders of many accounts: what was due by its time, the order that acts,
those it meets, and those that it triggers. How orders meet is in trade_reader.py.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from matching.engine.events import (
    AuctionTraded,
    ChangeRejected,
    CountdownSet,
    Event,
    OrderAmended,
    OrderClosed,
    OrderOpened,
    OrderRejected,
    OrderReplenished,
    OrderTriggered,
    OrderWaiting,
    RulesChanged,
    RulesRejected,
    SelfTradeReduced,
    StateChanged,
    TradeBusted,
    Traded,
    TrailingMoved,
    Uncrossed,
)
from matching.engine.types import FILLED
from matching.models import OrderStatus
from matching.rules import LoggedRules
from matching.worker.markets import StateNotice
from matching.worker.settlement.trade_reader import TradeReader

_STATUS_OF_CLOSING = {
    "FILLED": int(OrderStatus.FILLED),
    "CANCELLED": int(OrderStatus.CANCELLED),
    "EXPIRED": int(OrderStatus.EXPIRED),
}
_OPEN, _PARTIAL, _REJECTED = int(OrderStatus.OPEN), int(OrderStatus.PARTIAL), int(OrderStatus.REJECTED)


class EventReader(TradeReader):
    """Reads the events of one command after the other into the rows of a batch."""

    def _read(self, events: list[Event]) -> None:
        readers = self._READERS
        for event in events:
            readers[type(event)](self, event)

    # --- orders ---------------------------------------------------------------------------------

    def _read_rejected(self, event: OrderRejected) -> None:
        order = self._order(event.order_id, event.account_id)
        order.status = _REJECTED
        order.reason = event.code
        self._code = event.code
        self._tell_acted(event.order_id, order)

    def _read_opened(self, event: OrderOpened) -> None:
        order = self._order(event.order_id, event.account_id, event.side)
        order.status = _PARTIAL if order.filled_lots else _OPEN
        order.priority = event.priority
        order.is_waiting = False
        order.visible_lots, order.visible_taken = event.visible_lots, 0
        order.locked += event.locked
        order.has_new_terms = order.has_new_terms or order.terms is None or order.terms.display_lots > 0
        self._money.lock(self._market, event.account_id, event.side, event.locked)
        self._tell_acted(event.order_id, order)

    def _read_waiting(self, event: OrderWaiting) -> None:
        order = self._order(event.order_id, event.account_id, event.side)
        order.status = _OPEN
        order.priority = event.priority
        order.is_waiting = True
        order.trigger_ticks = event.trigger_ticks
        order.extreme_ticks = event.extreme_ticks or None
        order.protection_ticks = event.protection_ticks or None
        order.locked += event.locked
        self._money.lock(self._market, event.account_id, event.side, event.locked)
        self._tell_acted(event.order_id, order)

    def _read_triggered(self, event: OrderTriggered) -> None:
        order = self._order(event.order_id, event.account_id, event.side)
        order.is_waiting = False
        order.is_triggered = True
        order.locked -= event.released
        order.has_new_terms = True
        self._money.lock(self._market, event.account_id, event.side, -event.released)
        self._tell(event.account_id, event.order_id, event.side, "triggered", {"trigger_ticks": event.trigger_ticks})

    def _read_trailing(self, event: TrailingMoved) -> None:
        order = self._order(event.order_id, event.account_id)
        order.trigger_ticks = event.trigger_ticks
        order.extreme_ticks = event.extreme_ticks
        order.has_new_terms = True
        payload = {
            "type": "trailing",
            "id": event.order_id,
            "market": self._market.market_id,
            "trigger_ticks": event.trigger_ticks,
        }
        self._teller.event(event.account_id, self._command.command_id, payload)

    def _read_replenished(self, event: OrderReplenished) -> None:
        order = self._order(event.order_id, event.account_id, event.side)
        order.priority = event.priority
        order.visible_lots, order.visible_taken = event.visible_lots, 0
        order.has_new_terms = True

    def _read_amended(self, event: OrderAmended) -> None:
        order = self._order(event.order_id, event.account_id, event.side)
        order.ticks = event.ticks
        order.lots = event.total_lots
        order.visible_lots, order.visible_taken = event.visible_lots, 0
        order.locked -= event.released
        order.has_new_terms = True
        self._money.lock(self._market, event.account_id, event.side, -event.released)
        if event.keeps_place:
            self._tell(event.account_id, event.order_id, event.side, "amended", {
                "ticks": event.ticks, "lots": event.total_lots, "remaining_lots": event.lots,
            })  # fmt: skip
        else:
            # It trades on as the account trades now.
            order.maker_ppm, order.taker_ppm = self._facts.maker_ppm, self._facts.taker_ppm
            order.stp_group = self._facts.stp_group
            self._amended_id = event.order_id

    def _read_closed(self, event: OrderClosed) -> None:
        order = self._order(event.order_id, event.account_id, event.side)
        order.status = _STATUS_OF_CLOSING[event.status]
        order.reason = event.reason
        if event.released:
            order.locked -= event.released
            self._money.lock(self._market, event.account_id, event.side, -event.released)
        if not event.was_open:
            self._tell_acted(event.order_id, order)
        elif event.status != FILLED:
            self._cancelled.append(event.order_id)
            self._tell(event.account_id, event.order_id, event.side, "closed", {
                "status": order.status, "reason": event.reason, "unfilled_lots": event.lots,
            })  # fmt: skip

    def _read_refused_change(self, event: ChangeRejected) -> None:
        self._code = event.code

    # --- the market -----------------------------------------------------------------------------

    def _read_countdown(self, event: CountdownSet) -> None:
        self._deadline_us = event.deadline_us
        payload = {"type": "countdown", "market": self._market.market_id, "deadline_us": event.deadline_us}
        self._teller.event(event.account_id, self._command.command_id, payload)

    def _read_state(self, event: StateChanged) -> None:
        self.collected.states[self._market.market_id] = StateNotice(event.reason, event.until_us)

    def _read_rules(self, _event: RulesChanged) -> None:
        self.collected.limits[self._market.market_id] = LoggedRules.read(self._command.rules)

    def _read_refused_rules(self, event: RulesRejected) -> None:
        self._code = event.code

    def _read_uncrossed(self, _event: Uncrossed) -> None:
        """Its trades follow; the price itself is the engine's to remember."""

    _READERS: ClassVar[Mapping[type, Callable[["EventReader", Any], None]]] = {
        Traded: TradeReader._read_traded,
        AuctionTraded: TradeReader._read_auction_traded,
        TradeBusted: TradeReader._read_busted,
        SelfTradeReduced: TradeReader._read_self_trade,
        OrderRejected: _read_rejected,
        OrderOpened: _read_opened,
        OrderWaiting: _read_waiting,
        OrderTriggered: _read_triggered,
        TrailingMoved: _read_trailing,
        OrderReplenished: _read_replenished,
        OrderAmended: _read_amended,
        OrderClosed: _read_closed,
        ChangeRejected: _read_refused_change,
        CountdownSet: _read_countdown,
        StateChanged: _read_state,
        RulesChanged: _read_rules,
        RulesRejected: _read_refused_rules,
        Uncrossed: _read_uncrossed,
    }
