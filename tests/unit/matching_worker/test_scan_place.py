"""Where the next scan for pending commands may start."""

import pytest

from ledger.journal import WriterState
from matching.worker.reading import Position, ScanPlace, next_scan_place
from matching.worker.translation import LoggedCommand

OLDEST_RUNNING = 50


def position() -> Position:
    return Position(0, 0, ScanPlace(10, 0), WriterState(2, 0, b"", 0), OLDEST_RUNNING)


def commands(*places: tuple[int, int]) -> list[LoggedCommand]:
    return [
        LoggedCommand(number, xact, 1, 1, 1, 1, 1, 1, False, 1, 1, 0, None, 0, 0, 0, "", "") for xact, number in places
    ]


@pytest.mark.parametrize(
    ("found", "limit", "expected"),
    [
        # Everything was seen: only what is still running can bring something new.
        ([], 3, (OLDEST_RUNNING, 0)),
        ([(20, 1), (21, 2)], 3, (OLDEST_RUNNING, 0)),
        # Stopped at the limit: behind the last row, also within one database transaction.
        ([(20, 1), (20, 2), (20, 3)], 3, (20, 3)),
        ([(20, 1), (21, 2), (22, 9)], 3, (22, 9)),
        # Never beyond what is still running, however far the rows go.
        ([(20, 1), (60, 2), (70, 3)], 3, (OLDEST_RUNNING, 0)),
        ([(50, 1), (50, 2), (50, 3)], 3, (OLDEST_RUNNING, 0)),
    ],
)
def test_next_place(found: list[tuple[int, int]], limit: int, expected: tuple[int, int]) -> None:
    assert next_scan_place(position(), commands(*found), limit=limit) == ScanPlace(*expected)
