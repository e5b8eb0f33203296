"""What the processes would write, as it would be written."""

import json
import logging
from collections.abc import Iterator

import pytest
from django.db import connection

from exchange.observability.formatting import json_formatter
from tests.integration.api.conftest import TradingFloor, floor, idle
from tests.support.api_fixtures import nothing_remembered, owner, owner_client

__all__ = ["TradingFloor", "floor", "idle", "nothing_remembered", "owner", "owner_client"]


class Log(logging.Handler):
    """Every record of every logger, at every level, as the line that it becomes."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(json_formatter())
        self.text: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.text.append(self.format(record))

    def lines(self, logger: str, event: str | None = None) -> list[dict[str, object]]:
        parsed = [json.loads(line) for line in self.text]
        return [line for line in parsed if line["logger"] == logger and event in (None, line["event"])]


@pytest.fixture
def log() -> Iterator[Log]:
    """All that is logged from now on, debugging included."""
    handler = Log()
    root = logging.getLogger()
    before = {name: logging.getLogger(name).level for name in ("", "django", "django.request")}
    root.addHandler(handler)
    for name in before:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def statements(log: Log) -> Iterator[Log]:
    """The statements of this thread as well. A process never logs them: their parameters are not ours to show."""
    logger = logging.getLogger("django.db.backends")
    logger.setLevel(logging.DEBUG)
    connection.force_debug_cursor = True
    yield log
    connection.force_debug_cursor = False
    logger.setLevel(logging.INFO)
