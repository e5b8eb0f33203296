"""How a process logs: lines to stderr, which supervisord or the container engine keeps."""

import logging
import sys
import threading
from types import TracebackType
from typing import Any

import structlog

from exchange.observability.formatting import structlog_processors

_crashes = logging.getLogger("crash")


def logging_settings(level: str, *, style: str) -> dict[str, Any]:
    """Django's LOGGING: one handler for everything; what libraries say about themselves is toned down.

    `style` is json, or text for a person at a terminal.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "exchange.observability.formatting.json_formatter"},
            "text": {"()": "exchange.observability.formatting.text_formatter"},
        },
        "filters": {"with traceback": {"()": "exchange.observability.configuration.WithTraceback"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": style}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django and granian bring handlers of their own; ours has their records by propagation.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            "_granian": {"handlers": [], "propagate": True},
            # Answers have their line in the access log; this one is wanted where it says what went wrong.
            "django.request": {"level": "ERROR", "filters": ["with traceback"]},
            "django.db.backends": {"level": "INFO"},
            "asyncio": {"level": "INFO"},
            "daphne": {"level": "INFO"},
            "kombu": {"level": "INFO"},
            "amqp": {"level": "INFO"},
            "celery.utils.functional": {"level": "INFO"},
            # The addresses that an HTTP client asks for can carry what belongs into no log.
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
        },
    }


class WithTraceback(logging.Filter):
    """Lets through what carries an exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info)


def install_logging() -> None:
    """Let structlog's loggers end in the same handler, and put into it what ends a process or a thread."""
    structlog.configure(
        processors=structlog_processors(),
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(True)


def install_crash_log() -> None:
    """An uncaught exception is a line of the log too, not a page of text; for processes that nobody watches."""
    sys.excepthook = _log_crash
    threading.excepthook = _log_thread_crash


def _log_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _crashes.critical("the process ends: %s", error or kind.__name__, exc_info=(kind, error, trace))


def _log_thread_crash(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_type is SystemExit or crash.exc_value is None:
        return
    name = crash.thread.name if crash.thread else "?"
    _crashes.critical("thread %s ends", name, exc_info=(crash.exc_type, crash.exc_value, crash.exc_traceback))
