"""Runs the matching loop inside the Celery worker that consumes the queue `matching`.

A bootstep, not a task: with a Redis broker a task that runs longer than the visibility timeout is delivered a second
time, and a never-ending task does not stop on SIGTERM. The loop has a thread of its own, the only one that touches the
books; Celery's own thread keeps the broker connection and takes tasks, which on this queue only insert commands. When
the loop dies, the process exits, so that the supervisor starts a new one.
"""

import logging
import os
import signal
import threading
from typing import Any

import redis
from celery import bootsteps
from django.conf import settings

from matching.worker.batch_writers import configured_batch_writers
from matching.worker.loop import MatchingLoop
from matching.worker.publishing import Publisher
from matching.worker.worker import MatchingWorker

log = logging.getLogger(__name__)

QUEUE = "matching"
STOP_SECONDS = 10
REDIS_TIMEOUT_SECONDS = 1.0


class MatchingStep(bootsteps.StartStopStep):
    """Starts the loop with the worker and stops it before the worker ends."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self._loop: MatchingLoop | None = None
        self._thread: threading.Thread | None = None

    def include_if(self, parent: Any) -> bool:
        return QUEUE in parent.app.amqp.queues.consume_from

    def start(self, parent: Any) -> None:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=REDIS_TIMEOUT_SECONDS, socket_connect_timeout=REDIS_TIMEOUT_SECONDS
        )
        worker = MatchingWorker(
            shard_name=settings.MATCHING_SHARD,
            publisher=Publisher(client),
            batch_limit=settings.MATCHING_BATCH_LIMIT,
            batch_writers=configured_batch_writers(),
        )
        self._loop = MatchingLoop(worker=worker, client=client, checkpoint_every=settings.MATCHING_CHECKPOINT_EVERY)
        self._thread = threading.Thread(target=self._run, args=(self._loop,), name="matching", daemon=True)
        self._thread.start()

    def _run(self, loop: MatchingLoop) -> None:
        try:
            loop.run()
        except BaseException:
            log.exception("the matching loop died; the process ends with it")
            os.kill(os.getpid(), signal.SIGKILL)

    def stop(self, parent: Any) -> None:
        if self._loop is not None and self._thread is not None:
            self._loop.stop()
            self._thread.join(STOP_SECONDS)
