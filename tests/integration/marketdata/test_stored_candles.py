"""What is read from stored candles is what the trades add up to, however much of it is rolled up."""

from collections.abc import Callable
from dataclasses import astuple
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from exchange.settings import SECOND_CANDLES_DAYS
from marketdata.intervals import INTERVALS
from marketdata.models import StoredCandle, StoredInterval
from marketdata.selectors.candles import Candle, list_candles
from marketdata.selectors.house import forget_house_accounts
from marketdata.selectors.summaries import DAY_MS, PERIODS, sum_up_period
from marketdata.selectors.trades import list_trades_since
from marketdata.services import drop_old_seconds, rebuild_candles, roll_up_hours
from marketdata.tasks import drop_old_candles, roll_up_candles
from matching.models import Shard
from matching.selectors.markets import forget_markets
from tests.integration.marketdata.tape import Print, Tape, added_up

NOON_MS = 1_772_625_600_000
"""2026-03-04T12:00Z, a Wednesday."""

HOUR_MS = 3_600_000
KEPT_SECONDS = SECOND_CANDLES_DAYS * DAY_MS // 1000
"""How long candles of seconds are kept."""

NewTape = Callable[[], Tape]

ROLL_UP, REBUILD = "roll up", "rebuild"
waits_ms = st.one_of(
    st.integers(0, 400), st.integers(0, 90_000), st.integers(0, 6 * HOUR_MS), st.integers(0, 20 * DAY_MS)
)
prints = st.tuples(waits_ms, st.integers(1, 30), st.integers(1, 9), st.booleans())
steps = st.lists(st.one_of(prints, st.sampled_from([ROLL_UP, REBUILD])), min_size=1, max_size=25)


def worker_is_at(now_ms: int) -> None:
    """The worker has committed something at this time."""
    Shard.objects.update(applied_at_us=now_ms * 1000)


def assert_all_as_added_up(tape: Tape, now_ms: int) -> None:
    """Every interval, and the days."""
    for interval in INTERVALS.values():
        shown = list_candles(
            market_id=tape.market.pk, interval=interval, start_ms=None, end_ms=None, limit=700, now_ms=now_ms
        )
        expected = tape.candles(interval)
        for candle in shown:
            opened_at, *sums = astuple(candle)
            if candle.trades:
                assert tuple(sums) == expected[opened_at]
            else:
                assert opened_at not in expected
                assert candle.open == candle.high == candle.low == candle.close
                assert candle.volume == 0
        shown_from = interval.shifted(interval.opening(now_ms), -699)
        seen = {at for at in expected if at.timestamp() * 1000 >= shown_from}
        assert {candle.opened_at for candle in shown if candle.trades} == seen
    for days in PERIODS.values():
        of_period = [made for made in tape.prints if made.at_ms >= now_ms - days * DAY_MS]
        summary = sum_up_period(tape.market.pk, now_ms - days * DAY_MS, now_ms)
        assert astuple(summary) == added_up(of_period)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps)
def test_any_order_of_trading_and_rolling_up(new_tape: NewTape, steps: list[str | tuple[int, int, int, bool]]) -> None:
    with transaction.atomic():
        tape, now_ms, seconds_from = new_tape(), NOON_MS, datetime.min.replace(tzinfo=UTC)
        tape.write(Print(now_ms, 7, 1, False))
        for step in steps:
            worker_is_at(now_ms)
            if step == ROLL_UP:
                roll_up_hours(market_id=tape.market.pk)
            elif step == REBUILD:
                assert rebuild_candles(market_id=tape.market.pk, now_ms=now_ms) == len(tape.prints)
                seconds_from = datetime.fromtimestamp(now_ms // 1000 - KEPT_SECONDS, UTC)
            else:
                assert not isinstance(step, str)
                wait_ms, price, quantity, is_house = step
                now_ms += wait_ms
                tape.write(Print(now_ms, price, quantity, is_house))
        assert_all_as_added_up(tape, now_ms)
        worker_is_at(now_ms + HOUR_MS)
        roll_up_hours(market_id=tape.market.pk)
        assert_all_as_added_up(tape, now_ms)
        before = rows_of(tape)
        assert rebuild_candles(market_id=tape.market.pk, now_ms=NOON_MS) == len(tape.prints)
        # Candles that were made anew on the way left out the seconds that were too old by then.
        assert [row for row in rows_of(tape) if row[1] != StoredInterval.SECOND or row[2] >= seconds_from] == before
        for made in range(1, len(tape.prints) + 1):
            (found,) = list_trades_since(market_id=tape.market.pk, number=made, limit=1)
            assert found.number == made
        transaction.set_rollback(True)  # the next example gives the same ids again


def rows_of(tape: Tape) -> list[tuple[Any, ...]]:
    rows = StoredCandle.objects.filter(market=tape.market).order_by("seconds", "opened_at").values_list()
    return [row[1:] for row in rows]


def test_an_hour_is_rolled_up_once_it_is_over(new_tape: NewTape) -> None:
    tape = new_tape()
    tape.write(Print(NOON_MS, 100, 1, False), Print(NOON_MS + HOUR_MS - 1, 102, 2, False))
    hours = StoredCandle.objects.filter(market=tape.market, seconds=StoredInterval.HOUR)
    worker_is_at(NOON_MS + HOUR_MS - 1)
    assert roll_up_hours(market_id=tape.market.pk) == 0
    worker_is_at(NOON_MS + HOUR_MS)
    assert roll_up_hours(market_id=tape.market.pk) == 1
    hour = hours.get()
    assert (hour.open, hour.high, hour.close, hour.volume, hour.first_number) == (100, 102, 102, 3, 1)
    assert roll_up_hours(market_id=tape.market.pk) == 0


def test_the_background_tends_all_markets(new_tape: NewTape) -> None:
    tapes = [new_tape(), new_tape()]
    for number, tape in enumerate(tapes):
        tape.write(Print(NOON_MS + number, 100, 1, False))
    worker_is_at(NOON_MS + HOUR_MS)
    forget_markets()
    assert roll_up_candles() == 2
    assert drop_old_candles() == 2
    left = StoredCandle.objects.filter(market__in=[tape.market for tape in tapes]).values_list("seconds", flat=True)
    assert sorted(left) == [60, 60, 3600, 3600]
    forget_markets()


def test_hours_are_read_where_there_are_hours(new_tape: NewTape) -> None:
    tape = new_tape()
    tape.write(Print(NOON_MS, 100, 1, False), Print(NOON_MS + HOUR_MS, 100, 1, False))
    worker_is_at(NOON_MS + HOUR_MS)
    roll_up_hours(market_id=tape.market.pk)
    StoredCandle.objects.filter(market=tape.market, seconds=StoredInterval.HOUR).update(volume=1000)
    (day,) = list_candles(
        market_id=tape.market.pk,
        interval=INTERVALS["1d"],
        start_ms=NOON_MS,
        end_ms=None,
        limit=1,
        now_ms=NOON_MS + HOUR_MS,
    )
    assert day.volume == 1001


def test_seconds_are_dropped_and_still_known(new_tape: NewTape) -> None:
    tape = new_tape()
    tape.write(
        Print(NOON_MS, 100, 1, False), Print(NOON_MS + 1_500, 101, 2, True), Print(NOON_MS + 1_700, 99, 1, False)
    )
    week_later = NOON_MS + 7 * DAY_MS
    assert drop_old_seconds(market_id=tape.market.pk, now_ms=week_later) == 0

    def seconds(now_ms: int) -> list[Candle]:
        return list_candles(
            market_id=tape.market.pk,
            interval=INTERVALS["1s"],
            start_ms=NOON_MS,
            end_ms=NOON_MS + 3_000,
            limit=10,
            now_ms=now_ms,
        )

    before = seconds(week_later)
    assert [candle.trades for candle in before] == [1, 2, 0]
    assert drop_old_seconds(market_id=tape.market.pk, now_ms=week_later + 2_000) == 2
    assert seconds(week_later + 2_000) == before
    assert StoredCandle.objects.filter(market=tape.market, seconds=StoredInterval.MINUTE).count() == 1


def test_a_house_mark_of_today_reaches_old_candles_by_rebuilding(new_tape: NewTape) -> None:
    tape = new_tape()
    tape.write(Print(NOON_MS, 100, 3, False))

    def minute() -> Candle:
        (candle,) = list_candles(
            market_id=tape.market.pk,
            interval=INTERVALS["1m"],
            start_ms=NOON_MS,
            end_ms=None,
            limit=1,
            now_ms=NOON_MS,
        )
        return candle

    assert (minute().volume, minute().house_volume) == (3, 0)
    User.objects.filter(account=tape.other).update(is_house=True)
    forget_house_accounts()
    rebuild_candles(market_id=tape.market.pk, now_ms=NOON_MS)
    candle = minute()
    assert (candle.volume, candle.house_volume, candle.without_house().volume) == (3, 3, 0)
    assert candle.opened_at == datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "at", "opening", "following"),
    [
        ("1s", "2026-03-04T12:34:56.789", "2026-03-04T12:34:56", "2026-03-04T12:34:57"),
        ("3m", "2026-03-04T12:34:56", "2026-03-04T12:33:00", "2026-03-04T12:36:00"),
        ("12h", "2026-03-04T12:34:56", "2026-03-04T12:00:00", "2026-03-05T00:00:00"),
        ("1w", "2026-03-04T12:34:56", "2026-03-02T00:00:00", "2026-03-09T00:00:00"),
        ("1w", "2026-03-02T00:00:00", "2026-03-02T00:00:00", "2026-03-09T00:00:00"),
        ("1w", "2026-03-01T23:59:59.999", "2026-02-23T00:00:00", "2026-03-02T00:00:00"),
        ("1M", "2026-02-28T23:59:59.999", "2026-02-01T00:00:00", "2026-03-01T00:00:00"),
        ("1M", "2027-12-01T00:00:00", "2027-12-01T00:00:00", "2028-01-01T00:00:00"),
    ],
)
def test_where_intervals_begin(name: str, at: str, opening: str, following: str) -> None:
    at_ms, opening_ms, following_ms = (
        int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000) for text in (at, opening, following)
    )
    interval = INTERVALS[name]
    assert interval.opening(at_ms) == opening_ms
    assert interval.shifted(opening_ms, 1) == following_ms
    assert interval.shifted(following_ms, -1) == opening_ms
