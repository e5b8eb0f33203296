"""How orders meet in the book: trades, what becomes of the makers, and how orders come to rest and end.

`Floor` stands between the state (state.py, snapshots.py) and the order that acts (matcher.py). The acting order is
always a `Place`: a new one as it came in, a triggered or amended one as it would come in now.

Invariants
    - trade numbers and priorities are gapless and only grow (except through `undo`);
    - orders of one self-trade group trade with each other in mode NONE only, auctions aside;
    - the lock of an order that ended is gone to the last unit: traded away, or told as `released`.

Complexity: O(orders it meets), plus opening or closing a level.
"""

from typing import Final

from matching.engine import codes
from matching.engine.commands import Place
from matching.engine.events import Event, OrderClosed, OrderOpened, OrderReplenished, SelfTradeReduced, Traded, make
from matching.engine.ladder import Ladder
from matching.engine.orders import OpenOrder, Order
from matching.engine.snapshots import WrittenState
from matching.engine.types import (
    BUY,
    CANCELLED,
    DECREMENT,
    EXPIRE_MAKER,
    EXPIRE_TAKER,
    EXPIRED,
    FILLED,
    FOK,
    MarketRules,
    MarketState,
)
from matching.engine.window import PriceWindow, breaker_bounds, step_length

BEYOND_WORST: Final = "BEYOND_WORST"
"""The next order is beyond the taker's price; who asks knows what that means to it."""


Run = tuple[int, int, int, str, int]
"""How far an order came.

    lots_left     of an order by quantity
    traded_lots
    traded_value  tick-lots
    stopped_by    why it went no further; NO_REASON where it got all it asked for
    first_ticks   price of its first trade; 0 = none
"""


class Floor(WrittenState):
    """A book in which orders meet."""

    __slots__ = (
        "_known_bounds",
        "_known_extremes",
        "_known_from_us",
        "_known_newest",
        "_known_until_us",
        "_known_window",
    )

    def __init__(self, market_id: int, rules: MarketRules, state: MarketState = MarketState.TRADING) -> None:
        super().__init__(market_id, rules, state)
        self._known_window: PriceWindow | None = None
        """The window of which the circuit breaker's figures are known, as it looks in one step of the clock."""
        self._known_from_us = self._known_until_us = 0
        """When that step begins, and when it is over."""
        self._known_extremes = self._known_bounds = self._known_newest = (0, 0)

    def undo(self, mark: int) -> None:
        super().undo(mark)
        # The same window may have been looked at behind another last price.
        self._known_window = None

    # --- trading --------------------------------------------------------------------------------------------

    def _trade(
        self, taker: Place, opposite: Ladder, worst_rank: int, lots: int, budget: int, at_us: int, events: list[Event]
    ) -> Run:
        """Trade up to `lots`, or for up to `budget` tick-lots, against the best orders at ranks not below
        `worst_rank`."""
        order_id, account_id, side, taker_ppm = taker.order_id, taker.account_id, taker.side, taker.taker_ppm
        group = taker.stp_group if taker.stp_mode else 0
        by_value = budget > 0
        breaker_ppm = self.rules.breaker_ppm
        number = self.last_trade_number
        traded_lots = traded_value = first_ticks = 0
        stopped_by = codes.NO_LIQUIDITY
        previous_ticks = self.last_ticks
        lowest = highest = 0
        level = opposite.best
        while level is not None:
            if level.rank < worst_rank:
                stopped_by = BEYOND_WORST
                break
            ticks = level.ticks
            if by_value:
                lots = budget // ticks
                if not lots:
                    stopped_by = codes.NO_REASON if traded_lots else codes.BUDGET_TOO_SMALL
                    break
            maker = level.first
            assert maker is not None, "no level in a ladder is empty"
            if group and maker.stp_group == group:
                taken = self._meet_own(taker, maker, opposite, lots, by_value, events)
                if taken < 0:
                    stopped_by = codes.SELF_TRADE_PREVENTED
                    break
                lots -= taken
                budget -= taken * ticks
                if taken and (budget < ticks if by_value else not lots):
                    stopped_by = codes.SELF_TRADE_PREVENTED
                    break
                level = opposite.best
                continue
            if breaker_ppm:
                if not first_ticks:
                    lowest, highest = self._breaker_bounds(ticks, at_us)
                if not lowest <= ticks <= highest:
                    stopped_by = codes.CIRCUIT_BREAKER
                    break
            traded = maker.lots if maker.lots < lots else lots
            number += 1
            remaining = maker.lots - traded
            trade = (
                number,
                maker.order_id,
                maker.account_id,
                maker.maker_ppm,
                remaining + maker.hidden_lots,
                order_id,
                account_id,
                taker_ppm,
                side,
                ticks,
                traded,
            )
            events.append(make(Traded, trade))
            if not first_ticks:
                first_ticks = ticks
            lots -= traded
            traded_lots += traded
            traded_value += traded * ticks
            self.last_ticks = ticks
            if remaining:
                self._reduce(maker, opposite, traded)
                if maker.other_leg:
                    self._end_partner(maker, events)
            else:
                self._use_up(maker, opposite, traded, FILLED, codes.NO_REASON, events)
            if by_value:
                budget -= traded * ticks
                if budget < ticks:
                    stopped_by = codes.NO_REASON
                    break
            elif not lots:
                stopped_by = codes.NO_REASON
                break
            level = opposite.best
        self.last_trade_number = number
        if first_ticks and breaker_ppm:
            lowest, highest = self._known_newest
            if not (lowest <= first_ticks <= highest and lowest <= self.last_ticks <= highest):
                step = at_us // step_length(self.rules.breaker_window_us)
                self._put("window", self.window.with_trades(step, first_ticks, self.last_ticks, previous_ticks))
        return 0 if by_value else lots, traded_lots, traded_value, stopped_by, first_ticks

    def _breaker_bounds(self, first_ticks: int, at_us: int) -> tuple[int, int]:
        """The prices at which an order may trade whose first trade would be at that price.

        The prices of one order go one way only, so its first one is the only one of its own to matter.
        """
        if self.window is not self._known_window or not self._known_from_us <= at_us < self._known_until_us:
            self._look_back(at_us)
        lowest, highest = self._known_extremes
        allowed = self._known_bounds
        if lowest <= first_ticks <= highest or (lowest and not allowed[0] <= first_ticks <= allowed[1]):
            return allowed
        breaker_ppm = self.rules.breaker_ppm
        return breaker_bounds(min(lowest or first_ticks, first_ticks), max(highest, first_ticks), breaker_ppm)

    def _look_back(self, at_us: int) -> None:
        """Find out what the breaker's window says in this step of the clock."""
        length = step_length(self.rules.breaker_window_us)
        step = at_us // length
        self._known_window = self.window
        self._known_from_us = step * length
        self._known_until_us = self._known_from_us + length
        self._known_extremes = self.window.seen_from(step, self.last_ticks).extremes() or (0, 0)
        self._known_bounds = breaker_bounds(*self._known_extremes, self.rules.breaker_ppm)
        self._known_newest = self.window.extremes_of(step)

    def _meet_own(
        self, taker: Place, maker: Order, ladder: Ladder, lots: int, by_value: bool, events: list[Event]
    ) -> int:
        """Do what the taker's mode says to an order of its own group; the lots that cost it, -1 = it ends here."""
        mode = taker.stp_mode
        if mode == EXPIRE_TAKER or (mode == DECREMENT and taker.time_in_force == FOK and taker.ticks):
            return -1
        if mode == DECREMENT:
            taken = min(lots, maker.lots)
            remaining = maker.remaining_lots - taken
            events.append(
                SelfTradeReduced(
                    maker.order_id,
                    maker.account_id,
                    maker.side,
                    maker.ticks,
                    taken,
                    remaining,
                    taker.order_id,
                    taker.account_id,
                    maker.ticks * taken if maker.side is BUY else taken,
                    0 if by_value else lots - taken,
                )
            )
            if taken < maker.lots:
                self._reduce(maker, ladder, taken)
                if maker.other_leg:
                    self._end_partner(maker, events)
            else:
                self._use_up(maker, ladder, taken, EXPIRED, codes.SELF_TRADE_PREVENTED, events)
            return taken
        self._end(maker, EXPIRED, codes.SELF_TRADE_PREVENTED, events)
        return 0 if mode == EXPIRE_MAKER else -1

    def _use_up(self, maker: Order, ladder: Ladder, lots: int, status: str, reason: str, events: list[Event]) -> None:
        """The visible part of a resting order, so many lots, is gone: an iceberg shows more, any other one ends."""
        if not maker.hidden_lots:
            self._remove(maker, ladder)
            ended = (maker.order_id, maker.account_id, maker.side, maker.ticks, 0, status, reason, True, 0)
            events.append(make(OrderClosed, ended))
            if maker.other_leg:
                self._end_partner(maker, events)
            return
        self._remove(maker, ladder)
        shown = min(maker.display_lots, maker.hidden_lots)
        self.last_priority = priority = self.last_priority + 1
        again = maker.requeued(priority, shown, maker.hidden_lots - shown)
        again.filled_lots += lots
        self._add(again, ladder)
        events.append(OrderReplenished(maker.order_id, maker.account_id, maker.side, maker.ticks, shown, priority))

    # --- resting and ending ---------------------------------------------------------------------------------

    def _rest(
        self, place: Place, ladder: Ladder, lots: int, filled_lots: int, events: list[Event], other_leg: int = 0
    ) -> None:
        order_id, account_id, side, ticks = place.order_id, place.account_id, place.side, place.ticks
        display_lots, good_till_us = place.display_lots, place.good_till_us
        self.last_priority = priority = self.last_priority + 1
        shown = display_lots if 0 < display_lots < lots else lots
        order = Order(
            order_id,
            account_id,
            side,
            ticks,
            shown,
            priority,
            place.maker_ppm,
            place.stp_group,
            lots - shown,
            display_lots,
            filled_lots,
            place.post_only,
            good_till_us,
            place.stp_mode,
            other_leg,
        )
        self._add(order, ladder)
        if good_till_us:
            self._expire_later(order)
        locked = ticks * lots if side is BUY else lots
        events.append(make(OrderOpened, (order_id, account_id, side, ticks, lots, priority, shown, locked)))

    def _close(self, order: OpenOrder, status: str, reason: str, events: list[Event]) -> None:
        """An open order ends without a trade."""
        side, ticks = order.side, order.ticks
        if isinstance(order, Order):
            self._remove(order, self.bids if side is BUY else self.asks)
            lots = order.lots + order.hidden_lots
            locked = ticks * lots if side is BUY else lots
        else:
            self._leave(order)
            lots, locked = order.lots, order.locked
        events.append(
            make(OrderClosed, (order.order_id, order.account_id, side, ticks, lots, status, reason, True, locked))
        )

    def _end(self, order: OpenOrder, status: str, reason: str, events: list[Event]) -> None:
        """An open order ends without a trade, and the other leg of its OCO with it."""
        self._close(order, status, reason, events)
        if order.other_leg:
            self._end_partner(order, events)

    def _end_partner(self, order: OpenOrder, events: list[Event]) -> None:
        """The other leg of an OCO ends because this one did something."""
        partner = self.open_order(order.other_leg)
        assert partner is not None, "the legs of an OCO are open together"
        self._close(partner, CANCELLED, codes.OCO_OTHER_LEG, events)
        if isinstance(order, Order):
            self._unlink(order)
