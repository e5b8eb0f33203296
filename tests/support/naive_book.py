"""The matching rules once more, as short as they can be said: one list of orders, searched anew at every step.

It shares no code with the engine but the words (types, commands, events). A market or fill-or-kill order is tried on
a copy first, where the engine looks ahead. Slow, and meant to be read beside `docs/trading-rules.md`: where the two
books disagree, one of them is wrong.
"""

import copy
from collections.abc import Callable
from dataclasses import astuple, dataclass, field

from matching.engine.commands import Cancel, CancelAll, Command, Place, SetRules, SetState
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
from matching.engine.types import MarketRules, MarketState, OrderType, Side, TimeInForce

BUY = Side.BUY


@dataclass
class Resting:
    place: Place
    lots: int
    priority: int


@dataclass
class NaiveBook:
    rules: MarketRules
    state: MarketState = MarketState.TRADING
    orders: list[Resting] = field(default_factory=list)
    last_ticks: int = 0
    trades: int = 0
    priorities: int = 0

    def apply(self, command: Command, at_us: int, lockable: Callable[[int], bool]) -> list[Event]:
        match command:
            case Place():
                return self.place(command, at_us, lockable)
            case Cancel(command_id, target, account):
                for order in self.orders:
                    if order.place.order_id == target and order.place.account_id == account:
                        return [self.cancelled(order, "CANCELLED_BY_OWNER")]
                return [CancelRejected(command_id, target, account, "ORDER_NOT_FOUND")]
            case CancelAll(_, account):
                by = "CANCELLED_BY_OWNER" if account else "CANCELLED_BY_STAFF"
                of_account = [order for order in self.orders if account in (0, order.place.account_id)]
                return [self.cancelled(order, by) for order in sorted(of_account, key=lambda o: o.priority)]
            case SetState(command_id, state, reason):
                self.state = state
                return [StateChanged(command_id, state, reason)]
            case SetRules(command_id, based_on, rules):
                if based_on != self.rules.version:
                    return [RulesRejected(command_id, "MARKET_RULES_CHANGED")]
                self.rules = rules
                return [RulesChanged(command_id, *astuple(rules))]

    def place(self, place: Place, at_us: int, lockable: Callable[[int], bool]) -> list[Event]:
        if place.expires_at_us and at_us > place.expires_at_us:
            return [closed(place, place.lots, "EXPIRED", "COMMAND_EXPIRED")]
        code = self.refusal(place)
        if code:
            return [OrderRejected(place.order_id, place.account_id, code)]
        trial = copy.deepcopy(self)
        trades, lots_left, stopped_by = trial.trade(place)
        spent = sum(trade.ticks * trade.lots for trade in trades if isinstance(trade, Traded))
        got = sum(trade.lots for trade in trades if isinstance(trade, Traded))
        if place.order_type == OrderType.MARKET:
            if 0 < self.rules.max_order_value < spent:
                return [OrderRejected(place.order_id, place.account_id, "MAX_ORDER_VALUE")]
            if not trades:
                return [closed(place, place.lots, "EXPIRED", stopped_by)]
            need = spent if place.side == BUY else got
        else:
            if place.time_in_force == TimeInForce.FOK and lots_left:
                return [closed(place, place.lots, "EXPIRED", "FOK_NOT_FILLABLE")]
            need = place.ticks * place.lots if place.side == BUY else place.lots
        if not lockable(need):
            return [OrderRejected(place.order_id, place.account_id, "INSUFFICIENT_BALANCE")]

        trades, lots_left, stopped_by = self.trade(place)
        if not stopped_by:
            return [*trades, closed(place, 0, "FILLED", "")]
        if place.order_type == OrderType.LIMIT and stopped_by != "SELF_TRADE_PREVENTED":
            if place.time_in_force == TimeInForce.GTC:
                self.priorities += 1
                self.orders.append(Resting(place, lots_left, self.priorities))
                opened = (place.order_id, place.account_id, place.side, place.ticks, lots_left)
                return [*trades, OrderOpened(*opened, self.priorities)]
            stopped_by = "IOC_REMAINDER"
        return [*trades, closed(place, lots_left, "EXPIRED", stopped_by)]

    def refusal(self, place: Place) -> str | None:
        rules, value = self.rules, place.ticks * place.lots or place.value
        limit = place.order_type == OrderType.LIMIT
        rests = limit and place.time_in_force == TimeInForce.GTC
        mine = [order for order in self.orders if order.place.account_id == place.account_id]
        checks = [
            (place.refusal is not None, place.refusal),
            (self.state != MarketState.TRADING, f"MARKET_{self.state.name}"),
            (place.post_only and not rests, "INVALID_ORDER"),
            (limit and place.ticks <= 0, "INVALID_PRICE"),
            (not place.value and place.lots < max(rules.min_lots, 1), "QUANTITY_TOO_SMALL"),
            (rules.max_lots and place.lots > rules.max_lots, "QUANTITY_TOO_LARGE"),
            ((limit or place.value) and value < rules.min_value, "NOTIONAL_TOO_SMALL"),
            (limit and not self.in_band(place.ticks), "PRICE_OUT_OF_BAND"),
            (limit and 0 < rules.max_order_value < value, "MAX_ORDER_VALUE"),
            (rests and 0 < rules.max_open_orders <= len(mine), "MAX_OPEN_ORDERS"),
            (place.post_only and self.best_within_limit(place), "POST_ONLY_WOULD_MATCH"),
        ]
        return next((code for holds, code in checks if holds), None)

    def reference(self) -> int:
        return self.last_ticks or self.rules.initial_ticks

    def in_band(self, ticks: int) -> bool:
        reference = self.reference()
        ppm = self.rules.price_band_ppm
        return not (ppm and reference) or abs(ticks - reference) * 1_000_000 <= reference * ppm

    def best(self, place: Place) -> Resting | None:
        others = [order for order in self.orders if order.place.side != place.side]
        sign = 1 if place.side == BUY else -1
        return min(others, key=lambda order: (sign * order.place.ticks, order.priority), default=None)

    def best_within_limit(self, place: Place) -> Resting | None:
        best = self.best(place)
        if best is None:
            return None
        within = best.place.ticks <= place.ticks if place.side == BUY else best.place.ticks >= place.ticks
        return best if within else None

    def trade(self, place: Place) -> tuple[list[Event], int, str]:
        """Trade all that can be; the events, the lots left (of an order in lots), and what stopped it."""
        events: list[Event] = []
        lots, budget = place.lots, place.value
        before = copy.copy(self)
        while lots or budget:
            maker = self.best(place)
            if maker is None:
                return events, lots, "NO_LIQUIDITY"
            ticks = maker.place.ticks
            is_better = ticks < before.reference() if place.side == BUY else ticks > before.reference()
            if place.order_type == OrderType.MARKET and not is_better and not before.in_band(ticks):
                return events, lots, "PRICE_BAND"
            if place.order_type == OrderType.LIMIT and not self.best_within_limit(place):
                return events, lots, "LIMIT"
            if budget and budget < ticks:
                return events, 0, "" if events else "BUDGET_TOO_SMALL"
            if place.stp_group and maker.place.stp_group == place.stp_group:
                return events, lots, "SELF_TRADE_PREVENTED"
            traded = min(maker.lots, lots or budget // ticks)
            maker.lots -= traded
            self.trades += 1
            events.append(
                Traded(
                    self.trades,
                    maker.place.order_id,
                    maker.place.account_id,
                    maker.place.maker_ppm,
                    maker.lots,
                    place.order_id,
                    place.account_id,
                    place.taker_ppm,
                    place.side,
                    ticks,
                    traded,
                )
            )
            if not maker.lots:
                self.orders.remove(maker)
                events.append(closed(maker.place, 0, "FILLED", "", was_open=True))
            self.last_ticks = ticks
            if budget:
                budget -= traded * ticks
                if budget < ticks:
                    return events, 0, ""
            else:
                lots -= traded
        return events, 0, ""

    def cancelled(self, order: Resting, reason: str) -> OrderClosed:
        self.orders.remove(order)
        return closed(order.place, order.lots, "CANCELLED", reason, was_open=True)

    def depth(self) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        levels: dict[Side, dict[int, int]] = {Side.BUY: {}, Side.SELL: {}}
        for order in self.orders:
            of_side = levels[order.place.side]
            of_side[order.place.ticks] = of_side.get(order.place.ticks, 0) + order.lots
        return sorted(levels[Side.BUY].items(), reverse=True), sorted(levels[Side.SELL].items())


def closed(place: Place, lots: int, status: str, reason: str, was_open: bool = False) -> OrderClosed:
    return OrderClosed(place.order_id, place.account_id, place.side, place.ticks, lots, status, reason, was_open)
