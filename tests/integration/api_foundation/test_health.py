"""GET /api/v1/health"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import OperationalError, connections
from django.utils import timezone
from pytest_django import Settings

from exchange.api.health import forget_health
from ledger.models import VerificationRun
from matching.models import Shard
from tests.support.api import SignedClient
from tests.support.exchange import Exchange
from tests.support.private_redis import PrivateRedis

URL = "/api/v1/health"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A beat of now is not an old one because the machine stood still."""
    monkeypatch.setattr("exchange.api.health.MAX_HEARTBEAT_AGE_SECONDS", 60.0)
    forget_health()
    yield
    forget_health()


def ask() -> tuple[int, dict[str, object]]:
    forget_health()
    answer = SignedClient(None).get(URL)
    assert answer.headers["X-Request-Id"]
    return answer.status_code, answer.json()


def beat(seconds_ago: float) -> None:
    Shard.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=seconds_ago))


def test_all_is_well(db: None) -> None:
    beat(0)
    status, body = ask()
    assert status == 200
    heartbeat = body.pop("heartbeat_age_ms")
    assert isinstance(heartbeat, dict)
    assert list(heartbeat) == ["main"]
    assert body == {
        "status": "ok",
        "database": "ok",
        "redis": "ok",
        "matching": "ok",
        "books": "unproven",
        "pending_commands": 0,
        "worker_lag_ms": 0,
    }


def test_books_that_do_not_prove_right_are_told_and_do_not_stop_trading(db: None) -> None:
    beat(0)

    def check(*, is_consistent: bool, is_full: bool) -> object:
        findings = [] if is_consistent else ["something"]
        VerificationRun.objects.create(
            started_at=timezone.now(), is_consistent=is_consistent, is_full=is_full, findings=findings, entries=1
        )
        status, body = ask()
        assert status == 200
        return body["books"]

    assert check(is_consistent=True, is_full=True) == "proven"
    assert check(is_consistent=False, is_full=False) == "wrong"
    assert check(is_consistent=True, is_full=False) == "proven"
    assert check(is_consistent=False, is_full=True) == "wrong"
    assert check(is_consistent=True, is_full=False) == "wrong", "only a full check takes back what a full one found"


def test_an_old_check_proves_nothing_and_wrong_books_stay_wrong(db: None) -> None:
    beat(0)

    def check(minutes_ago: float, *, is_consistent: bool) -> object:
        at = timezone.now() - timedelta(minutes=minutes_ago)
        fields = {"is_consistent": is_consistent, "is_full": False, "findings": [], "entries": 1}
        VerificationRun.objects.create(started_at=at, finished_at=at, **fields)
        status, body = ask()
        assert status == 200
        return body["books"]

    assert check(6, is_consistent=True) == "unproven"
    assert check(4, is_consistent=True) == "proven"
    assert check(600, is_consistent=False) == "wrong"


def test_a_worker_that_never_ran_or_stopped_beating(db: None) -> None:
    Shard.objects.update(heartbeat_at=None)
    assert ask()[0] == 503
    beat(600)
    status, body = ask()
    assert (status, body["status"], body["matching"], body["database"]) == (503, "unavailable", "unavailable", "ok")


def test_pending_commands_are_counted_and_aged(exchange: Exchange, settings: Settings) -> None:
    beat(0)
    for _ in range(3):
        exchange.place("owner", "BUY", "60000", "0.01")
    status, body = ask()
    assert (status, body["pending_commands"]) == (200, 3)
    assert isinstance(body["worker_lag_ms"], int)
    settings.MAX_PENDING_COMMANDS = 2
    assert ask()[0] == 503


def test_redis_away(db: None, own_redis: PrivateRedis) -> None:
    beat(0)
    assert ask()[0] == 200
    own_redis.kill()
    status, body = ask()
    assert (status, body["redis"], body["database"]) == (503, "unavailable", "ok")


def test_database_away(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(type(connections["default"]), "cursor", away)
        status, body = ask()
    assert (status, body["database"], body["pending_commands"], body["redis"]) == (503, "unavailable", None, "ok")


def test_asking_often_costs_one_look(
    db: None, django_assert_num_queries: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine is: what is kept outlives the five requests.
    monkeypatch.setattr("exchange.api.health.KEEP_SECONDS", 60.0)
    with django_assert_num_queries(3):  # type: ignore[operator]
        for _ in range(5):
            SignedClient(None).get(URL)
