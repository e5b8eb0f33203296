"""Drives a worker for as long as its process lives: take over, run batches, wait, and survive what fails.

database away, lock time-outs   retried for ever, with backoff; an outage rejects nobody's accepted order
database session lost           the leader lock went with it: become leader anew and rebuild the books
a batch that raises             the commands are isolated, the guilty one is held, its market halts
another worker took over        the loop ends, and with it the process
"""

import gc
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from django.db import InterfaceError, OperationalError, connection

from matching.metrics import DATABASE_FAILURES
from matching.redis_names import wake_key
from matching.worker.checkpoints import is_engine_new, take_checkpoints
from matching.worker.isolation import forgive_attempts, run_clocks_isolated, run_first_batch, run_isolated
from matching.worker.reading import Fenced
from matching.worker.worker import MatchingWorker
from storage.plans import LOOK_UP_BY_KEYS

log = logging.getLogger(__name__)

STANDBY_SECONDS = 0.05
"""How often a waiting worker looks whether the leader lock is free."""
POLL_SECONDS = 0.1
"""How long a worker without work waits for a wake-up before it looks by itself."""
HEARTBEAT_SECONDS = 1.0
FIRST_BACKOFF_SECONDS = 0.05
MAX_BACKOFF_SECONDS = 2.0

COLLECTOR_THRESHOLDS = (50_000, 20, 100)
"""Allocations and generations between collections: a batch makes many objects that all end with it."""

# A worker that is stopped, or whose machine hangs, must not keep the leader lock: the server ends its session.
SESSION_SETTINGS = """
    SET idle_session_timeout = '10s';
    SET idle_in_transaction_session_timeout = '10s';
    SET lock_timeout = '5s';
    SET statement_timeout = '30s';
"""
# Stopped between the statements of a pipeline a session is not idle: only the whole transaction's time ends it.
TRANSACTION_TIMEOUT = """
    SELECT set_config('transaction_timeout', '20s', false) WHERE current_setting('server_version_num')::int >= 170000
"""


@contextmanager
def collector_tuned_for_books() -> Iterator[None]:
    """Load large books without the garbage collector walking them again and again, during the load and after it.

    The engine makes no reference cycles; what it leaves is freed at once.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*COLLECTOR_THRESHOLDS)
        gc.enable()


class MatchingLoop:
    """Runs one worker in the calling thread until `stop` is called."""

    def __init__(self, *, worker: MatchingWorker, client: "redis.Redis | None", checkpoint_every: int) -> None:
        """`checkpoint_every`: applied commands between two checkpoints of the books; 0 = none."""
        self._worker = worker
        self._client = client
        self._checkpoint_every = checkpoint_every
        self._stopping = threading.Event()
        self._is_leader = False
        self._was_leader = False
        self._backoff = FIRST_BACKOFF_SECONDS
        self._since_checkpoint = 0
        self._next_beat = 0.0
        self._is_called = False
        """Whether wake-ups came through the last time."""

    def stop(self) -> None:
        """Ask the loop to end after the batch at hand; may be called from any thread."""
        self._stopping.set()

    def run(self) -> None:
        """Return after `stop`. Raises Fenced where another worker has taken over."""
        while not self._stopping.is_set():
            try:
                self._step()
                self._backoff = FIRST_BACKOFF_SECONDS
            except Fenced:
                log.error("another worker runs shard %s; this one ends", self._worker.leadership.shard_name)
                raise
            except (OperationalError, InterfaceError) as error:
                self._after_database_error(error)
        self._end()

    def _step(self) -> None:
        if not self._is_leader:
            self._become_leader()
            return
        try:
            applied = self._worker.run_once()
        except (Fenced, OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("a batch failed; looking for the command that is to blame")
            applied = run_isolated(self._worker, self._worker.pending()) + run_clocks_isolated(self._worker)
        self._since_checkpoint += applied
        if self._checkpoint_every and self._since_checkpoint >= self._checkpoint_every:
            take_checkpoints(self._worker)
            self._since_checkpoint = 0
        if applied >= self._worker.batch_limit or (applied and not self._is_called):
            return
        # All that was in the log is done. Whoever has logged something since then calls, so there is no need to look.
        self._worker.flush()
        if time.monotonic() >= self._next_beat:
            self._worker.beat()
            self._next_beat = time.monotonic() + HEARTBEAT_SECONDS
        self._wait()

    def _become_leader(self) -> None:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute(SESSION_SETTINGS)
            cursor.execute(TRANSACTION_TIMEOUT)
        with collector_tuned_for_books():
            is_leader = self._worker.try_take_over()
        if not is_leader:
            self._stopping.wait(STANDBY_SECONDS)
            return
        self._is_leader = True
        with connection.cursor() as cursor:
            cursor.execute(LOOK_UP_BY_KEYS, [False])
        if is_engine_new(self._worker):
            take_checkpoints(self._worker)
        log.info("leader of shard %s, epoch %s", self._worker.leadership.shard_name, self._worker.leadership.epoch)
        if self._was_leader:
            forgive_attempts(self._worker.shard_id)
            return
        self._was_leader = True
        run_first_batch(self._worker)

    def _wait(self) -> None:
        """Until a web process says that it logged a command, or until it is time to look."""
        if self._client is None:
            self._stopping.wait(POLL_SECONDS)
            return
        key = wake_key(self._worker.leadership.shard_name)
        try:
            # One look at the log serves all wake-ups up to now.
            if self._client.blpop([key], timeout=POLL_SECONDS):
                self._client.delete(key)
            self._is_called = True
        except redis.RedisError:
            self._is_called = False
            self._stopping.wait(POLL_SECONDS / 4)

    def _after_database_error(self, error: Exception) -> None:
        DATABASE_FAILURES.inc()
        log.warning("database: %s; trying again", str(error).strip().partition("\n")[0])
        if not self._worker.leadership.has_session:
            connection.close()
            self._is_leader = False
        self._stopping.wait(self._backoff)
        self._backoff = min(self._backoff * 2, MAX_BACKOFF_SECONDS)

    def _end(self) -> None:
        if self._is_leader:
            try:
                if self._checkpoint_every:
                    take_checkpoints(self._worker)
                self._worker.step_down()
            except (OperationalError, InterfaceError, Fenced):
                log.warning("stopped without a checkpoint")
        connection.close()
