"""What the engine's trades mean for orders, for money and for those who are told.

The fills of an order that acts are kept until it is open, waiting or finished; then its account is told, with them.
"""

from kernel.ids import IdAllocator
from matching.engine.events import AuctionTraded, SelfTradeReduced, TradeBusted, Traded
from matching.engine.types import Side
from matching.models import OrderStatus
from matching.worker.markets import LiveMarket
from matching.worker.settlement.collected import Collected, OrderChange, TradeRow
from matching.worker.settlement.money import Money, with_older_as_maker
from matching.worker.settlement.telling import Fill, Teller
from matching.worker.translation import Facts, LoggedCommand

_BUY = Side.BUY
_PARTIAL = int(OrderStatus.PARTIAL)


class TradeReader:
    """What is known of the command at hand, and the events by which orders meet."""

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

    # --- trades --------------------------------------------------------------------------------------------------

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
