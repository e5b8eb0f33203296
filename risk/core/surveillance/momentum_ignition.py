"""A push that makes others run, and a profit from their running.

MAR (Regulation (EU) 596/2014), Article 12(2)(c); Delegated Regulation (EU) 2016/522, Annex II, section 1: orders or
transactions likely to start or exacerbate a trend and to encourage others to extend it, to create an opportunity to
close out or open a position at a favourable price (momentum ignition).

One account takes from the book in several orders within moments, is most of the taking in that direction, and the
price moves. Soon after it trades the other way at better prices than it paid. A large buyer who keeps what it bought
is innocent, and so is whoever takes a small part in everybody's rally.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from risk.core.surveillance.facts import (
    HIGH,
    MOMENTUM_IGNITION,
    SECOND_US,
    Finding,
    TradeFact,
    ids_of,
    one_higher,
    share_ppm,
)


@dataclass(frozen=True, slots=True)
class MomentumIgnitionRules:
    """What makes a burst of taking a push, and what follows a reversal."""

    burst_us: int = 30 * SECOND_US
    reversal_us: int = 180 * SECOND_US
    """How soon after the burst the account must have turned."""
    least_orders: int = 3
    least_share_ppm: int = 500_000
    """Of all taking in that direction during the burst."""
    least_move_ppm: int = 10_000
    least_reversed_ppm: int = 500_000
    """How much of the burst's quantity must have been traded back."""
    great_move_ppm: int = 50_000
    """From such a move on, the finding is one degree more severe."""


class _Volume:
    """Sums of quantity and of price times quantity over any part of a row of trades."""

    def __init__(self, trades: Sequence[TradeFact]) -> None:
        self.trades = trades
        self.times = [trade.at_us for trade in trades]
        self._quantity = [0, *accumulate(trade.quantity for trade in trades)]
        self._value = [0, *accumulate(trade.price * trade.quantity for trade in trades)]
        changes = (one.taker_order != next_one.taker_order for one, next_one in pairwise(trades))
        self._order_changes = [0, *accumulate(changes)]

    def quantity(self, first: int, end: int) -> int:
        return self._quantity[end] - self._quantity[first]

    def value(self, first: int, end: int) -> int:
        return self._value[end] - self._value[first]

    def orders(self, first: int, end: int) -> int:
        """How many orders took, of a part that is not empty; trades of one order follow each other."""
        return self._order_changes[end - 1] - self._order_changes[first] + 1


def find_momentum_ignition(
    rules: MomentumIgnitionRules, trades: Sequence[TradeFact], *, fresh_from_us: int
) -> list[Finding]:
    """Accounts whose reversal reached into the fresh part of the stretch. `trades` are all of the market, in order."""
    prices = [trade.price for trade in trades]
    if not prices or share_ppm(max(prices) - min(prices), min(prices)) < rules.least_move_ppm:
        return []
    market = _Volume(trades)
    taking = {buys: _Volume([trade for trade in trades if trade.taker_buys is buys]) for buys in (True, False)}
    bought: defaultdict[int, list[TradeFact]] = defaultdict(list)
    sold: defaultdict[int, list[TradeFact]] = defaultdict(list)
    for trade in trades:
        if trade.buyer != trade.seller:
            bought[trade.buyer].append(trade)
            sold[trade.seller].append(trade)
    findings = []
    for account in sorted(bought.keys() & sold.keys()):
        for buys in (True, False):
            pushes = [trade for trade in (bought if buys else sold)[account] if trade.taker == account]
            turns = (sold if buys else bought)[account]
            if turns[-1].at_us > fresh_from_us:
                finding = _look(
                    rules, account, buys, _Volume(pushes), _Volume(turns), taking[buys], market, fresh_from_us
                )
                if finding is not None:
                    findings.append(finding)
    return findings


def _look(
    rules: MomentumIgnitionRules,
    account: int,
    buys: bool,
    pushes: _Volume,
    turns: _Volume,
    taking: _Volume,
    market: _Volume,
    fresh_from_us: int,
) -> Finding | None:
    """The earliest push of the account in one direction that was followed by a reversal that is fresh."""
    for first, start in enumerate(pushes.trades):
        end = bisect_right(pushes.times, start.at_us + rules.burst_us)
        last = pushes.trades[end - 1]
        place = bisect_left(market.times, start.at_us)
        before = market.trades[place - 1].price if place else start.price
        move = (last.price - before) if buys else (before - last.price)
        if share_ppm(move, before) < rules.least_move_ppm:
            continue
        if pushes.orders(first, end) < rules.least_orders:
            continue
        pushed = pushes.quantity(first, end)
        everybody = taking.quantity(bisect_left(taking.times, start.at_us), bisect_right(taking.times, last.at_us))
        if share_ppm(pushed, everybody) < rules.least_share_ppm:
            continue
        turned = bisect_right(turns.times, last.at_us)
        over = bisect_right(turns.times, last.at_us + rules.reversal_us)
        back = turns.quantity(turned, over)
        if share_ppm(back, pushed) < rules.least_reversed_ppm:
            continue
        # Average prices compared without dividing: value / quantity on either side.
        paid = pushes.value(first, end) * back
        received = turns.value(turned, over) * pushed
        if (received > paid) is not buys or received == paid:
            continue
        reversal = turns.trades[turned:over]
        if reversal[-1].at_us <= fresh_from_us:
            continue
        return Finding(
            detector=MOMENTUM_IGNITION,
            severity=one_higher(HIGH, when=share_ppm(move, before) >= rules.great_move_ppm),
            accounts=(account,),
            first_us=start.at_us,
            last_us=reversal[-1].at_us,
            count=1,
            description=(
                f"Aggressive {'purchases' if buys else 'sales'} moved the price, and the account then traded the "
                "other way at better prices."
            ),
            figures={
                "move_ppm": share_ppm(move, before),
                "share_of_taking_ppm": share_ppm(pushed, everybody),
                "reversed_ppm": share_ppm(back, pushed),
            },
            trade_ids=ids_of((*pushes.trades[first:end], *reversal)),
        )
    return None
