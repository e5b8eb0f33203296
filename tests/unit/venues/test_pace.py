"""When a sync will be through."""

from datetime import UTC, datetime, timedelta

import pytest

from wallet.venues.core.pace import expected_end

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def left(*, after: float, done: int, total: int = 100, pace: float = 6.0) -> float | None:
    at = BEGAN + timedelta(seconds=after)
    end = expected_end(began_at=BEGAN, at=at, done=done, total=total, seconds_per_currency=pace)
    return None if end is None else (end - at).total_seconds()


@pytest.mark.parametrize(
    ("after", "done", "seconds"),
    [
        (0, 0, 600.0),
        (2, 10, 540.0),  # a quick beginning does not last
        (400, 50, 400.0),  # slower than known
        (600, 100, 0.0),
    ],
)
def test_the_slower_of_what_was_and_what_is_known_counts(after: float, done: int, seconds: float) -> None:
    assert left(after=after, done=done) == seconds


def test_nothing_is_expected_before_it_is_known_how_much_there_is() -> None:
    assert left(after=5, done=0, total=0) is None
