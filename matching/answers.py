"""The line between a web process and the matching workers, over Redis. It carries hints, never the truth.

Out: `wake_worker` tells a shard's worker that its log has grown. In: the worker pushes the answers of a batch to the
list of the process that waits for them (`answers:{name}`), where one thread takes them off and wakes the requests.

    with wait_for_answer(wanted=True) as waiting:
        order_id = ...insert a command with reply_to=waiting.reply_to...
        answer = waiting.result(order_id)        # None: read the tables

The list exists before the command does, and an answer that comes before its request asks is kept, so there is no
race. Without Redis nothing is lost: the worker polls its log, and the request reads what became of its command.

Both threads start at first use, reconnect for ever, and start anew in a forked child. At most
`settings.MAX_WAITING_REQUESTS` requests wait at a time; those beyond are answered like ones that do not want to.
"""

import logging
import os
import secrets
import threading
import time
from collections import OrderedDict
from types import TracebackType
from typing import Any, NamedTuple, cast

import orjson
import redis
from django.conf import settings

from matching.metrics import WAITING_REQUESTS
from matching.redis_names import answer_key, wake_key

logger = logging.getLogger(__name__)

_BLOCK_SECONDS = 2
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 1.0
_MAX_EARLY_ANSWERS = 10_000
"""Answers nobody asked for yet; the oldest belong to requests that gave up."""

_PATIENCE_WITHOUT_REDIS_SECONDS = 0.3
"""What a polling worker needs for a batch: without Redis the request reads the tables after that."""


class Answer(NamedTuple):
    """What the worker says of one command, in the market's own units."""

    code: str | None
    """Why it was refused; None where it was applied."""
    status: int
    """An `OrderStatus`; 0 for commands that are not orders."""
    reason: str
    filled_lots: int
    filled_value: int
    """Tick-lots."""
    applied_at_us: int
    fills: list[list[int]]
    """Trade id, ticks, lots, fee in atoms of what was received."""
    cancelled: list[int]
    """Orders a cancel ended."""
    deadline_us: int
    """When a countdown ends, microseconds since the Unix epoch; 0 = it does not, or there is none."""

    @classmethod
    def read(cls, raw: dict[str, Any]) -> "Answer":
        """One element of the worker's message; `command_of` says which command it is about."""
        return cls(
            code=raw.get("code"),
            status=raw.get("status", 0),
            reason=raw.get("reason", ""),
            filled_lots=raw.get("filled_lots", 0),
            filled_value=raw.get("filled_value", 0),
            applied_at_us=raw.get("applied_at_us", 0),
            fills=raw.get("fills", []),
            cancelled=[int(order_id) for order_id in raw.get("cancelled", ())],
            deadline_us=raw.get("deadline_us", 0),
        )


def command_of(raw: dict[str, Any]) -> int:
    """The command that one element of the worker's message answers: where it is not named, the order has its id."""
    return int(raw.get("command_id", raw["id"]))


class _Waiter:
    """One request's place: the gate opens when the answer is there."""

    __slots__ = ("answer", "gate")

    def __init__(self) -> None:
        self.gate = threading.Lock()
        self.gate.acquire()
        self.answer: Answer | None = None


class AnswerLine:
    """All of one process: who waits for what, and the two threads."""

    def __init__(self, *, redis_url: str, max_waiting: int, timeout_seconds: float) -> None:
        self.name = secrets.token_hex(8)
        self.slots = threading.BoundedSemaphore(max_waiting)
        self._redis_url = redis_url
        self._timeout_seconds = timeout_seconds
        self._lock = threading.Lock()
        self._waiting: dict[int, _Waiter] = {}
        self._early: OrderedDict[int, Answer] = OrderedDict()
        self._is_listening = threading.Event()
        self._shards_to_wake: set[str] = set()
        self._wake_wanted = threading.Event()
        self._is_stopped = False
        self._threads = [
            threading.Thread(target=self._listen, name="answers", daemon=True),
            threading.Thread(target=self._wake, name="wake", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def wake(self, shard_name: str) -> None:
        """Return at once; many calls may become one wake-up."""
        self._shards_to_wake.add(shard_name)
        self._wake_wanted.set()

    def result(self, command_id: int, *, until: float | None = None) -> Answer | None:
        """Wait for the answer to a command; None when it does not come in time.

        `until` bounds the wait of somebody who has waited for others: `time.monotonic()` at its end.
        """
        waiter = _Waiter()
        with self._lock:
            early = self._early.pop(command_id, None)
            if early is not None:
                return early
            self._waiting[command_id] = waiter
        patience = self._timeout_seconds if self._is_listening.is_set() else _PATIENCE_WITHOUT_REDIS_SECONDS
        if until is not None:
            patience = min(patience, max(until - time.monotonic(), 0))
        if not waiter.gate.acquire(timeout=patience):
            with self._lock:
                self._waiting.pop(command_id, None)
        return waiter.answer

    def deliver(self, batch: list[dict[str, Any]]) -> None:
        """Hand out the answers of one batch."""
        woken: list[_Waiter] = []
        with self._lock:
            for raw in batch:
                answer = Answer.read(raw)
                command_id = command_of(raw)
                waiter = self._waiting.pop(command_id, None)
                if waiter is None:
                    self._early[command_id] = answer
                else:
                    waiter.answer = answer
                    woken.append(waiter)
            while len(self._early) > _MAX_EARLY_ANSWERS:
                self._early.popitem(last=False)
        for waiter in woken:
            waiter.gate.release()

    def stop(self) -> None:
        """End both threads; for tests and for the end of a command."""
        self._is_stopped = True
        self._wake_wanted.set()

    def _client(self) -> "redis.Redis":
        return redis.Redis.from_url(
            self._redis_url,
            socket_timeout=_BLOCK_SECONDS + 3,
            socket_connect_timeout=1,
            retry=None,
            health_check_interval=0,
        )

    def _listen(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        client = self._client()
        while not self._is_stopped:
            # Here rather than with each request: at least every two seconds, and at most once a batch.
            WAITING_REQUESTS.set(len(self._waiting))
            try:
                if not self._is_listening.is_set():
                    client.ping()
                    self._is_listening.set()
                popped = cast("tuple[bytes, bytes] | None", client.blpop([answer_key(self.name)], _BLOCK_SECONDS))
                pause = _FIRST_PAUSE_SECONDS
                if popped is not None:
                    self.deliver(orjson.loads(popped[1]))
            except (redis.RedisError, OSError) as error:
                if self._is_listening.is_set():
                    logger.warning("Redis is away, answers are read from the database: %s", type(error).__name__)
                self._is_listening.clear()
                time.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
            except Exception:
                logger.exception("An answer could not be read")
        client.close()

    def _wake(self) -> None:
        client = self._client()
        while True:
            self._wake_wanted.wait()
            self._wake_wanted.clear()
            if self._is_stopped:
                break
            shards, self._shards_to_wake = self._shards_to_wake, set()
            try:
                for shard in shards:
                    client.lpush(wake_key(shard), "1")
            except (redis.RedisError, OSError):
                # The worker polls; waiting here would only make the next wake-up late.
                continue
        client.close()


class wait_for_answer:
    """Reserves a place to wait, if one is wanted and free; `reply_to` is empty where not."""

    __slots__ = ("_line", "_wanted", "reply_to")

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._line: AnswerLine | None = None
        self.reply_to = ""

    def __enter__(self) -> "wait_for_answer":
        if self._wanted:
            line = answer_line()
            if line.slots.acquire(blocking=False):
                self._line = line
                self.reply_to = line.name
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._line is not None:
            self._line.slots.release()

    def result(self, command_id: int, *, until: float | None = None) -> Answer | None:
        """The engine's word on the command; None at once where nobody waits, and after the time-out."""
        return self._line.result(command_id, until=until) if self._line is not None else None


def wake_worker(shard_name: str) -> None:
    """Tell the shard's worker that a command was committed; costs the caller nothing."""
    answer_line().wake(shard_name)


_line: AnswerLine | None = None
_making = threading.Lock()


def answer_line() -> AnswerLine:
    """This process's line, made at first use."""
    global _line
    if _line is None:
        with _making:
            if _line is None:
                _line = AnswerLine(
                    redis_url=settings.REDIS_URL,
                    max_waiting=settings.MAX_WAITING_REQUESTS,
                    timeout_seconds=settings.ANSWER_TIMEOUT_SECONDS,
                )
    return _line


def forget_line() -> None:
    """Leave the line of a parent process, or of a test, behind."""
    global _line, _making
    _line, _making = None, threading.Lock()


os.register_at_fork(after_in_child=forget_line)
