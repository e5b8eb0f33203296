"""Background tasks work on behalf of the request that sent them."""

import json
from collections.abc import Iterator

import pytest
import redis
from celery import Celery
from celery.contrib.testing.worker import start_worker
from pytest_django import Settings

import exchange.observability.celery_context  # noqa: F401  connects signals
from exchange.observability.context import request_id, working_for
from tests.support.worker_process import eventually

QUEUE = "test-of-request-ids"


@pytest.fixture
def app(settings: Settings, redis_client: "redis.Redis") -> Iterator[Celery]:
    made = Celery("test", broker=settings.CELERY_BROKER_URL, set_as_current=False)
    made.conf.update(task_ignore_result=True, task_default_queue=QUEUE, broker_connection_retry_on_startup=True)
    yield made
    made.close()


def test_the_id_travels_with_the_task(app: Celery, redis_client: "redis.Redis") -> None:
    seen: list[str] = []

    @app.task(name="note")
    def note() -> None:
        seen.append(request_id.get())

    with working_for("request-that-sent-it"):
        note.delay()
    message = json.loads(redis_client.lindex(QUEUE, 0) or "{}")
    assert message["headers"]["bourse_request_id"] == "request-that-sent-it"
    by_schedule = note.delay()
    app.conf.task_queues = None
    with start_worker(
        app, pool="solo", queues=[QUEUE], perform_ping_check=False, loglevel="ERROR", shutdown_timeout=60
    ):
        eventually(lambda: len(seen) == 2)
    assert seen == ["request-that-sent-it", by_schedule.id]
    assert request_id.get() == ""
