"""How one step of `./bourse test` went."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What it was called, whether it was good, how long it took."""

    name: str
    is_good: bool
    seconds: float
