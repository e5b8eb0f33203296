"""The order book of one market: commands in, events out.

`Book.apply` is the whole matching engine. It is deterministic: the same commands at the same times, with the
same answers about funds, give the same events, the same `event_hash` and the same `state_hash` on every
machine. Nothing here reads a clock, draws a random number or does I/O.

`BookState` (state.py) holds the orders, the counters and the undo journal. This module holds the rules.

Rules
    Price-time priority: the best price trades first, at one price the oldest order; the price of a trade is
    always the maker's. All checks stand before the first change, in the order of `docs/trading-rules.md`.

Invariants
    - a refused command changes nothing but `event_hash`;
    - trade numbers and priorities are gapless and only grow (except through `undo`);
    - a market order never trades outside the price band, a limit order never beyond its price;
    - orders of one self-trade group never trade with each other.

Complexity
    Place: O(orders it trades with), plus opening or closing a level. Cancel: O(1). CancelAll: O(k log k).

Known limits
    `apply` trusts its caller to hand in every command once; only two *open* orders with one id are noticed.
"""

from collections.abc import Callable
from dataclasses import astuple
from hashlib import blake2b

from matching.engine import codes
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
    canonical_bytes,
)
from matching.engine.ladder import Ladder, Order
from matching.engine.reach import reach_of_budget, reach_of_lots
from matching.engine.state import BUY, HASH_BYTES, BookState, priority_of
from matching.engine.types import (
    CANCELLED,
    EVERYBODY,
    EXPIRED,
    FILLED,
    MarketRules,
    MarketState,
    OrderType,
    TimeInForce,
)
from risk.core.codes import INSUFFICIENT_BALANCE, INVALID_ORDER
from risk.core.pretrade import (
    UNBOUNDED,
    limit_order_refusal,
    market_order_refusal,
    price_band,
    value_refusal,
)

LIMIT = OrderType.LIMIT
GTC, FOK = TimeInForce.GTC, TimeInForce.FOK
TRADING = MarketState.TRADING

_REFUSAL_OF_STATE = {MarketState.HALTED: codes.MARKET_HALTED, MarketState.CLOSED: codes.MARKET_CLOSED}


class Book(BookState):
    """One market's order book: its state and the rules by which it trades."""

    __slots__ = ("_band", "_band_reference", "_band_rules")

    def __init__(self, market_id: int, rules: MarketRules, state: MarketState = TRADING) -> None:
        super().__init__(market_id, rules, state)
        self._band_reference = -1
        self._band_rules = rules
        self._band = UNBOUNDED

    # --- commands -------------------------------------------------------------------------------------------

    def apply(self, command: Command, at_us: int, lockable: Callable[[int], bool]) -> list[Event]:
        """Do what the command says and tell everything that came of it.

        `at_us`: the time of the command, in microseconds since the Unix epoch. `lockable` is asked at most
        once, for a `Place` that nothing else speaks against and before anything changes: can the account lock
        this much, in tick-lots (BUY) or lots (SELL)? For a market order that is exactly what it is about to
        spend.

        Refusals are events. Raises InvariantViolated where the state is impossible; then `undo` to the mark
        before.
        """
        self._journal.append(
            (self.state, self.last_ticks, self.last_trade_number, self.last_priority, self.event_hash, self.rules)
        )
        if isinstance(command, Place):
            events = self._place(command, at_us, lockable)
        elif isinstance(command, Cancel):
            events = self._cancel(command)
        elif isinstance(command, CancelAll):
            events = self._cancel_all(command)
        elif isinstance(command, SetRules):
            events = self._set_rules(command)
        else:
            events = self._set_state(command)
        self.event_hash = blake2b(self.event_hash + canonical_bytes(events), digest_size=HASH_BYTES).digest()
        return events

    def _place(self, place: Place, at_us: int, lockable: Callable[[int], bool]) -> list[Event]:
        if 0 < place.expires_at_us < at_us:
            return [_expired(place, place.lots, codes.COMMAND_EXPIRED)]
        if place.refusal is not None:
            return [_rejected(place, place.refusal)]
        if self.state != TRADING:
            return [_rejected(place, _REFUSAL_OF_STATE[self.state])]
        if place.order_type == LIMIT:
            return self._place_limit(place, lockable)
        return self._place_market(place, lockable)

    def _place_limit(self, place: Place, lockable: Callable[[int], bool]) -> list[Event]:
        ticks, lots = place.ticks, place.lots
        rests = place.time_in_force == GTC
        if place.value or (place.post_only and not rests):
            return [_rejected(place, INVALID_ORDER)]
        open_orders = len(self.orders_by_account.get(place.account_id, ())) if rests else 0
        refusal = limit_order_refusal(self.rules, self._current_band(), ticks, lots, open_orders)
        if refusal is not None:
            return [_rejected(place, refusal)]

        if place.side == BUY:
            own_side, opposite, worst_rank, need = self.bids, self.asks, -ticks, ticks * lots
        else:
            own_side, opposite, worst_rank, need = self.asks, self.bids, ticks, lots
        best = opposite.best
        crosses = best is not None and best.rank >= worst_rank

        if place.post_only and crosses:
            return [_rejected(place, codes.POST_ONLY_WOULD_MATCH)]
        if place.time_in_force == FOK and reach_of_lots(opposite, worst_rank, place.stp_group, lots).lots < lots:
            return [_expired(place, lots, codes.FOK_NOT_FILLABLE)]
        if not lockable(need):
            return [_rejected(place, INSUFFICIENT_BALANCE)]

        events: list[Event] = []
        left = self._trade(place, opposite, worst_rank, lots, events) if crosses else lots
        if not left:
            events.append(_filled(place))
        elif opposite.best is not None and opposite.best.rank >= worst_rank:
            events.append(_expired(place, left, codes.SELF_TRADE_PREVENTED))
        elif rests:
            events.append(self._rest(place, own_side, left))
        else:
            events.append(_expired(place, left, codes.IOC_REMAINDER))
        return events

    def _place_market(self, place: Place, lockable: Callable[[int], bool]) -> list[Event]:
        if place.post_only or place.ticks:
            return [_rejected(place, INVALID_ORDER)]
        refusal = market_order_refusal(self.rules, place.lots, place.value)
        if refusal is not None:
            return [_rejected(place, refusal)]

        lowest, highest = self._current_band()
        if place.side == BUY:
            opposite, worst_rank = self.asks, -highest
        else:
            opposite, worst_rank = self.bids, lowest
        if place.lots:
            reach = reach_of_lots(opposite, worst_rank, place.stp_group, place.lots)
        else:
            reach = reach_of_budget(opposite, worst_rank, place.stp_group, place.value)
        refusal = value_refusal(self.rules, reach.value)
        if refusal is not None:
            return [_rejected(place, refusal)]
        if not reach.lots:
            return [_expired(place, place.lots, reach.stopped_by)]
        if not lockable(reach.value if place.side == BUY else reach.lots):
            return [_rejected(place, INSUFFICIENT_BALANCE)]

        events: list[Event] = []
        self._trade(place, opposite, worst_rank, reach.lots, events)
        if reach.stopped_by:
            events.append(_expired(place, place.lots and place.lots - reach.lots, reach.stopped_by))
        else:
            events.append(_filled(place))
        return events

    def _cancel(self, cancel: Cancel) -> list[Event]:
        order = self.orders.get(cancel.target_order_id)
        if order is None or order.account_id != cancel.account_id:
            return [CancelRejected(cancel.order_id, cancel.target_order_id, cancel.account_id, codes.ORDER_NOT_FOUND)]
        return [self._take_out(order, codes.CANCELLED_BY_OWNER)]

    def _cancel_all(self, command: CancelAll) -> list[Event]:
        if command.account_id == EVERYBODY:
            orders = sorted(self.orders.values(), key=priority_of)
            return [self._take_out(order, codes.CANCELLED_BY_STAFF) for order in orders]
        orders = self.open_orders(command.account_id)
        return [self._take_out(order, codes.CANCELLED_BY_OWNER) for order in orders]

    def _set_state(self, command: SetState) -> list[Event]:
        self.state = MarketState(command.state)
        return [StateChanged(command.command_id, self.state, command.reason)]

    def _set_rules(self, command: SetRules) -> list[Event]:
        if command.based_on != self.rules.version:
            return [RulesRejected(command.command_id, codes.MARKET_RULES_CHANGED)]
        rules = self.rules = command.rules
        return [RulesChanged(command.command_id, *astuple(rules))]

    # --- matching -------------------------------------------------------------------------------------------

    def _trade(self, taker: Place, opposite: Ladder, worst_rank: int, lots: int, events: list[Event]) -> int:
        """Trade up to `lots` against the best orders at ranks not below `worst_rank`; what is left of them.

        Stops before an order of the taker's own self-trade group: then a level within `worst_rank` is still
        there.
        """
        order_id, account_id, side = taker.order_id, taker.account_id, taker.side
        taker_ppm, stp_group = taker.taker_ppm, taker.stp_group
        number = self.last_trade_number
        level = opposite.best
        while lots and level is not None and level.rank >= worst_rank:
            maker = level.first
            assert maker is not None, "no level in a ladder is empty"
            if maker.stp_group == stp_group and stp_group:
                break
            ticks = level.ticks
            traded = min(lots, maker.lots)
            lots -= traded
            number += 1
            remaining = maker.lots - traded
            events.append(
                Traded(
                    number,
                    maker.order_id,
                    maker.account_id,
                    maker.maker_ppm,
                    remaining,
                    order_id,
                    account_id,
                    taker_ppm,
                    side,
                    ticks,
                    traded,
                )
            )
            if remaining:
                self._reduce(maker, opposite, traded)
            else:
                self._remove(maker, opposite)
                events.append(
                    OrderClosed(maker.order_id, maker.account_id, maker.side, ticks, 0, FILLED, codes.NO_REASON, True)
                )
            self.last_ticks = ticks
            level = opposite.best
        self.last_trade_number = number
        return lots

    def _rest(self, place: Place, ladder: Ladder, lots: int) -> OrderOpened:
        self.last_priority = priority = self.last_priority + 1
        order = Order(
            place.order_id,
            place.account_id,
            place.side,
            place.ticks,
            lots,
            priority,
            place.maker_ppm,
            place.stp_group,
        )
        self._add(order, ladder)
        return OrderOpened(place.order_id, place.account_id, place.side, place.ticks, lots, priority)

    def _take_out(self, order: Order, reason: str) -> OrderClosed:
        self._remove(order, self._ladder_of(order.side))
        return OrderClosed(
            order.order_id, order.account_id, order.side, order.ticks, order.lots, CANCELLED, reason, True
        )

    # --- price band -----------------------------------------------------------------------------------------

    def _current_band(self) -> tuple[int, int]:
        """The prices allowed now, in ticks; computed anew only after the reference or the rules have moved."""
        rules = self.rules
        reference = self.last_ticks or rules.initial_ticks
        if reference != self._band_reference or rules is not self._band_rules:
            self._band_reference = reference
            self._band_rules = rules
            self._band = price_band(rules, reference)
        return self._band


def _rejected(place: Place, code: str) -> OrderRejected:
    return OrderRejected(place.order_id, place.account_id, code)


def _expired(place: Place, lots: int, reason: str) -> OrderClosed:
    return OrderClosed(place.order_id, place.account_id, place.side, place.ticks, lots, EXPIRED, reason, False)


def _filled(place: Place) -> OrderClosed:
    return OrderClosed(place.order_id, place.account_id, place.side, place.ticks, 0, FILLED, codes.NO_REASON, False)
