"""Chance comes into the strategy from outside, so that a seed makes a run repeatable."""

from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Chance(Protocol):
    """What the strategy asks of `random.Random`: whole numbers only."""

    def randrange(self, start: int, stop: int, /) -> int: ...


def noise_milli(chance: Chance) -> int:
    """About normal, mean 0, standard deviation 1000."""
    return sum(chance.randrange(-1000, 1001) for _ in range(3))


def happens(chance: Chance, *, once_in_ms: int, within_ms: int) -> bool:
    """Whether something that happens once in a while happened in a short time; memoryless, so never in step."""
    return chance.randrange(0, once_in_ms) < within_ms
