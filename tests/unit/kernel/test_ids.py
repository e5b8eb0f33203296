"""Ids: strictly increasing for each writer, whatever its clock does, and never the same for two writers."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import InvariantViolated
from kernel.ids import EPOCH_MS, MAX_WRITER, IdAllocator, first_id_at, unix_ms_of, writer_of

NOW = EPOCH_MS + 33_000_000_000
clocks = st.lists(
    st.tuples(st.integers(NOW - 5_000, NOW + 5_000), st.integers(0, 200)), min_size=1, max_size=30
)  # fmt: skip


@given(clocks, st.integers(0, MAX_WRITER))
def test_strictly_increasing_also_when_the_clock_goes_back(calls: list[tuple[int, int]], writer: int) -> None:
    allocator = IdAllocator(writer)
    ids = [identifier for unix_ms, count in calls for identifier in allocator.take(count, unix_ms)]
    assert len(ids) == sum(count for _, count in calls)
    assert all(earlier < later for earlier, later in itertools.pairwise(ids))


@given(clocks, clocks, st.lists(st.integers(0, MAX_WRITER), min_size=2, max_size=2, unique=True))
def test_two_writers_never_meet(
    first: list[tuple[int, int]], second: list[tuple[int, int]], writers: list[int]
) -> None:
    taken = []
    for writer, calls in zip(writers, (first, second), strict=True):
        allocator = IdAllocator(writer)
        taken.append({identifier for unix_ms, count in calls for identifier in allocator.take(count, unix_ms)})
    assert not taken[0] & taken[1]


@given(clocks, clocks)
def test_goes_on_behind_what_was_given_before(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    before = IdAllocator(3)
    given_before = [identifier for unix_ms, count in first for identifier in before.take(count, unix_ms)]
    last = max(given_before, default=0)
    after = IdAllocator(3, after=last)
    assert all(identifier > last for unix_ms, count in second for identifier in after.take(count, unix_ms))


def test_a_full_millisecond_borrows_from_the_next() -> None:
    allocator = IdAllocator(2)
    ids = allocator.take(65_536 + 10, NOW)
    assert ids == sorted(set(ids))
    assert unix_ms_of(ids[65_535]) == NOW
    assert unix_ms_of(ids[65_536]) == NOW + 1
    assert allocator.take(1, NOW)[0] > ids[-1]


def test_tells_its_time_and_bounds_a_range() -> None:
    (identifier,) = IdAllocator(MAX_WRITER).take(1, NOW)
    assert unix_ms_of(identifier) == NOW
    assert writer_of(identifier) == MAX_WRITER
    assert first_id_at(NOW) <= identifier < first_id_at(NOW + 1)
    assert first_id_at(0) == 0
    assert identifier < 2**63


@pytest.mark.parametrize("writer", [-1, MAX_WRITER + 1])
def test_a_writer_number_that_does_not_fit_is_refused(writer: int) -> None:
    with pytest.raises(InvariantViolated):
        IdAllocator(writer)
