"""Floods of orders, and much honest work."""

import pytest

from risk.core.surveillance.facts import HIGH, MEDIUM
from risk.core.surveillance.quote_stuffing import QuoteStuffingRules, SecondFact, find_quote_stuffing
from tests.unit.risk.scenes import at

RULES = QuoteStuffingRules()


def flow(
    *, seconds: int = 10, instructions: int = 60, placed: int = 30, traded: int = 0, brief: int = 30, account: int = 1
) -> list[SecondFact]:
    """The same in each of these seconds."""
    return [SecondFact(account, at(n), instructions, placed, traded, brief) for n in range(seconds)]


def find(seconds: list[SecondFact], *, fresh_from: float = 0) -> list[tuple[tuple[int, ...], int]]:
    findings = find_quote_stuffing(RULES, seconds, fresh_from_us=at(fresh_from))
    return [(finding.accounts, finding.severity) for finding in findings]


def test_a_flood_is_found_and_its_size_told() -> None:
    (found,) = find_quote_stuffing(RULES, flow(), fresh_from_us=at(0))
    assert (found.accounts, found.severity) == ((1,), MEDIUM)
    assert found.figures["instructions_in_window"] == 600
    assert (found.first_us, found.last_us) == (at(0), at(10))


def test_a_great_flood_is_worse() -> None:
    assert find(flow(instructions=120, placed=60, brief=60)) == [((1,), HIGH)]


def test_one_burst_in_a_single_second_is_enough() -> None:
    assert find(flow(seconds=1, instructions=800, placed=400, brief=400)) == [((1,), MEDIUM)]


def test_the_flood_of_one_is_not_another_ones() -> None:
    assert find([*flow(), *flow(account=2, instructions=5, placed=2, brief=2)]) == [((1,), MEDIUM)]


@pytest.mark.parametrize(
    "seconds",
    [
        flow(instructions=40, placed=20, brief=20),
        flow(traded=1),
        flow(brief=10),
        flow(placed=0, brief=0),
        [SecondFact(1, at(n * 11), 300, 150, 0, 150) for n in range(10)],
        [],
    ],
    ids=["not many", "some trade", "quotes that stay", "cancels only", "spread out", "nothing"],
)
def test_the_innocent_of_quote_stuffing(seconds: list[SecondFact]) -> None:
    assert find(seconds) == []


def test_a_flood_that_was_seen_is_not_found_again() -> None:
    assert find(flow(), fresh_from=10) == []


def test_a_flood_over_the_border_of_two_stretches_is_found() -> None:
    assert find(flow(), fresh_from=9.5) == [((1,), MEDIUM)]
