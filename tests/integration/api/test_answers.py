"""Waiting for outcomes: early and late answers, too many who wait, and a Redis that is away."""

import time

import pytest
from django.conf import LazySettings

from matching import answers
from matching.answers import AnswerLine, answer_line, forget_line
from matching.models import Command
from matching.selectors import engine_health
from tests.integration.api.conftest import TradingFloor


def test_without_a_free_place_a_request_is_answered_like_ack(floor: TradingFloor) -> None:
    line = answer_line()
    taken = 0
    while line.slots.acquire(blocking=False):
        taken += 1
    try:
        response = floor.limit(floor.owner, "BUY", "60000", "0.5")
    finally:
        line.slots.release(taken)

    assert response.status_code == 202
    assert Command.objects.get().reply_to == ""
    assert floor.limit(floor.owner, "BUY", "60000", "0.5").status_code == 201


def test_places_are_given_back(floor: TradingFloor) -> None:
    for _ in range(3):
        floor.limit(floor.owner, "BUY", "60000", "0.5")
        floor.limit(floor.owner, "BUY", "95000", "0.5")
    line = answer_line()
    free = 0
    while line.slots.acquire(blocking=False):
        free += 1
    line.slots.release(free)

    assert free == line.slots._initial_value  # type: ignore[attr-defined]


def test_without_redis_the_outcome_is_read_from_the_tables(
    floor: TradingFloor, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ANSWER_TIMEOUT_SECONDS = 120
    # In which the worker of this test has matched it; the time of a whole answer is far longer.
    monkeypatch.setattr(answers, "_PATIENCE_WITHOUT_REDIS_SECONDS", 2.0)
    real = settings.REDIS_URL
    answer_line().stop()
    forget_line()
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    try:
        answer_line()
        settings.REDIS_URL = real
        started = time.monotonic()
        response = floor.limit(floor.owner, "BUY", "60000", "0.5")
    finally:
        answer_line().stop()
        forget_line()

    assert (response.status_code, response.json()["status"]) == (201, "OPEN")
    assert time.monotonic() - started < 60


def test_an_answer_may_come_before_it_is_asked_for() -> None:
    line = AnswerLine(redis_url="unix:///nowhere/redis.sock", max_waiting=1, timeout_seconds=1)
    try:
        line.deliver([{"id": 7, "code": None, "status": 1}, {"id": 8, "code": "ORDER_NOT_FOUND", "cancelled": ["1"]}])
        answer, refused = line.result(7), line.result(8)
        assert answer is not None
        assert (answer.code, answer.status) == (None, 1)
        assert refused is not None
        assert (refused.code, refused.cancelled) == ("ORDER_NOT_FOUND", [1])
        assert line.result(7) is None
    finally:
        line.stop()


def test_engine_health(idle: TradingFloor) -> None:
    empty = engine_health()
    assert (empty.pending_commands, empty.oldest_pending_age_seconds) == (0, 0.0)

    idle.limit(idle.owner, "BUY", "60000", "0.5", response="ACK")
    time.sleep(0.05)
    waiting = engine_health()
    assert waiting.pending_commands == 1
    assert 0.04 < waiting.oldest_pending_age_seconds < 60

    idle.exchange.run()
    done = engine_health()
    assert done.pending_commands == 0
    age = done.shard_heartbeat_age_seconds["main"]
    assert age is not None
    assert age < 60
