"""Time-ordered 63-bit identifiers.

Layout, high to low: 42 bits of milliseconds since 2025-01-01 UTC, 5 bits of writer, 16 bits of counter. Rows sort by
time, tables partition by month on a single-column key, and no two writers can meet. Writer 0 is the database
function `bourse_next_id()`, which gives commands theirs; a matching shard or the funds processor has its own number.
"""

from typing import Final

from kernel.errors import invariant

EPOCH_MS: Final = 1_735_689_600_000
"""2025-01-01T00:00:00Z in milliseconds since the Unix epoch."""

WRITER_BITS: Final = 5
COUNTER_BITS: Final = 16
MAX_WRITER: Final = (1 << WRITER_BITS) - 1
_COUNTER_LIMIT: Final = 1 << COUNTER_BITS
_TIME_SHIFT: Final = WRITER_BITS + COUNTER_BITS


def first_id_at(unix_ms: int) -> int:
    """The smallest id of that millisecond: the bound of a partition, or of a query by time."""
    return max(unix_ms - EPOCH_MS, 0) << _TIME_SHIFT


def unix_ms_of(identifier: int) -> int:
    """When an id was given, in milliseconds since the Unix epoch."""
    return (identifier >> _TIME_SHIFT) + EPOCH_MS


def writer_of(identifier: int) -> int:
    """The number of the writer that gave an id."""
    return identifier >> COUNTER_BITS & MAX_WRITER


class IdAllocator:
    """Gives one writer strictly increasing ids. The clock comes in as an argument and may stand still or go back."""

    __slots__ = ("_counter", "_ms", "_writer_bits")

    def __init__(self, writer: int, *, after: int = 0) -> None:
        """`after`: the greatest id this writer ever gave; the next one is greater."""
        invariant(0 <= writer <= MAX_WRITER, "writer number out of range", writer=writer)
        self._writer_bits = writer << COUNTER_BITS
        self._ms = after >> _TIME_SHIFT
        self._counter = _COUNTER_LIMIT if after else 0

    def take(self, count: int, unix_ms: int) -> list[int]:
        """`count` new ids at that time. A millisecond that is used up borrows from the next one."""
        ids: list[int] = []
        now = unix_ms - EPOCH_MS
        if now > self._ms:
            self._ms, self._counter = now, 0
        while count:
            if self._counter == _COUNTER_LIMIT:
                self._ms, self._counter = self._ms + 1, 0
            fits = min(count, _COUNTER_LIMIT - self._counter)
            first = (self._ms << _TIME_SHIFT) | self._writer_bits | self._counter
            ids.extend(range(first, first + fits))
            self._counter += fits
            count -= fits
        return ids
