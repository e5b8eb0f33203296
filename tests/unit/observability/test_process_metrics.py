"""Several processes count into one folder; real processes, because it is about their deaths."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.observability.process_metrics import ProcessesCollector

PROCESS = """
import sys
from pathlib import Path
from exchange.observability.process_metrics import install_process_metrics
install_process_metrics(Path(sys.argv[1]), sys.argv[2])
from prometheus_client import Counter, Gauge, Histogram
Counter("trades", "help").inc(int(sys.argv[3]))
Gauge("clients", "help", multiprocess_mode="livesum").inc(int(sys.argv[3]))
Histogram("seconds", "help", buckets=(1, 2)).observe(1.5)
print("counted", flush=True)
sys.stdin.read()
"""


@contextmanager
def process(folder: Path, name: str, amount: int) -> Iterator["subprocess.Popen[str]"]:
    started = subprocess.Popen(
        [sys.executable, "-c", PROCESS, str(folder), name, str(amount)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    try:
        assert started.stdout is not None
        assert started.stdout.readline() == "counted\n"
        yield started
    finally:
        started.kill()
        started.wait()


def read(folder: Path) -> dict[str, float]:
    return {sample.name: sample.value for metric in ProcessesCollector(folder).collect() for sample in metric.samples}


def test_two_processes_of_one_name_are_added_up(tmp_path: Path) -> None:
    with process(tmp_path, "web", 3), process(tmp_path, "web", 4), process(tmp_path, "streams", 5):
        figures = read(tmp_path)
        assert figures["trades_total"] == 12
        assert figures["clients"] == 12
        assert figures["seconds_count"] == 3
    assert {path.name for path in tmp_path.glob("*.lock")} == {"web-0.lock", "web-1.lock", "streams-0.lock"}


def test_a_killed_process_keeps_its_counts_and_loses_its_gauges(tmp_path: Path) -> None:
    with process(tmp_path, "streams", 5) as streams:
        streams.kill()
        streams.wait()
        figures = read(tmp_path)
        assert figures["trades_total"] == 5
        assert "clients" not in figures
    with process(tmp_path, "streams", 2):
        figures = read(tmp_path)
        assert figures["trades_total"] == 7
        assert figures["clients"] == 2
    assert len(list(tmp_path.glob("counter_*.db"))) == 1


def test_an_empty_folder_has_no_metrics(tmp_path: Path) -> None:
    assert read(tmp_path) == {}
    assert read(tmp_path / "not there") == {}
