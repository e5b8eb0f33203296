"""Trades in which nothing changes hands.

MAR (Regulation (EU) 596/2014), Annex I, section A: transactions that lead to no change in the beneficial ownership;
Delegated Regulation (EU) 2016/522, Annex II, section 1, knows them as wash trades and improper matched orders.

Two findings. *Wash trading*: both sides belong to one owner, as far as is known. *Circular trading*: nothing is known
of a link, but two accounts trade with hardly anybody else, back and forth at about the same price, and end where they
began. A market maker is innocent of it as soon as it has other customers; a customer, as soon as it keeps what it
bought. Accounts of the house are never accused of trading with each other: such trades are marked in all volumes.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from risk.core.surveillance.facts import (
    CIRCULAR_TRADING,
    HIGH,
    MEDIUM,
    SECOND_US,
    WASH_TRADING,
    Finding,
    Link,
    Pair,
    TradeFact,
    ids_of,
    one_higher,
    pair_of,
    share_ppm,
)

ONE_ACCOUNT = Link("one account on both sides", HIGH)


@dataclass(frozen=True, slots=True)
class WashTradingRules:
    """When trades between two accounts look arranged."""

    window_us: int = 300 * SECOND_US
    many_trades: int = 10
    """From so many trades of a pair in the window on, the finding is one degree more severe."""
    price_tolerance_ppm: int = 5_000
    """How far apart the prices of circular trades may be."""
    least_turns: int = 3
    """How often the direction must change: A to B, B to A, A to B, B to A."""
    least_returned_ppm: int = 900_000
    """How much of what went one way must have come back."""
    least_mutual_ppm: int = 800_000
    """How much of the volume of each of the two must be with the other."""


def find_wash_trading(
    rules: WashTradingRules,
    trades: Sequence[TradeFact],
    *,
    links: Mapping[Pair, Link],
    house: Collection[int],
    fresh_from_us: int,
) -> list[Finding]:
    """Fresh trades between accounts of one owner, one finding for each pair. `trades` are in order."""
    of_pair = _by_pair(trades)
    findings = []
    for pair, traded in of_pair.items():
        link = ONE_ACCOUNT if pair[0] == pair[1] else links.get(pair)
        fresh = [trade for trade in traded if trade.at_us > fresh_from_us]
        if link is None or not fresh or _is_house(pair, house):
            continue
        since = fresh[-1].at_us - rules.window_us
        in_window = [trade for trade in traded if trade.at_us > since]
        findings.append(
            Finding(
                detector=WASH_TRADING,
                severity=one_higher(link.severity, when=len(in_window) >= rules.many_trades),
                accounts=tuple(sorted(set(pair))),
                first_us=fresh[0].at_us,
                last_us=fresh[-1].at_us,
                count=len(fresh),
                description=f"Both sides of a trade belong to one owner: {link.reason}.",
                figures={"link": link.reason, "trades_in_window": len(in_window)},
                trade_ids=ids_of(fresh),
            )
        )
    return findings


def find_circular_trading(
    rules: WashTradingRules,
    trades: Sequence[TradeFact],
    *,
    links: Mapping[Pair, Link],
    house: Collection[int],
    fresh_from_us: int,
) -> list[Finding]:
    """Pairs that are not known to be linked and pass the same amount back and forth."""
    findings = []
    of_account: defaultdict[int, list[TradeFact]] = defaultdict(list)
    for trade in trades:
        of_account[trade.buyer].append(trade)
        of_account[trade.seller].append(trade)
    for pair, traded in _by_pair(trades).items():
        last = traded[-1]
        is_known = pair[0] == pair[1] or pair in links or any(account in house for account in pair)
        if last.at_us <= fresh_from_us or is_known:
            continue
        since = last.at_us - rules.window_us
        window = [trade for trade in traded if trade.at_us > since]
        if not _goes_in_circles(rules, window):
            continue
        mutual = sum(trade.quantity for trade in window)
        shares = [
            share_ppm(mutual, sum(trade.quantity for trade in of_account[account] if since < trade.at_us <= last.at_us))
            for account in pair
        ]
        if min(shares) < rules.least_mutual_ppm:
            continue
        fresh = [trade for trade in window if trade.at_us > fresh_from_us]
        findings.append(
            Finding(
                detector=CIRCULAR_TRADING,
                severity=one_higher(MEDIUM, when=len(window) >= rules.many_trades),
                accounts=pair,
                first_us=window[0].at_us,
                last_us=last.at_us,
                count=len(fresh),
                description="Two accounts pass the same amount back and forth and trade with hardly anybody else.",
                figures={
                    "trades_in_window": len(window),
                    "turns": _turns(window),
                    "mutual_share_ppm": min(shares),
                },
                trade_ids=ids_of(window),
            )
        )
    return findings


def _goes_in_circles(rules: WashTradingRules, window: Sequence[TradeFact]) -> bool:
    if _turns(window) < rules.least_turns:
        return False
    prices = [trade.price for trade in window]
    if share_ppm(max(prices) - min(prices), min(prices)) > rules.price_tolerance_ppm:
        return False
    first_buyer = window[0].buyer
    there = sum(trade.quantity for trade in window if trade.buyer == first_buyer)
    back = sum(trade.quantity for trade in window if trade.buyer != first_buyer)
    return share_ppm(min(there, back), max(there, back)) >= rules.least_returned_ppm


def _turns(window: Sequence[TradeFact]) -> int:
    return sum(one.buyer != next_one.buyer for one, next_one in pairwise(window))


def _by_pair(trades: Sequence[TradeFact]) -> dict[Pair, list[TradeFact]]:
    of_pair: defaultdict[Pair, list[TradeFact]] = defaultdict(list)
    for trade in trades:
        of_pair[pair_of(trade.buyer, trade.seller)].append(trade)
    return dict(of_pair)


def _is_house(pair: Pair, house: Collection[int]) -> bool:
    return pair[0] in house and pair[1] in house
