"""What each event of the engine means for orders, trades and those who are told.

The events of a command may be about many orders of many accounts: what was due by its time, the order that acts,
those it meets, and those that it triggers. The fills of an order that acts are kept until it is open, waiting or
finished; then its account is told, with them.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from kernel.ids import IdAllocator
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
from matching.engine.types import FILLED, Side
from matching.models import OrderStatus
from matching.rules import LoggedRules
from matching.worker.markets import LiveMarket, StateNotice
from matching.worker.settlement.collected import Collected, OrderChange, TradeRow
from matching.worker.settlement.money import Money, with_older_as_maker
from matching.worker.settlement.telling import Fill, Teller
from matching.worker.translation import Facts, LoggedCommand

_BUY = Side.BUY
_STATUS_OF_CLOSING = {
    "FILLED": int(OrderStatus.FILLED),
    "CANCELLED": int(OrderStatus.CANCELLED),
    "EXPIRED": int(OrderStatus.EXPIRED),
}
_OPEN, _PARTIAL, _REJECTED = int(OrderStatus.OPEN), int(OrderStatus.PARTIAL), int(OrderStatus.REJECTED)


class EventReader:
    """Reads the events of one command after the other into the rows of a batch."""

    def __init__(self, *, money: Money, ids: IdAllocator, at_us: int) -> None:
        self.collected = Collected()
        self._money = money
        self._teller = Teller(self.collected, at_us)
        self._ids = ids
        self._at_us = at_us
        # Of the command at hand:
        self._command: LoggedCommand
        self._facts: Facts
        self._market: LiveMarket
        self._code: str | None = None
        self._fills: list[Fill] = []
        self._amended_id = 0
        self._cancelled: list[int] = []
        self._deadline_us = 0

    def _begin(self, command: LoggedCommand, facts: Facts, market: LiveMarket) -> None:
        """What is read from now on came of this command."""
        self._command, self._facts, self._market = command, facts, market
        self._code = None
        self._fills, self._amended_id, self._cancelled, self._deadline_us = [], 0, [], 0
        self._teller.begin_command()

    def _read(self, events: list[Event]) -> None:
        readers = self._READERS
        for event in events:
            readers[type(event)](self, event)

    # --- trades ---------------------------------------------------------------------------------

    def _read_traded(self, trade: Traded) -> None:
        market = self._market
        maker_fee, taker_fee = self._money.trade(market, trade)
        trade_id = self._add_trade(trade, maker_fee, taker_fee)
        value = trade.ticks * trade.lots
        taker = self._order(trade.taker_order_id, trade.taker_account_id, trade.taker_side)
        taker.filled_lots += trade.lots
        taker.filled_value += value
        maker = self._order(trade.maker_order_id, trade.maker_account_id, 3 - trade.taker_side)
        maker.filled_lots += trade.lots
        maker.filled_value += value
        maker.locked -= trade.lots if trade.taker_side == _BUY else value
        maker.visible_taken += trade.lots
        maker.status = _PARTIAL
        self._fills.append([trade_id, trade.ticks, trade.lots, str(taker_fee)])
        self._tell_fill(
            trade.maker_order_id, trade.maker_account_id, 3 - trade.taker_side, trade_id, trade.ticks, trade.lots,
            maker_fee, trade.maker_remaining_lots,
        )  # fmt: skip

    def _read_auction_traded(self, trade: AuctionTraded) -> None:
        market = self._market
        buyer_fee, seller_fee = self._money.auction_trade(market, trade)
        buyer_is_younger = trade.younger_side == _BUY
        maker_fee, taker_fee = (seller_fee, buyer_fee) if buyer_is_younger else (buyer_fee, seller_fee)
        trade_id = self._add_trade(with_older_as_maker(trade), maker_fee, taker_fee)
        value = trade.ticks * trade.lots
        for order_id, account_id, side, used, fee, remaining in (
            (trade.buy_order_id, trade.buy_account_id, 1, value + trade.released, buyer_fee, trade.buy_remaining_lots),
            (trade.sell_order_id, trade.sell_account_id, 2, trade.lots, seller_fee, trade.sell_remaining_lots),
        ):
            order = self._order(order_id, account_id, side)
            order.filled_lots += trade.lots
            order.filled_value += value
            order.locked -= used
            order.visible_taken += trade.lots
            order.status = _PARTIAL
            self._tell_fill(order_id, account_id, side, trade_id, trade.ticks, trade.lots, fee, remaining)

    def _read_busted(self, _event: TradeBusted) -> None:
        trade = self._facts.trade
        assert trade is not None, "a bust is applied with its trade"
        self._money.undo(self._market, trade)
        self._teller.busted(trade, self._market.market_id, self._command.command_id)

    def _add_trade(self, trade: Traded, maker_fee: int, taker_fee: int) -> int:
        (trade_id,) = self._ids.take(1, self._at_us // 1000)
        self.collected.trades.append(TradeRow(trade_id, self._market, trade, maker_fee, taker_fee))
        return trade_id

    def _tell_fill(
        self, order_id: int, account_id: int, side: int, trade_id: int, ticks: int, lots: int, fee: int, remaining: int
    ) -> None:
        self._teller.event(
            account_id,
            self._command.command_id,
            {
                "type": "fill",
                "id": order_id,
                "market": self._market.market_id,
                "side": side,
                "trade_id": trade_id,
                "ticks": ticks,
                "lots": lots,
                "fee": str(fee),
                "remaining_lots": remaining,
            },
        )

    def _read_self_trade(self, event: SelfTradeReduced) -> None:
        taker = self._order(event.taker_order_id, event.taker_account_id, 3 - event.maker_side)
        taker.prevented_lots += event.lots
        maker = self._order(event.maker_order_id, event.maker_account_id, event.maker_side)
        maker.prevented_lots += event.lots
        maker.visible_taken += event.lots
        maker.locked -= event.released
        maker.has_new_terms = taker.has_new_terms = True
        self._money.lock(self._market, event.maker_account_id, event.maker_side, -event.released)
        self._tell(event.maker_account_id, event.maker_order_id, event.maker_side, "reduced", {
            "lots": event.lots, "remaining_lots": event.maker_remaining_lots,
        })  # fmt: skip

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

    # --- small things --------------------------------------------------------------------------------------------

    def _tell_acted(self, order_id: int, order: OrderChange) -> None:
        fills, self._fills = self._fills, []
        self._teller.order(order_id, order, fills, self._command, is_amended=order_id == self._amended_id)

    def _tell(self, account_id: int, order_id: int, side: int, what: str, more: dict[str, object]) -> None:
        payload = {"type": what, "id": order_id, "market": self._market.market_id, "side": int(side), **more}
        self._teller.event(account_id, self._command.command_id, payload)

    def _order(self, order_id: int, account_id: int, side: int = 0) -> OrderChange:
        order = self.collected.orders.get(order_id)
        if order is None:
            order = self.collected.orders[order_id] = OrderChange(self._market, account_id, side)
        elif not order.side:
            order.side = side
        return order

    _READERS: ClassVar[Mapping[type, Callable[["EventReader", Any], None]]] = {
        Traded: _read_traded,
        AuctionTraded: _read_auction_traded,
        TradeBusted: _read_busted,
        SelfTradeReduced: _read_self_trade,
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
