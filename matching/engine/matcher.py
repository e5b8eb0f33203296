"""How one order acts on the market: at a limit, at any price, in an auction, or when its trigger is met.

`Matcher` stands between the meeting of orders (trading.py) and the commands (book.py).

Invariants
    - a market order never trades beyond its worst price, a limit order never beyond its own;
    - a market that begins to trade is not crossed.

Trial
    What only the book can tell (can a fill-or-kill be filled, what would a market order spend) is found out by doing it
    and, where the answer is no, undoing it: one loop is the whole truth, with self-trade modes, icebergs and breaker.

Complexity: O(orders it meets); a triggered order costs what a new one does.
"""

from collections.abc import Callable
from dataclasses import replace

from matching.engine import codes
from matching.engine.auction import Clearing, clearing
from matching.engine.commands import Place
from matching.engine.events import (
    AuctionTraded,
    Event,
    OrderClosed,
    OrderRejected,
    OrderTriggered,
    StateChanged,
    TrailingMoved,
    Uncrossed,
    make,
)
from matching.engine.ladder import Ladder
from matching.engine.orders import StopOrder
from matching.engine.state import Plan, priority_of
from matching.engine.trading import BEYOND_WORST, Floor
from matching.engine.triggers import trailing_trigger
from matching.engine.types import (
    BUY,
    EXPIRED,
    FILLED,
    FOK,
    GTC,
    GTD,
    MARKET_TYPES,
    TRADING,
    MarketRules,
    MarketState,
    Side,
)
from matching.engine.window import PriceWindow
from risk.core.codes import INSUFFICIENT_BALANCE, PRICE_OUT_OF_BAND
from risk.core.pretrade import UNBOUNDED, highest_within, lowest_within, narrowed, value_refusal, within

Lockable = Callable[[int], bool]


class Matcher(Floor):
    """A book on which orders act."""

    __slots__ = ("_band", "_band_last", "_band_plan", "_band_rules", "_static_band")

    def __init__(self, market_id: int, rules: MarketRules, state: MarketState = TRADING) -> None:
        super().__init__(market_id, rules, state)
        self._band = self._static_band = UNBOUNDED
        self._band_last = -1
        self._band_plan: Plan | None = None
        self._band_rules = rules

    # --- acting ---------------------------------------------------------------------------------------------

    def _act_limit(
        self, place: Place, at_us: int, lockable: Lockable | None, events: list[Event], filled_lots: int = 0
    ) -> None:
        """Trade what can be traded at the limit, and rest or end.

        `lockable` is None where the funds are known to be there. `filled_lots`: what has left the order before.
        """
        ticks, lots, time_in_force = place.ticks, place.lots, place.time_in_force
        if place.side is BUY:
            own_side, opposite = self.bids, self.asks
            worst_rank, need = -ticks, ticks * lots
        else:
            own_side, opposite = self.asks, self.bids
            worst_rank, need = ticks, lots
        if time_in_force is FOK:
            self._act_fill_or_kill(place, opposite, worst_rank, at_us, lockable, need, events)
            return
        if lockable is not None and not lockable(need):
            events.append(OrderRejected(place.order_id, place.account_id, INSUFFICIENT_BALANCE))
            return
        best = opposite.best
        if best is None or best.rank < worst_rank or self.state is not TRADING:
            if time_in_force is GTC or time_in_force is GTD:
                self._rest(place, own_side, lots, filled_lots, events)
            else:
                events.append(expired(place, lots, codes.IOC_REMAINDER))
            return
        left, _, _, stopped_by, first_ticks = self._trade(place, opposite, worst_rank, lots, 0, at_us, events)
        if not left:
            events.append(filled(place) if not stopped_by else expired(place, 0, stopped_by))
        elif stopped_by in (codes.SELF_TRADE_PREVENTED, codes.CIRCUIT_BREAKER):
            events.append(expired(place, left, stopped_by))
        elif time_in_force is GTC or time_in_force is GTD:
            self._rest(place, own_side, left, filled_lots + lots - left, events)
        else:
            events.append(expired(place, left, codes.IOC_REMAINDER))
        self._finish_run(first_ticks, stopped_by, at_us, events)

    def _act_fill_or_kill(
        self,
        place: Place,
        opposite: Ladder,
        worst_rank: int,
        at_us: int,
        lockable: Lockable | None,
        need: int,
        events: list[Event],
    ) -> None:
        mark, told = self._save(), len(events)
        left, _, _, stopped_by, first_ticks = self._trade(place, opposite, worst_rank, place.lots, 0, at_us, events)
        if left:
            self._retract(mark, told, events)
            events.append(expired(place, place.lots, codes.FOK_NOT_FILLABLE))
        elif lockable is not None and not lockable(need):
            self._retract(mark, told, events)
            events.append(OrderRejected(place.order_id, place.account_id, INSUFFICIENT_BALANCE))
        else:
            events.append(filled(place))
            self._finish_run(first_ticks, stopped_by, at_us, events)

    def _act_market(
        self, place: Place, protection_ticks: int, at_us: int, lockable: Lockable | None, events: list[Event]
    ) -> None:
        """Take what the book has up to the worst price. `protection_ticks`: a worst price of its own; 0 = none."""
        opposite = self.asks if place.side is BUY else self.bids
        worst_rank, reason = self._worst_of_market_order(place.side, opposite, protection_ticks)
        mark, told = self._save(), len(events)
        run = self._trade(place, opposite, worst_rank, place.lots, place.value, at_us, events)
        left, traded_lots, traded_value, stopped_by, first_ticks = run
        if stopped_by == BEYOND_WORST:
            stopped_by = reason
        if lockable is not None:
            refusal = value_refusal(self.rules, traded_value)
            need = traded_value if place.side is BUY else traded_lots
            if refusal is None and need and not lockable(need):
                refusal = INSUFFICIENT_BALANCE
            if refusal is not None:
                self._retract(mark, told, events)
                events.append(OrderRejected(place.order_id, place.account_id, refusal))
                return
        if not traded_lots:
            self._retract(mark, told, events)
            events.append(expired(place, place.lots, stopped_by))
        elif stopped_by:
            events.append(expired(place, left, stopped_by))
        else:
            events.append(filled(place))
        self._finish_run(first_ticks, stopped_by, at_us, events)

    def _worst_of_market_order(self, side: Side, opposite: Ladder, protection_ticks: int) -> tuple[int, str]:
        """The rank beyond which a market order does not trade, and what to call it."""
        lowest, highest = self._current_band()
        best_ticks = opposite.best.ticks if opposite.best is not None else 0
        if side is BUY:
            protection = highest_within(best_ticks, self.rules.protection_ppm)
            if 0 < protection_ticks < protection:
                protection = protection_ticks
            return (-protection, codes.PRICE_PROTECTION) if protection < highest else (-highest, codes.PRICE_BAND)
        protection = lowest_within(best_ticks, self.rules.protection_ppm)
        return (protection, codes.PRICE_PROTECTION) if protection > lowest else (lowest, codes.PRICE_BAND)

    def _finish_run(self, first_ticks: int, stopped_by: str, at_us: int, events: list[Event]) -> None:
        """What an order's trades mean for the market, once it is clear what became of the order."""
        if stopped_by == codes.CIRCUIT_BREAKER:
            until_us = at_us + self.rules.halt_us if self.rules.halt_us else 0
            self._enter_state(0, MarketState.HALTED, codes.CIRCUIT_BREAKER, until_us, events)
        if first_ticks:
            self._note_prices(first_ticks, self.last_ticks, events)

    def _retract(self, mark: int, told: int, events: list[Event]) -> None:
        self.undo(mark)
        del events[told:]

    # --- price bands, breaker, states -----------------------------------------------------------------------

    def _reference(self) -> int:
        return self.last_ticks or self.rules.initial_ticks

    def _current_band(self) -> tuple[int, int]:
        """The prices allowed now, in ticks; computed anew only after a reference or the rules may have moved."""
        if self.plan is not self._band_plan or self.rules is not self._band_rules:
            self._band_last, self._band_plan, self._band_rules = -1, self.plan, self.rules
            self._static_band = within(self.plan.static_ticks, self.rules.static_band_ppm)
        if self.last_ticks != self._band_last:
            self._band_last = self.last_ticks
            self._band = narrowed(self._static_band, self._reference(), self.rules.price_band_ppm)
        return self._band

    def _enter_state(
        self, command_id: int, state: MarketState, reason: str, until_us: int, events: list[Event]
    ) -> None:
        """Change the market's state; one that begins to trade uncrosses its book first."""
        begins_to_trade = state == TRADING and self.state != TRADING
        self._put("state", state)
        self._put("plan", replace(self.plan, until_us=until_us))
        if until_us:
            self._expect(until_us)
        events.append(StateChanged(command_id, state, reason, until_us))
        if begins_to_trade:
            self._uncross(events)
            self._put("window", PriceWindow.starting_at(self.last_ticks))

    def _uncross(self, events: list[Event]) -> None:
        """Trade all that crosses, at one price."""
        auction = self.indicative()
        if auction is None:
            return
        ticks, lots, _surplus_lots = auction
        events.append(Uncrossed(ticks, lots))
        number = self.last_trade_number
        while lots:
            buy, sell = self.bids.front, self.asks.front
            traded = min(buy.lots, sell.lots, lots)
            lots -= traded
            number += 1
            events.append(
                AuctionTraded(
                    number,
                    buy.order_id,
                    buy.account_id,
                    buy.maker_ppm,
                    buy.remaining_lots - traded,
                    (buy.ticks - ticks) * traded,
                    sell.order_id,
                    sell.account_id,
                    sell.maker_ppm,
                    sell.remaining_lots - traded,
                    Side.BUY if buy.priority > sell.priority else Side.SELL,
                    ticks,
                    traded,
                )
            )
            for order, ladder in ((buy, self.bids), (sell, self.asks)):
                if traded == order.lots:
                    self._use_up(order, ladder, traded, FILLED, codes.NO_REASON, events)
                else:
                    self._reduce(order, ladder, traded)
                    if order.other_leg:
                        self._end_partner(order, events)
        self.last_trade_number = number
        self.last_ticks = ticks
        self._put("plan", replace(self.plan, static_ticks=ticks))
        self._note_prices(ticks, ticks, events)

    def indicative(self) -> Clearing | None:
        """The price at which the book would be uncrossed now, and for how many lots; None = not crossed."""
        best_bid, best_ask = self.bids.best, self.asks.best
        if best_bid is None or best_ask is None or best_bid.ticks < best_ask.ticks:
            return None
        return clearing(self.bids.whole_depth(best_ask.ticks), self.asks.whole_depth(best_bid.ticks), self._reference())

    # --- triggers -------------------------------------------------------------------------------------------

    def _note_prices(self, first_ticks: int, last_ticks: int, events: list[Event]) -> None:
        """Trades went straight from the first of these prices to the last: queue whom that triggers.

        On a straight way the two ends say all: what any price between them does, one of them does as well.
        """
        triggers = self.triggers
        above, below = triggers.calm_above, triggers.calm_below
        if above < first_ticks < below and above < last_ticks < below:
            return
        moved: dict[int, StopOrder] = {}
        fired: list[StopOrder] = []
        for ticks in (first_ticks, last_ticks) if first_ticks != last_ticks else (first_ticks,):
            for stop in triggers.fired(ticks):
                self._fire(stop)
                fired.append(stop)
            for stop in triggers.outrun(ticks):
                self._trail(stop, ticks, trailing_trigger(stop.side, ticks, stop.trailing_ppm))
                moved[stop.order_id] = stop
        for stop in sorted(moved.values(), key=priority_of):
            events.append(TrailingMoved(stop.order_id, stop.account_id, stop.trigger_ticks, stop.extreme_ticks))
        if fired:
            fired.sort(key=priority_of)
            activations = (*self.plan.activations, *(stop.order_id for stop in fired))
            self._put("plan", self.plan.with_activations(activations))

    def _run_triggered(self, at_us: int, allowance: int, events: list[Event]) -> int:
        """Let triggered orders act, first one first, as long as the market trades; what is left of the allowance."""
        while allowance and self.state == TRADING and self.plan.activations:
            order_id, *rest = self.plan.activations
            self._put("plan", self.plan.with_activations(tuple(rest)))
            stop = self.stops.get(order_id)
            if stop is not None:
                allowance -= 1
                self._activate(stop, at_us, events)
        return allowance

    def _activate(self, stop: StopOrder, at_us: int, events: list[Event]) -> None:
        self._leave(stop)
        events.append(OrderTriggered(stop.order_id, stop.account_id, stop.side, stop.trigger_ticks, stop.locked))
        if stop.other_leg:
            self._end_partner(stop, events)
        place = Place(
            stop.order_id,
            stop.account_id,
            stop.side,
            stop.order_type,
            stop.time_in_force,
            False,
            stop.ticks,
            stop.lots,
            stop.value,
            stop.maker_ppm,
            stop.taker_ppm,
            stop.stp_group,
            0,
            None,
            stop.stp_mode,
            good_till_us=stop.good_till_us,
        )
        if stop.order_type in MARKET_TYPES:
            self._act_market(place, stop.protection_ticks, at_us, None, events)
            return
        lowest, highest = self._current_band()
        if lowest <= stop.ticks <= highest:
            self._act_limit(place, at_us, None, events)
        else:
            events.append(expired(place, stop.lots, PRICE_OUT_OF_BAND))


def expired(place: Place, lots: int, reason: str) -> OrderClosed:
    """The acting order ends with so many lots unfilled."""
    order_id, account_id, side, ticks = place.order_id, place.account_id, place.side, place.ticks
    return make(OrderClosed, (order_id, account_id, side, ticks, lots, EXPIRED, reason, False, 0))


def filled(place: Place) -> OrderClosed:
    """The acting order got all it asked for."""
    order_id, account_id, side, ticks = place.order_id, place.account_id, place.side, place.ticks
    return make(OrderClosed, (order_id, account_id, side, ticks, 0, FILLED, codes.NO_REASON, False, 0))
