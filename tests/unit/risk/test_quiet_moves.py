"""A price that moves by itself."""

import pytest

from risk.core.surveillance.facts import LOW, MEDIUM, TradeFact
from risk.core.surveillance.quiet_moves import QuietMoveRules, find_quiet_move
from tests.unit.risk.scenes import at, trade

RULES = QuietMoveRules()
BEFORE = trade(1, 1, "C", "D")


def find(trades: list[TradeFact], *, usual: int = 10_000, fresh_from: float = 0) -> list[int]:
    findings = find_quiet_move(RULES, trades, usual_quantity=usual, fresh_from_us=at(fresh_from))
    return [finding.severity for finding in findings]


def test_a_move_without_volume_is_found_and_accuses_nobody() -> None:
    trades = [BEFORE, trade(2, 400, "A", "B", price=1_040_000)]
    (found,) = find_quiet_move(RULES, trades, usual_quantity=10_000, fresh_from_us=at(300))
    assert (found.severity, found.accounts, found.trade_ids) == (LOW, (), (2,))
    assert found.figures["traders"] == "1, 2"


def test_a_fall_counts_as_well_and_a_great_one_more() -> None:
    assert find([BEFORE, trade(2, 10, "A", "B", price=880_000)]) == [MEDIUM]


@pytest.mark.parametrize(
    ("trades", "usual", "fresh_from"),
    [
        ([BEFORE, trade(2, 10, "A", "B", price=1_020_000)], 10_000, 0),
        ([BEFORE, trade(2, 10, "A", "B", price=1_040_000, quantity=5_000)], 10_000, 0),
        ([BEFORE, trade(2, 10, "A", "B", price=1_040_000)], 0, 0),
        ([BEFORE, trade(2, 10, "A", "B", price=1_040_000)], 10_000, 10),
        ([trade(2, 10, "A", "B", price=1_040_000)], 10_000, 0),
        ([], 10_000, 0),
    ],
    ids=["a small move", "with volume", "nobody knows what is usual", "seen before", "the first trade", "no trades"],
)
def test_what_is_no_quiet_move(trades: list[TradeFact], usual: int, fresh_from: float) -> None:
    assert find(trades, usual=usual, fresh_from=fresh_from) == []
