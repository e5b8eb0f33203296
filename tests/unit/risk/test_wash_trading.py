"""Who is accused of trading with themselves, and who is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.core.surveillance.facts import HIGH, MEDIUM, Link, TradeFact, pair_of
from risk.core.surveillance.wash_trading import (
    WashTradingRules,
    find_circular_trading,
    find_wash_trading,
)
from tests.unit.risk.scenes import ACCOUNTS, at, trade

RULES = WashTradingRules()
SAME_ADDRESS = {pair_of(ACCOUNTS["A"], ACCOUNTS["B"]): Link("same address", MEDIUM)}


def wash(trades: list[TradeFact], *, house: str = "", fresh_from: float = 0) -> list[tuple[tuple[int, ...], int, int]]:
    findings = find_wash_trading(
        RULES,
        trades,
        links=SAME_ADDRESS,
        house={ACCOUNTS[name] for name in house},
        fresh_from_us=at(fresh_from),
    )
    return [(finding.accounts, finding.count, finding.severity) for finding in findings]


def circular(trades: list[TradeFact], *, house: str = "", fresh_from: float = 0) -> list[tuple[int, ...]]:
    findings = find_circular_trading(
        RULES, trades, links={}, house={ACCOUNTS[name] for name in house}, fresh_from_us=at(fresh_from)
    )
    return [finding.accounts for finding in findings]


def test_linked_accounts_that_trade_are_found() -> None:
    trades = [trade(1, 1, "A", "B"), trade(2, 2, "C", "B"), trade(3, 3, "B", "A")]
    assert wash(trades) == [((1, 2), 2, MEDIUM)]


def test_an_account_that_trades_with_itself_is_found() -> None:
    assert wash([trade(1, 1, "C", "C")]) == [((3,), 1, HIGH)]


def test_many_trades_are_worse() -> None:
    trades = [trade(number, number, "A", "B") for number in range(1, 11)]
    assert wash(trades) == [((1, 2), 10, HIGH)]


def test_many_trades_over_a_long_time_are_not_worse() -> None:
    trades = [trade(number, number * 60, "A", "B") for number in range(1, 11)]
    assert wash(trades) == [((1, 2), 10, MEDIUM)]


@pytest.mark.parametrize(
    ("trades", "house", "fresh_from"),
    [
        ([trade(1, 1, "A", "C"), trade(2, 2, "C", "B")], "", 0),
        ([trade(1, 1, "A", "B")], "AB", 0),
        ([trade(1, 1, "A", "A")], "A", 0),
        ([trade(1, 1, "A", "B"), trade(2, 5, "A", "C")], "", 3),
        ([], "", 0),
    ],
    ids=["not linked", "the house among itself", "one house account", "seen before", "no trades"],
)
def test_the_innocent_of_wash_trading(trades: list[TradeFact], house: str, fresh_from: float) -> None:
    assert wash(trades, house=house, fresh_from=fresh_from) == []


BACK_AND_FORTH = [
    trade(1, 10, "A", "B"),
    trade(2, 20, "B", "A"),
    trade(3, 30, "A", "B"),
    trade(4, 40, "B", "A"),
]


def test_two_accounts_that_pass_it_back_and_forth_are_found() -> None:
    (found,) = find_circular_trading(RULES, BACK_AND_FORTH, links={}, house=(), fresh_from_us=at(35))
    assert (found.accounts, found.severity, found.count) == ((1, 2), MEDIUM, 1)
    assert found.trade_ids == (1, 2, 3, 4)
    assert (found.first_us, found.last_us) == (at(10), at(40))


@pytest.mark.parametrize(
    ("trades", "house"),
    [
        ([trade(number, number, "A", "B") for number in range(1, 9)], ""),
        (
            [one._replace(price=one.price + number * 20_000) for number, one in enumerate(BACK_AND_FORTH)],
            "",
        ),
        ([one._replace(quantity=100 if one.buyer == 1 else 40) for one in BACK_AND_FORTH], ""),
        (
            sorted([*BACK_AND_FORTH, *(trade(10 + n, 11 + n, "C", "B", quantity=60) for n in range(4))]),
            "",
        ),
        ([one._replace(at_us=one.at_us + n * 200_000_000) for n, one in enumerate(BACK_AND_FORTH)], ""),
        (BACK_AND_FORTH, "B"),
        (BACK_AND_FORTH[:2], ""),
    ],
    ids=[
        "one way only",
        "at prices that differ",
        "one of them keeps most of it",
        "a market maker with other customers",
        "slowly",
        "a customer of the house",
        "there and back once",
    ],
)
def test_the_innocent_of_circular_trading(trades: list[TradeFact], house: str) -> None:
    assert circular(sorted(trades, key=lambda one: one.at_us), house=house) == []


def test_what_is_known_to_be_linked_is_not_reported_twice() -> None:
    found = find_circular_trading(RULES, BACK_AND_FORTH, links=SAME_ADDRESS, house=(), fresh_from_us=at(0))
    assert found == []


@given(
    st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("ABCD"), st.integers(0, 3)), max_size=40),
    st.integers(0, 40),
)
def test_in_two_stretches_each_trade_is_reported_once(made: list[tuple[str, str, int]], cut: int) -> None:
    """Stretches that follow each other report together what one long stretch reports."""
    seconds, trades = 0, []
    for number, (buyer, seller, pause) in enumerate(made, start=1):
        seconds += pause
        trades.append(trade(number, seconds, buyer, seller))
    border = at(cut)

    def reported(seen: list[TradeFact], fresh_from_us: int) -> list[int]:
        findings = find_wash_trading(RULES, seen, links=SAME_ADDRESS, house=(), fresh_from_us=fresh_from_us)
        return [number for finding in findings for number in finding.trade_ids]

    before = [one for one in trades if one.at_us <= border]
    halves = reported(before, at(-1)) + reported(trades, border)
    assert sorted(halves) == sorted(reported(trades, at(-1)))
    assert len(halves) == len(set(halves))
