"""Which tier a volume reaches, and whose rates hold."""

from decimal import Decimal
from itertools import product

import pytest

from risk.core.fees import Rates, TierStep, missing_volume, narrowest, step_after, tier_of_volume

D = Decimal
STEPS = [TierStep(tier, D(volume)) for tier, volume in ((1, 0), (2, 100), (3, 1_000), (4, 10_000), (5, 100_000))]


@pytest.mark.parametrize(
    ("volume", "tier"),
    [
        ("0", 1),
        ("99.999999999999999999", 1),
        ("100", 2),
        ("999.99", 2),
        ("1000", 3),
        ("99999", 4),
        ("100000", 5),
        ("99999999999999999999", 5),
    ],
)
def test_a_tier_begins_at_its_volume(volume: str, tier: int) -> None:
    assert tier_of_volume(D(volume), STEPS) == tier
    assert tier_of_volume(D(volume), reversed(STEPS)) == tier


def test_who_reaches_nothing_is_in_the_lowest_tier() -> None:
    assert tier_of_volume(D(0), [TierStep(2, D(5)), TierStep(3, D(9))]) == 2


def test_of_tiers_that_begin_at_the_same_volume_the_highest_is_reached() -> None:
    assert tier_of_volume(D(7), [TierStep(1, D(0)), TierStep(2, D(7)), TierStep(3, D(7))]) == 3


def test_the_next_step_and_what_is_missing() -> None:
    following = step_after(2, STEPS)
    assert following == STEPS[2]
    assert missing_volume(D("250.5"), following) == D("749.5")
    assert missing_volume(D(5_000), following) == 0
    assert step_after(5, STEPS) is None


def test_the_narrowest_rates_hold_in_every_combination() -> None:
    rates = {"USER_IN_MARKET": Rates(1, 2), "USER": Rates(3, 4), "MARKET": Rates(5, 6)}
    tier = Rates(7, 8)
    for present in product([True, False], repeat=3):
        given = {name: rates[name] if is_there else None for name, is_there in zip(rates, present, strict=True)}
        expected = next(((name, found) for name, found in given.items() if found), ("TIER", tier))
        found = narrowest(user_in_market=given["USER_IN_MARKET"], user=given["USER"], market=given["MARKET"], tier=tier)
        assert found == expected


def test_rates_of_zero_are_rates() -> None:
    assert narrowest(user_in_market=None, user=Rates(0, 0), market=Rates(5, 6), tier=Rates(7, 8)) == (
        "USER",
        Rates(0, 0),
    )
