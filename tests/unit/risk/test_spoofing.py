"""Bait, and orders that only look like it."""

from typing import Any

import pytest

from risk.core.surveillance.facts import CRITICAL, HIGH, LAYERING, MEDIUM, SPOOFING, OrderFact, TradeFact
from risk.core.surveillance.spoofing import SpoofingRules, find_spoofing
from tests.unit.risk.scenes import at, order, trade

RULES = SpoofingRules()

EARLIER = [trade(1, 1, "C", "D"), trade(2, 2, "D", "C")]
PURCHASE = trade(3, 12, "A", "B", taker="seller")
BAIT = order(1, "A", "sell", placed=10, ended=15, price=1_002_000, quantity=2_000)
OWN_BID = order(2, "A", "buy", placed=9, ended=12, quantity=100, filled=100)


def find(orders: list[OrderFact], trades: list[TradeFact], *, fresh_from: float = 0) -> list[tuple[str, int, int]]:
    findings = find_spoofing(RULES, orders, trades, fresh_from_us=at(fresh_from))
    return [(finding.detector, finding.severity, finding.count) for finding in findings]


def test_a_large_order_withdrawn_after_a_trade_on_the_other_side_is_found() -> None:
    (found,) = find_spoofing(RULES, [BAIT, OWN_BID], [*EARLIER, PURCHASE], fresh_from_us=at(14))
    assert (found.detector, found.severity, found.accounts) == (SPOOFING, MEDIUM, (1,))
    assert (found.first_us, found.last_us) == (at(10), at(15))
    assert (found.order_ids, found.trade_ids) == ((1,), (3,))


def test_it_is_found_the_other_way_round() -> None:
    sale = trade(3, 12, "B", "A", taker="buyer")
    bait = order(1, "A", "buy", placed=10, ended=15, price=999_000, quantity=2_000)
    assert find([bait], [*EARLIER, sale]) == [(SPOOFING, MEDIUM, 1)]


def test_bait_on_several_levels_is_layering() -> None:
    bait = [order(n, "A", "sell", placed=10, ended=15, price=1_000_000 + n * 1_000, quantity=600) for n in range(1, 5)]
    assert find([*bait, OWN_BID._replace(order_id=9)], [*EARLIER, PURCHASE]) == [(LAYERING, HIGH, 1)]


def test_again_and_again_is_worse() -> None:
    orders, trades = [], [*EARLIER]
    for n in range(3):
        base = 20 * n
        trades.append(trade(10 + n, base + 12, "A", "B", taker="seller"))
        orders += [
            order(
                100 * n + level, "A", "sell", placed=base + 10, ended=base + 15, price=1_000_000 + level, quantity=600
            )
            for level in range(3)
        ]
    assert find(orders, trades) == [(LAYERING, CRITICAL, 3)]


def test_what_was_withdrawn_before_is_not_found_again() -> None:
    assert find([BAIT, OWN_BID], [*EARLIER, PURCHASE], fresh_from=15) == []


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": 400},
        {"filled": 500},
        {"is_withdrawn": False},
        {"ended_us": None},
        {"ended_us": at(40)},
        {"ended_us": at(11)},
        {"placed_us": at(-300)},
        {"placed_us": at(13)},
        {"price": 1_050_000},
        {"account": 7},
        {"is_buy": True},
    ],
    ids=[
        "not large",
        "partly filled",
        "taken back by staff or filled",
        "still there",
        "stayed long after the trade",
        "gone before the trade",
        "an old order",
        "placed after the trade",
        "far away",
        "another account's",
        "on the side it traded on",
    ],
)
def test_what_is_no_bait(change: dict[str, Any]) -> None:
    assert find([BAIT._replace(**change), OWN_BID], [*EARLIER, PURCHASE]) == []


def test_a_market_maker_that_moves_all_its_quotes_after_a_fill_is_innocent() -> None:
    """Ten levels on both sides; one bid is met, and everything is withdrawn and placed anew."""
    orders = []
    for level in range(1, 11):
        bid, ask = 1_000_000 - level * 500, 1_000_000 + level * 500
        is_met = level == 1
        orders += [
            order(level, "A", "buy", placed=5, ended=12 if is_met else 12.5, price=bid, filled=100 * is_met),
            order(100 + level, "A", "sell", placed=5, ended=12.5, price=ask),
            order(200 + level, "A", "buy", placed=12.6, price=bid - 300),
            order(300 + level, "A", "sell", placed=12.6, price=ask - 300),
        ]
    met = trade(3, 12, "A", "B", taker="seller", price=999_500)
    assert find(orders, [*EARLIER, met]) == []


def test_a_market_maker_that_leans_is_innocent() -> None:
    """Twice as much on one side as on the other is how an inventory is brought down."""
    orders = [order(n, "A", "sell", placed=5, ended=13, price=1_000_500 + n, quantity=200) for n in range(10)]
    orders += [order(50 + n, "A", "buy", placed=5, ended=13, price=999_500 - n) for n in range(10)]
    assert find(orders, [*EARLIER, trade(3, 12, "A", "B", taker="seller")]) == []


def test_a_market_maker_that_is_met_while_it_replaces_its_quotes_is_innocent() -> None:
    """The asks are gone for a moment, and new ones come a moment later, when a small bid is met."""
    bids = [order(n, "A", "buy", placed=11.9, ended=13, price=999_500 - n, quantity=400) for n in range(6)]
    old_asks = [order(20 + n, "A", "sell", placed=5, ended=11.8, price=1_000_500 + n, quantity=400) for n in range(6)]
    new_asks = [order(40 + n, "A", "sell", placed=12.1, ended=13, price=1_000_300 + n, quantity=400) for n in range(6)]
    met = trade(3, 12, "B", "A", taker="buyer", quantity=20)
    assert find(bids, [*EARLIER, met]) == [(LAYERING, HIGH, 1)]
    assert find([*bids, *old_asks], [*EARLIER, met]) == []
    assert find([*bids, *new_asks], [*EARLIER, met]) == []


def test_bait_on_the_other_side_afterwards_does_not_hide_the_first() -> None:
    flipped = order(8, "A", "buy", placed=15, ended=20, price=998_000, quantity=2_000)
    sale = trade(4, 18, "B", "A", taker="buyer")
    assert find([BAIT, OWN_BID, flipped], [*EARLIER, PURCHASE, sale]) == [(SPOOFING, MEDIUM, 1)]
    later = [one._replace(placed_us=at(19), ended_us=at(24)) for one in (flipped,)]
    sale = sale._replace(at_us=at(22))
    assert find([BAIT, OWN_BID, *later], [*EARLIER, PURCHASE, sale]) == [(SPOOFING, MEDIUM, 2)]


def test_nothing_is_found_where_nothing_was_traded() -> None:
    assert find([BAIT], []) == []
