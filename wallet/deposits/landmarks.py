"""Hashes of blocks that were walked, few enough to stay in one row, to find out where a reorganisation began.

All of the newest blocks are there, and the older they are the fewer; the place that is found lies at or before the
block where two branches part, so at worst some blocks are walked again. Pure.
"""

from collections.abc import Iterable, Sequence

Landmark = tuple[int, str]
"""Height, and the end of the hash: beginnings are alike where work is proven by zeros."""

HASH_CHARACTERS = 16
ALL_OF_THE_NEWEST = 16
OLDEST = 1 << 16
"""Blocks behind the newest one; a branch that parted before is another chain."""


def landmark(height: int, block_hash: str) -> Landmark:
    return height, block_hash[-HASH_CHARACTERS:]


def extended(known: Sequence[Landmark], new: Iterable[Landmark]) -> list[Landmark]:
    """The landmarks to keep after walking further; `new` are in order and follow on `known`."""
    everything = [*known, *new]
    newest = everything[-1][0] if everything else 0
    return [mark for mark in everything if _is_kept(mark[0], newest)]


def up_to(known: Sequence[Landmark], height: int) -> list[Landmark]:
    """Those that a branch which parted at `height` leaves standing."""
    return [mark for mark in known if mark[0] <= height]


def _is_kept(height: int, newest: int) -> bool:
    age = newest - height
    if age < ALL_OF_THE_NEWEST:
        return True
    # Steps are powers of two that grow with age: a height that is kept later was kept at every moment before.
    return age <= OLDEST and height % (1 << (age // (ALL_OF_THE_NEWEST // 2)).bit_length() - 1) == 0
