"""What the operator is shown of a log when a start fails."""

import json
from pathlib import Path

from exchange.embedded.failure import StartError, readable


def test_a_json_line_is_said_in_words() -> None:
    line = json.dumps(
        {"timestamp": "2026-01-20T14:25:00.000001Z", "level": "error", "event": "no books", "process": "x"}
    )
    assert readable(line) == "14:25:00 error: no books"


def test_of_an_exception_its_last_line_remains() -> None:
    event = {"timestamp": "2026-01-20T14:25:00.000001Z", "level": "critical", "event": "the process ends"}
    line = json.dumps({**event, "exception": "Traceback (most recent call last):\n  File x\nValueError: no such shard"})
    assert readable(line) == "14:25:00 critical: the process ends (ValueError: no such shard)"


def test_other_lines_stay_as_they_are() -> None:
    for line in ("plain words", "{broken", '{"json": "but not ours"}', "[1]"):
        assert readable(line) == line


def test_the_tail_of_a_failed_start_is_readable(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text('{"timestamp":"2026-01-20T14:25:00.1Z","level":"error","event":"no database"}\nplain\n')
    shown = str(StartError("It did not start.", log=log))
    assert "    14:25:00 error: no database\n    plain" in shown
