"""Stored candles are what the trades add up to: whenever they were counted, in whatever portions, and while they are
behind."""

from collections.abc import Callable
from dataclasses import astuple
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from kernel.errors import InvariantViolated
from marketdata import services
from marketdata.models import CandleProgress, StoredCandle
from marketdata.selectors.candles import INTERVALS, Candle, list_candles
from marketdata.selectors.house import forget_house_accounts
from marketdata.selectors.ticker import DAY_MS, _summary
from marketdata.services import rebuild_candles, update_candles
from tests.integration.marketdata.tape import Print, Tape, added_up

NOON_MS = 1_772_625_600_000
"""2026-03-04T12:00Z."""

NewTape = Callable[[], Tape]

COUNT, REBUILD = "count", "rebuild"
waits_ms = st.one_of(st.integers(0, 400), st.integers(0, 90_000), st.integers(0, 6 * 3_600_000))
prints = st.tuples(waits_ms, st.integers(1, 30), st.integers(1, 9), st.booleans())
steps = st.lists(st.one_of(prints, st.sampled_from([COUNT, REBUILD])), min_size=1, max_size=25)


def assert_all_as_added_up(tape: Tape, now_ms: int) -> None:
    """Every interval, and the day."""
    for interval_ms in INTERVALS.values():
        shown = list_candles(
            market_id=tape.market.pk,
            interval_ms=interval_ms,
            start_ms=NOON_MS if interval_ms >= 3_600_000 else max(NOON_MS, now_ms - 900 * interval_ms),
            end_ms=None,
            limit=1000,
            now_ms=now_ms,
        )
        expected = tape.candles(interval_ms)
        for candle in shown:
            opened_at, *sums = astuple(candle)
            if candle.trades:
                assert tuple(sums) == expected[opened_at]
            else:
                assert opened_at not in expected
                assert candle.open == candle.close
                assert candle.volume == 0
        if interval_ms >= 3_600_000:
            assert {candle.opened_at for candle in shown if candle.trades} == set(expected)
    of_day = [made for made in tape.prints if made.at_ms >= now_ms - DAY_MS]
    day = _summary(tape.market.pk, now_ms)
    if of_day:
        open_, high, low, close, *rest = added_up(of_day)
        assert astuple(day) == (open_, high, low, close, *rest)
    else:
        assert day.trades == 0


def minutes(tape: Tape) -> list[Candle]:
    """The minutes from noon on, as far as there are trades."""
    until_ms = tape.prints[-1].at_ms
    return list_candles(
        market_id=tape.market.pk, interval_ms=60_000, start_ms=NOON_MS, end_ms=None, limit=1000, now_ms=until_ms
    )


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps, portion=st.sampled_from([2, 3, 50_000]))
def test_any_order_of_trading_and_counting(
    new_tape: NewTape, steps: list[str | tuple[int, int, int, bool]], portion: int
) -> None:
    with transaction.atomic():
        tape, now_ms = new_tape(), NOON_MS
        with patch.object(services, "TRADES_A_ROUND", portion):
            for step in steps:
                if step == COUNT:
                    update_candles(market_id=tape.market.pk)
                elif step == REBUILD:
                    assert rebuild_candles(market_id=tape.market.pk) == len(tape.prints)
                else:
                    assert not isinstance(step, str)
                    wait_ms, price, quantity, is_house = step
                    now_ms += wait_ms
                    tape.write(Print(now_ms, price, quantity, is_house))
        assert_all_as_added_up(tape, now_ms)
        update_candles(market_id=tape.market.pk)
        before = list(StoredCandle.objects.filter(market=tape.market).order_by("seconds", "opened_at").values_list())
        assert update_candles(market_id=tape.market.pk) == 0
        assert_all_as_added_up(tape, now_ms)
        rebuild_candles(market_id=tape.market.pk)
        after = StoredCandle.objects.filter(market=tape.market).order_by("seconds", "opened_at").values_list()
        assert [row[1:] for row in after] == [row[1:] for row in before]
        transaction.set_rollback(True)  # the next example gives the same ids again


def test_counting_reads_each_trade_once(new_tape: NewTape) -> None:
    tape = new_tape()
    tape.write(*(Print(NOON_MS + second * 1000, 100, 1, False) for second in range(90)))
    assert update_candles(market_id=tape.market.pk) == 90
    tape.write(Print(NOON_MS + 91_000, 101, 2, True))
    assert update_candles(market_id=tape.market.pk) == 1
    progress = CandleProgress.objects.get(market=tape.market)
    assert progress.last_trade_number == 91
    rows = StoredCandle.objects.filter(market=tape.market, seconds=60).order_by("opened_at")
    assert [(row.trades, row.house_trades) for row in rows] == [(60, 0), (31, 1)]


def test_the_day_reads_stored_minutes_instead_of_their_trades(new_tape: NewTape) -> None:
    tape = new_tape()
    tape.write(*(Print(NOON_MS + minute * 60_000, 100, 1, False) for minute in range(3)))
    update_candles(market_id=tape.market.pk)
    marked = StoredCandle.objects.filter(market=tape.market, seconds=60).earliest("opened_at")
    marked.volume = 1000
    marked.save()
    assert _summary(tape.market.pk, NOON_MS + 180_000).volume == 1002


def test_trades_that_come_out_of_order_are_not_counted_wrongly(new_tape: NewTape) -> None:
    tape = new_tape()
    tape.write(Print(NOON_MS, 100, 1, False), Print(NOON_MS + 1, 101, 1, False))
    update_candles(market_id=tape.market.pk)
    CandleProgress.objects.filter(market=tape.market).update(last_trade_number=1)
    tape.write(Print(NOON_MS + 2, 102, 1, False))
    with pytest.raises(InvariantViolated):
        update_candles(market_id=tape.market.pk)
    assert StoredCandle.objects.get(market=tape.market, seconds=60).trades == 2
    assert rebuild_candles(market_id=tape.market.pk) == 3
    assert StoredCandle.objects.get(market=tape.market, seconds=60).trades == 3


def test_a_house_mark_of_today_reaches_old_candles_by_rebuilding(new_tape: NewTape) -> None:
    tape = new_tape()
    tape.write(Print(NOON_MS, 100, 3, False))
    update_candles(market_id=tape.market.pk)
    (candle,) = minutes(tape)
    assert (candle.volume, candle.house_volume) == (3, 0)
    User.objects.filter(account=tape.other).update(is_house=True)
    forget_house_accounts()
    rebuild_candles(market_id=tape.market.pk)
    (candle,) = minutes(tape)
    assert (candle.volume, candle.house_volume, candle.without_house().volume) == (3, 3, 0)
    assert candle.opened_at == datetime(2026, 3, 4, 12, tzinfo=UTC)
