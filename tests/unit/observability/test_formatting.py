"""Every record becomes one JSON object in one line."""

import json
import logging
import sys
from collections.abc import Callable

import pytest
import structlog

from exchange.observability.context import working_for
from exchange.observability.formatting import json_formatter, structlog_processors

Emit = Callable[..., dict[str, object]]


@pytest.fixture
def emit(monkeypatch: pytest.MonkeyPatch) -> Emit:
    """Format one record as the process `matching` would."""
    monkeypatch.setenv("PROCESS_NAME", "matching")
    formatter = json_formatter()

    def format_record(
        message: str, *arguments: object, level: int = logging.INFO, **fields: object
    ) -> dict[str, object]:
        exception = sys.exc_info() if sys.exc_info()[0] else None
        logger = logging.getLogger("matching.worker.loop")
        extra = fields or None
        record = logger.makeRecord(logger.name, level, "f", 1, message, arguments, exception, extra=extra)
        line = formatter.format(record)
        assert "\n" not in line
        return dict(json.loads(line))

    return format_record


def test_the_fields_of_a_line(emit: Emit) -> None:
    line = emit("leader of shard %s", "main", shard="main", batch=7)
    assert list(line)[:5] == ["timestamp", "level", "event", "logger", "process"]
    assert line["timestamp"].endswith("Z")  # type: ignore[attr-defined]
    assert {name: line[name] for name in ("level", "event", "logger", "process", "shard", "batch")} == {
        "level": "info",
        "event": "leader of shard main",
        "logger": "matching.worker.loop",
        "process": "matching",
        "shard": "main",
        "batch": 7,
    }


def test_the_request_at_hand(emit: Emit) -> None:
    assert "request_id" not in emit("nobody asked")
    with working_for("0123456789abcdef"):
        assert emit("x")["request_id"] == "0123456789abcdef"
        assert emit("x", request_id="another-request")["request_id"] == "another-request"
    assert "request_id" not in emit("nobody asked")


def test_a_traceback_is_text_without_values(emit: Emit) -> None:
    def fail(password: str) -> None:
        raise ValueError(f"refused password={password}")

    try:
        fail("-".join(["hunter2"] * 2))
    except ValueError:
        line = emit("it failed", level=logging.ERROR)
    assert "in fail" in str(line["exception"])
    assert "hunter2-hunter2" not in json.dumps(line)


def test_line_breaks_and_odd_values_stay_in_the_line(emit: Emit) -> None:
    assert emit("two\nlines", odd={1: object(), "bytes": b"\xff"})["event"] == "two\nlines"
    assert emit("text", number=2**70)["number"] == 2**70
    assert emit("no UTF-8: \udcff")["event"]


def test_structlog_ends_in_the_same_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keep()
    handler.setFormatter(json_formatter())
    logger = logging.getLogger("a test of structlog")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    bound = structlog.wrap_logger(logger, processors=structlog_processors(), wrapper_class=structlog.stdlib.BoundLogger)
    bound.info("placed", symbol="BTC-USDT", api_key="bk_0123456789")
    bound.debug("not wanted")
    logger.removeHandler(handler)
    (line,) = map(json.loads, lines)
    assert (line["event"], line["symbol"], line["level"]) == ("placed", "BTC-USDT", "info")
    assert "bk_" not in lines[0]
