"""The auction's price by hand: what trades, and what finds nobody."""

import pytest

from matching.engine.auction import Clearing, Level, clearing


@pytest.mark.parametrize(
    ("bids", "asks", "expected"),
    [
        ([], [(10, 1)], None),
        ([(9, 5)], [(10, 5)], None),
        ([(10, 5)], [(10, 5)], Clearing(10, 5, 0)),
        ([(12, 3)], [(10, 5)], Clearing(11, 3, -2)),
        ([(12, 7)], [(10, 5)], Clearing(11, 5, 2)),
        # As many lots trade at 10 as at 12; at 10 fewer are left.
        ([(12, 4), (10, 1)], [(10, 4)], Clearing(11, 4, 0)),
        ([(12, 4), (11, 2)], [(10, 5), (12, 9)], Clearing(11, 5, 1)),
    ],
)
def test_the_price_and_what_is_left(bids: list[Level], asks: list[Level], expected: Clearing | None) -> None:
    assert clearing(bids, asks, 11) == expected
