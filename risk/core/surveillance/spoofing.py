"""Large orders that were never meant to trade.

MAR (Regulation (EU) 596/2014), Annex I, section A: orders that change what the book shows and are removed before they
are executed; Delegated Regulation (EU) 2016/522, Annex II, section 1: orders on one side of the book, in order to
execute a trade on the other side, removed once that trade has taken place (layering and spoofing).

The bait is what an account shows near the last price, hardly fills, and takes back shortly after it has traded on the
other side. It counts only if it is large for what was traded, and large for what the account shows on the side it
traded on: who quotes both sides alike, and moves all quotes after a fill as market makers do, baits nobody. Bait on
several price levels at a time is *layering*.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from risk.core.surveillance.facts import (
    HIGH,
    LAYERING,
    MEDIUM,
    SECOND_US,
    SPOOFING,
    Finding,
    OrderFact,
    TradeFact,
    ids_of,
    one_higher,
    share_ppm,
)


@dataclass(frozen=True, slots=True)
class SpoofingRules:
    """When an order that was withdrawn looks like bait."""

    near_ppm: int = 10_000
    """How far from the last trade's price, when it was placed, an order impresses others."""
    longest_life_us: int = 120 * SECOND_US
    withdrawn_within_us: int = 15 * SECOND_US
    """How soon after the trade on the other side."""
    most_filled_ppm: int = 50_000
    least_times_traded: int = 5
    """How many times what the account traded on the other side meanwhile, and what a trade usually is, bait must be."""
    least_times_shown: int = 4
    """How many times the most that the account showed on the other side, at any moment of the bait's life and of
    `shown_within_us` before the trade."""
    shown_within_us: int = 5 * SECOND_US
    """Who replaces all quotes stands there with one side only for a moment."""
    levels: int = 3
    """From so many price levels on it is layering."""
    repeats: int = 3
    """From so many times in a stretch on, the finding is one degree more severe."""


@dataclass(frozen=True, slots=True)
class _Bait:
    """The orders that stood on one side while a trade happened on the other."""

    orders: tuple[OrderFact, ...]
    trades: tuple[TradeFact, ...]

    @property
    def withdrawn_us(self) -> int:
        return max(order.ended_us or 0 for order in self.orders)

    @property
    def levels(self) -> int:
        return len({order.price for order in self.orders})


def find_spoofing(
    rules: SpoofingRules, orders: Sequence[OrderFact], trades: Sequence[TradeFact], *, fresh_from_us: int
) -> list[Finding]:
    """Accounts that took bait back in the fresh part of the stretch; one finding for each account and pattern.

    `trades` are all of the market, in order; `orders` those of accounts that traded.
    """
    if not trades:
        return []
    usual = sum(trade.quantity for trade in trades) // len(trades)
    own_orders: defaultdict[int, list[OrderFact]] = defaultdict(list)
    for order in orders:
        own_orders[order.account].append(order)
    own_trades: defaultdict[int, list[TradeFact]] = defaultdict(list)
    for trade in trades:
        for account in {trade.buyer, trade.seller}:
            if account in own_orders:
                own_trades[account].append(trade)
    times = [trade.at_us for trade in trades]
    findings = []
    for account, traded in own_trades.items():
        mine = own_orders[account]
        baits = []
        for bait_buys in (True, False):
            candidates = [
                order
                for order in mine
                if order.is_buy is bait_buys and _may_be_bait(rules, order) and _is_near(rules, order, trades, times)
            ]
            if any((order.ended_us or 0) > fresh_from_us for order in candidates):
                opposite = [trade for trade in traded if (trade.seller if bait_buys else trade.buyer) == account]
                others = [order for order in mine if order.is_buy is not bait_buys]
                baits += _baits(rules, candidates, opposite, others, usual)
        fresh = [bait for bait in baits if bait.withdrawn_us > fresh_from_us]
        for is_layered in (True, False):
            pattern = [bait for bait in fresh if (bait.levels >= rules.levels) is is_layered]
            if pattern:
                findings.append(_finding(rules, account, pattern, is_layered=is_layered))
    return findings


def _may_be_bait(rules: SpoofingRules, order: OrderFact) -> bool:
    return (
        order.is_withdrawn
        and order.ended_us is not None
        and order.ended_us - order.placed_us <= rules.longest_life_us
        and share_ppm(order.filled, order.quantity) <= rules.most_filled_ppm
    )


def _is_near(rules: SpoofingRules, order: OrderFact, trades: Sequence[TradeFact], times: Sequence[int]) -> bool:
    """Near what the market saw last when the order came; before the first trade, near that one."""
    place = bisect_left(times, order.placed_us)
    last_price = trades[max(place - 1, 0)].price
    return share_ppm(abs(order.price - last_price), last_price) <= rules.near_ppm


def _baits(
    rules: SpoofingRules,
    candidates: Sequence[OrderFact],
    opposite: Sequence[TradeFact],
    others: Sequence[OrderFact],
    usual: int,
) -> list[_Bait]:
    found: dict[frozenset[int], _Bait] = {}
    for trade in opposite:
        standing = [
            order
            for order in candidates
            if order.placed_us <= trade.at_us <= (order.ended_us or 0) <= trade.at_us + rules.withdrawn_within_us
        ]
        name = frozenset(order.order_id for order in standing)
        if not standing or name in found:
            continue
        since, until = min(order.placed_us for order in standing), max(order.ended_us or 0 for order in standing)
        meanwhile = [one for one in opposite if since <= one.at_us <= until]
        bait = sum(order.quantity for order in standing)
        shown = _most_shown(others, min(since, trade.at_us - rules.shown_within_us), until)
        traded = max(sum(one.quantity for one in meanwhile), usual)
        if bait >= rules.least_times_traded * traded and bait >= rules.least_times_shown * shown:
            found[name] = _Bait(tuple(standing), tuple(meanwhile))
    return list(found.values())


def _most_shown(orders: Sequence[OrderFact], since_us: int, until_us: int) -> int:
    """The greatest quantity that stood in the book at one moment between these times. What came only when the time was
    over does not count: it may be the next bait, on the other side."""
    changes = []
    for order in orders:
        ended_us = until_us if order.ended_us is None else order.ended_us
        if order.placed_us < until_us and ended_us >= since_us:
            # At one and the same time what goes is gone before what comes is there.
            changes += [(max(order.placed_us, since_us), 1, order.quantity), (ended_us, 0, -order.quantity)]
    shown = most = 0
    for _, _, quantity in sorted(changes):
        shown += quantity
        most = max(most, shown)
    return most


def _finding(rules: SpoofingRules, account: int, baits: Sequence[_Bait], *, is_layered: bool) -> Finding:
    largest = max(baits, key=lambda bait: sum(order.quantity for order in bait.orders))
    orders = {order.order_id: order for bait in baits for order in bait.orders}
    trades = {trade.trade_id: trade for bait in baits for trade in bait.trades}
    side = "Buy" if largest.orders[0].is_buy else "Sell"
    where = f" on {largest.levels} price levels" if is_layered else ""
    return Finding(
        detector=LAYERING if is_layered else SPOOFING,
        severity=one_higher(HIGH if is_layered else MEDIUM, when=len(baits) >= rules.repeats),
        accounts=(account,),
        first_us=min(order.placed_us for order in orders.values()),
        last_us=max(bait.withdrawn_us for bait in baits),
        count=len(baits),
        description=f"{side} orders{where} were withdrawn right after a trade on the other side.",
        figures={
            "price_levels": largest.levels,
            "bait_times_traded": sum(order.quantity for order in largest.orders)
            // max(sum(trade.quantity for trade in largest.trades), 1),
        },
        trade_ids=ids_of(trades.values()),
        order_ids=tuple(orders),
    )
