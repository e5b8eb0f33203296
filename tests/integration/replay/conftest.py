"""A replay as `manage.py replay` runs it, against a real worker, and small recordings of the tests' own."""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.support.exchange import Exchange
from tests.support.worker_process import WorkerProcess

Replay = Callable[..., dict[str, Any]]
Record = Callable[..., Path]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """Writes a recording: dictionaries become JSON lines, texts are written as they are."""

    def write(*lines: dict[str, Any] | str) -> Path:
        path = tmp_path / "recording.jsonl"
        path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
        return path

    return write


@pytest.fixture
def replay(exchange: Exchange) -> Replay:
    """Replays a file and returns the JSON object of the last line; needs a worker."""

    def run(path: Path, market: str = "ETH-AUD", **options: Any) -> dict[str, Any]:
        output = StringIO()
        call_command("replay", str(path), market=market, json=True, stdout=output, **options)
        report: dict[str, Any] = json.loads(output.getvalue().splitlines()[-1])
        return report

    return run


@pytest.fixture
def worker(exchange: Exchange) -> Iterator[WorkerProcess]:
    with WorkerProcess(exchange.database) as process:
        yield process


def add(recorded_id: str, side: str, price: str, quantity: str, at_ms: int = 0) -> dict[str, Any]:
    """A row that adds an order."""
    return {"op": "add", "t": at_ms, "id": recorded_id, "side": side, "price": price, "qty": quantity}


def cancel(recorded_id: str, at_ms: int = 0) -> dict[str, Any]:
    """A row that cancels one."""
    return {"op": "cancel", "t": at_ms, "id": recorded_id}
