"""The rules of fees: which tier a volume reaches, and which rates hold where several are set.

Pure functions. Volumes are units of one asset and are only compared; rates are parts per million of what a trade
brings.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple


class TierStep(NamedTuple):
    """From which volume on a tier is reached."""

    tier: int
    min_volume: Decimal


class Rates(NamedTuple):
    """What a maker and a taker pay."""

    maker_ppm: int
    taker_ppm: int


def tier_of_volume(volume: Decimal, steps: Iterable[TierStep]) -> int:
    """The highest tier whose volume is reached; the lowest of all where none is."""
    ladder = sorted(steps)
    reached = [step.tier for step in ladder if step.min_volume <= volume]
    return reached[-1] if reached else ladder[0].tier


def step_after(tier: int, steps: Iterable[TierStep]) -> TierStep | None:
    """The tier above this one; None on the highest."""
    return min((step for step in steps if step.tier > tier), default=None)


def missing_volume(volume: Decimal, step: TierStep) -> Decimal:
    """What is still to be traded until that tier; never less than zero."""
    return max(step.min_volume - volume, Decimal(0))


def narrowest(
    *, user_in_market: Rates | None, user: Rates | None, market: Rates | None, tier: Rates
) -> tuple[str, Rates]:
    """Whose rates hold, and the rates: what is said of fewer trades goes before what is said of more."""
    for source, rates in (("USER_IN_MARKET", user_in_market), ("USER", user), ("MARKET", market)):
        if rates is not None:
            return source, rates
    return "TIER", tier
