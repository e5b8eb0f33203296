"""One line of a log: a JSON object, from our own loggers and from those of every library alike.

    {"timestamp": "2026-01-20T14:25:00.000001Z", "level": "info", "event": "…", "logger": "matching.worker.loop",
     "process": "matching", "request_id": "…", …}

`event` is the sentence; what a caller passes as `extra` stands beside it. Tracebacks are text in `exception`, without
the values of variables. Needs no Django: the web server's first process, which has none, formats with it too.
"""

import json
import logging
import os
import sys
import time
from collections.abc import MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import structlog
from structlog.typing import Processor

from exchange.observability.context import request_id
from exchange.observability.redaction import redact_event

Event = MutableMapping[str, Any]

_OWN_ATTRIBUTES = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
# Celery's and Django's own; the objects among them say nothing in a log that the event does not.
_NOT_SHOWN = frozenset({"data", "request", "response", "sock", "server_time", "status_code"})
HARMLESS = "harmless"
"""The `extra` whose value is a dict of fields that need no look: names and values of the caller's own making."""

_FIRST = ("timestamp", "level", "event", "logger", "process")


def process_name() -> str:
    """What this process is called: `PROCESS_NAME`, else the program that was started."""
    return os.environ.get("PROCESS_NAME") or Path(sys.argv[0] if sys.argv else "").stem or "python"


def json_formatter() -> logging.Formatter:
    """Formats records of the standard library and of structlog; a factory for `logging.config`."""
    return JsonLines(_formatter(_render))


def text_formatter() -> logging.Formatter:
    """The same for a person at a terminal, who runs a command by hand."""
    return _formatter(structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback))


class JsonLines(logging.Formatter):
    """Formats by structlog, but for records whose fields are known to be harmless: those are many."""

    def __init__(self, others: logging.Formatter) -> None:
        super().__init__()
        self._others = others
        self._process = process_name()

    def format(self, record: logging.LogRecord) -> str:
        fields = record.__dict__.get(HARMLESS)
        if fields is None:
            return self._others.format(record)
        line = {
            "timestamp": _rfc3339(record.created),
            "level": record.levelname.lower(),
            "event": record.msg,
            "logger": record.name,
            "process": self._process,
        }
        return orjson.dumps(line | fields).decode()


def _formatter(renderer: Processor) -> logging.Formatter:
    name = process_name()

    def add_process(_logger: Any, _method: str, event: Event) -> Event:
        event["process"] = name
        return event

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _add_extra],
        processors=[
            add_time,
            add_process,
            add_request,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            redact_event,
            renderer,
        ],
    )


def structlog_processors() -> list[Processor]:
    """For `structlog.configure`: what happens before a structlog event becomes a record of the standard library."""
    return [
        structlog.stdlib.filter_by_level,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ]


def add_time(_logger: Any, _method: str, event: Event) -> Event:
    """The moment the record was made, UTC, in microseconds."""
    record = event.get("_record")
    event["timestamp"] = _rfc3339(record.created if record is not None else time.time())
    return event


def add_request(_logger: Any, _method: str, event: Event) -> Event:
    """The request at hand, unless the event names one itself."""
    current = request_id.get()
    if current:
        event.setdefault("request_id", current)
    return event


def _rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _add_extra(_logger: Any, _method: str, event: Event) -> Event:
    for name, value in event["_record"].__dict__.items():
        if name == HARMLESS:
            event.update(value)
        elif name not in _OWN_ATTRIBUTES and name not in _NOT_SHOWN and not name.startswith("_"):
            event.setdefault(name, value)
    return event


def _render(_logger: Any, _method: str, event: Event) -> str:
    ordered = {name: event.pop(name) for name in _FIRST if name in event}
    try:
        return orjson.dumps({**ordered, **event}, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:
        # Integers beyond 64 bits, and text that is no UTF-8.
        return json.dumps({**ordered, **event}, default=repr)
