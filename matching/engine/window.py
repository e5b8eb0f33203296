"""The prices a circuit breaker looks back on: lowest and highest of the last while, in bounded memory.

A window is immutable, so that undo keeps the old one and needs nothing else. It is cut into 32 steps; a step remembers
the extremes and the last price of its trades. What falls out of the window leaves its last price behind: the price that
held when the window began.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Self

from risk.core.pretrade import PPM

STEPS: Final = 32


class Step(NamedTuple):
    """The trades of one step of the clock. Prices in ticks."""

    number: int
    lowest: int
    highest: int
    last: int
    """0 of the newest step: its last price is the market's."""


class PriceWindow(NamedTuple):
    """What is remembered of the prices of the last `STEPS` steps."""

    before: int
    """The last price before the remembered steps, in ticks; 0 = none."""
    steps: tuple[Step, ...]
    """Ascending; only steps with trades."""

    @classmethod
    def starting_at(cls, ticks: int) -> Self:
        """A window that knows the present price only; 0 = none."""
        return cls(ticks, ())

    def seen_from(self, number: int, last_ticks: int) -> Self:
        """This window as it looks in that step: what is too old has left its last price behind.

        `last_ticks`: the market's last price.
        """
        steps = self.steps
        if not steps or steps[0].number > number - STEPS:
            return self
        recent = tuple(step for step in steps if step.number > number - STEPS)
        return type(self)(steps[len(steps) - len(recent) - 1].last or last_ticks, recent)

    def with_trades(self, number: int, first: int, last: int, previous: int) -> Self:
        """The window after trades in that step whose prices went straight from `first` to `last`.

        `previous`: the market's last price before them.
        """
        lowest, highest = (first, last) if first <= last else (last, first)
        if self.steps and self.steps[-1].number == number:
            step = self.steps[-1]
            if step.lowest <= lowest and highest <= step.highest:
                return self
            merged = Step(number, min(step.lowest, lowest), max(step.highest, highest), 0)
            return type(self)(self.before, (*self.steps[:-1], merged))
        seen = self.seen_from(number, previous)
        steps = seen.steps
        if steps:
            steps = (*steps[:-1], steps[-1]._replace(last=previous))
        return type(self)(seen.before, (*steps, Step(number, lowest, highest, 0)))

    def extremes(self) -> tuple[int, int] | None:
        """Lowest and highest price; None where there is none."""
        prices = [step.lowest for step in self.steps] + [step.highest for step in self.steps]
        if self.before:
            prices.append(self.before)
        return (min(prices), max(prices)) if prices else None

    def extremes_of(self, number: int) -> tuple[int, int]:
        """Lowest and highest price of the trades in that step, which is not before the newest; no price is between
        (0, 0)."""
        if self.steps and self.steps[-1].number == number:
            return self.steps[-1].lowest, self.steps[-1].highest
        return 0, 0

    def to_json(self) -> list[Any]:
        """As plain lists."""
        return [self.before, [list(step) for step in self.steps]]

    @classmethod
    def from_json(cls, written: Sequence[Any]) -> Self:
        """What `to_json` wrote."""
        return cls(written[0], tuple(Step(*step) for step in written[1]))


def step_length(window_us: int) -> int:
    """Microseconds of one step of the clock."""
    return max(window_us // STEPS, 1)


def breaker_bounds(lowest: int, highest: int, breaker_ppm: int) -> tuple[int, int]:
    """The prices, in ticks, that are not more than the breaker allows below the highest and above the lowest."""
    return -(-highest * (PPM - breaker_ppm) // PPM), lowest * (PPM + breaker_ppm) // PPM
