"""Batches of funds keep apart while there is work, and nobody waits after a quiet time."""

import pytest

from wallet.processor.running import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(0.05, clock=clock, sleep=clock.sleep)


def batch(clock: Clock, *, takes: float, of: int) -> int:
    clock.now += takes
    return of


def test_the_first_does_not_wait(pace: Pace, clock: Clock) -> None:
    assert pace.run(lambda: batch(clock, takes=0.01, of=3)) == 3
    assert clock.slept == []


def test_the_next_begins_so_long_after_the_last_began(pace: Pace, clock: Clock) -> None:
    for _ in range(3):
        pace.run(lambda: batch(clock, takes=0.01, of=3))
    assert clock.slept == [0.04, 0.04]


def test_a_long_one_has_kept_the_pace_already(pace: Pace, clock: Clock) -> None:
    for _ in range(3):
        pace.run(lambda: batch(clock, takes=0.2, of=2_000))
    assert clock.slept == []


def test_after_a_look_that_found_nothing_nobody_waits(pace: Pace, clock: Clock) -> None:
    pace.run(lambda: batch(clock, takes=0.01, of=3))
    pace.run(lambda: batch(clock, takes=0.001, of=0))
    assert clock.slept == [0.04]
    pace.run(lambda: batch(clock, takes=0.01, of=3))
    assert clock.slept == [0.04]


def test_one_that_fails_sets_no_pace(pace: Pace, clock: Clock) -> None:
    def fails() -> int:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        pace.run(fails)
    pace.run(lambda: batch(clock, takes=0.01, of=1))
    assert clock.slept == []
