"""A push and a reversal, and people who merely buy."""

import pytest

from risk.core.surveillance.facts import CRITICAL, HIGH, TradeFact
from risk.core.surveillance.momentum_ignition import MomentumIgnitionRules, find_momentum_ignition
from tests.unit.risk.scenes import at, trade

RULES = MomentumIgnitionRules()

CALM = [trade(1, 1, "C", "D"), trade(2, 2, "D", "C")]
PUSH = [trade(10 + n, 10 + n, "A", "B", price=1_000_000 + n * 4_000) for n in range(1, 6)]
FOLLOWERS = [trade(20, 20, "E", "B", price=1_025_000), trade(21, 21, "F", "B", price=1_028_000)]
REVERSAL = [trade(30, 40, "F", "A", price=1_030_000, quantity=400, taker="buyer")]


def find(trades: list[TradeFact], *, fresh_from: float = 0) -> list[tuple[tuple[int, ...], int]]:
    findings = find_momentum_ignition(RULES, trades, fresh_from_us=at(fresh_from))
    return [(finding.accounts, finding.severity) for finding in findings]


def mirrored(trades: list[TradeFact]) -> list[TradeFact]:
    """The same downwards: buyers are sellers, and prices fall where they rose."""
    return [
        one._replace(
            buyer=one.seller,
            seller=one.buyer,
            buy_order=one.sell_order,
            sell_order=one.buy_order,
            taker_buys=not one.taker_buys,
            price=2_000_000 - one.price,
        )
        for one in trades
    ]


def test_a_push_and_a_sale_at_better_prices_are_found() -> None:
    (found,) = find_momentum_ignition(RULES, [*CALM, *PUSH, *FOLLOWERS, *REVERSAL], fresh_from_us=at(30))
    assert (found.accounts, found.severity) == ((1,), HIGH)
    assert (found.last_us, found.figures["share_of_taking_ppm"]) == (at(40), 1_000_000)
    assert set(found.trade_ids) <= {*range(11, 16), 30}


def test_it_is_found_downwards() -> None:
    assert find(mirrored([*CALM, *PUSH, *FOLLOWERS, *REVERSAL])) == [((1,), HIGH)]


def test_a_great_move_is_worse() -> None:
    push = [one._replace(price=1_000_000 + n * 15_000) for n, one in enumerate(PUSH, start=1)]
    sale = [one._replace(price=1_090_000) for one in REVERSAL]
    assert find([*CALM, *push, *sale]) == [((1,), CRITICAL)]


ONE_ORDER = [one._replace(buy_order=77) for one in PUSH]
SMALL_MOVE = [one._replace(price=1_000_000 + n * 100) for n, one in enumerate(PUSH)]
CROWD = [trade(50 + n, 10.5 + n, "G", "B", quantity=300, price=1_002_000 + n * 4_000) for n in range(1, 5)]


@pytest.mark.parametrize(
    "trades",
    [
        [*CALM, *PUSH, *FOLLOWERS],
        [*CALM, *ONE_ORDER, *REVERSAL],
        [*CALM, *SMALL_MOVE, *REVERSAL],
        sorted([*CALM, *PUSH, *CROWD, *REVERSAL], key=lambda one: one.at_us),
        [*CALM, *PUSH, *(one._replace(price=1_001_000) for one in REVERSAL)],
        [*CALM, *PUSH, *(one._replace(quantity=100) for one in REVERSAL)],
        [*CALM, *PUSH, *(one._replace(at_us=at(400)) for one in REVERSAL)],
        [*CALM, *(one._replace(taker_buys=False) for one in PUSH), *REVERSAL],
        [*CALM],
        [],
    ],
    ids=[
        "keeps it",
        "one order that swept the book",
        "hardly a move",
        "part of a rally",
        "sold at a loss",
        "sold a little",
        "sold much later",
        "was taken from",
        "calm",
        "nothing",
    ],
)
def test_the_innocent_of_momentum_ignition(trades: list[TradeFact]) -> None:
    assert find(trades) == []


def test_a_reversal_that_was_seen_is_not_found_again() -> None:
    assert find([*CALM, *PUSH, *REVERSAL, trade(60, 50, "C", "D")], fresh_from=40) == []
