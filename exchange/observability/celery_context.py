"""A background task carries the id of the request that sent it, so that its lines are found with that request's."""

import os
from contextvars import Token
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import celery.apps.worker
import orjson
from celery import signals

from exchange.observability.configuration import install_crash_log
from exchange.observability.context import request_id
from exchange.observability.formatting import process_name

HEADER = "bourse_request_id"
_tokens: dict[str, Token[str]] = {}


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """With a receiver of this signal Celery leaves the logging of its processes to the settings."""
    install_crash_log()
    celery.apps.worker.safe_say = _say


@signals.before_task_publish.connect
def send_along(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Put the id of the request at hand into the message."""
    current = request_id.get()
    if current and headers is not None:
        headers.setdefault(HEADER, current)


@signals.task_prerun.connect
def take_up(task_id: str = "", task: Any = None, **_: Any) -> None:
    """Work for the request that the message names; for the task itself where the schedule sent it."""
    headers = getattr(task.request, "headers", None) or {}
    sent = headers.get(HEADER) or getattr(task.request, HEADER, None)
    _tokens[task_id] = request_id.set(str(sent) if sent else task_id)


@signals.task_postrun.connect
def lay_down(task_id: str = "", **_: Any) -> None:
    """The task is over."""
    token = _tokens.pop(task_id, None)
    if token is not None:
        request_id.reset(token)


@signals.worker_ready.connect
@signals.heartbeat_sent.connect
def show_life(**_: Any) -> None:
    """Touch the file that a container engine looks at, where there is one."""
    file = os.environ.get("LIVENESS_FILE")
    if file:
        Path(file).touch()


def _say(message: str, _file: Any = None) -> None:
    """In place of a bare print from a signal handler, where the locks of logging must not be asked for."""
    line = {
        "timestamp": datetime.now(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z",
        "level": "info",
        "event": message.strip(),
        "logger": "celery.apps.worker",
        "process": process_name(),
    }
    os.write(2, orjson.dumps(line) + b"\n")
