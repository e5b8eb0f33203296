"""Metrics of several processes as one: each keeps its numbers in memory-mapped files, any of them can read all.

Layout of the folder (`METRICS_DIR`): prometheus_client's files, `counter_web-0.db` and so on, named after the *slot*
of the process: its name and the first number that no living process of that name has. A slot is held by the kernel's
lock on `web-0.lock`, so it is free as soon as its process has ended, however that came. From this follows

- two processes never write to one file, also where they live in containers that share the folder;
- a process that is started again goes on counting where the one before it stopped, and there are never more files than
  processes at a time;
- gauges of processes that are gone are left out: their lock is free.

Without METRICS_DIR, in a command or a test, metrics are ordinary ones in memory.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import prometheus_client.values
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

MAX_PROCESSES_OF_A_NAME = 256
_DIRECTORY_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


class ProcessSlot:
    """This process's place in the folder; taken at first use, and anew in a forked child."""

    def __init__(self, directory: Path, process_name: str) -> None:
        self._directory = directory
        self._process_name = process_name.replace("_", "-")
        self._pid = 0
        self._name = ""
        self._lock: IO[bytes] | None = None

    def __call__(self) -> str:
        """The slot's name. Called with every change of a number, so it must cost next to nothing."""
        if self._pid != os.getpid():
            self._take()
        return self._name

    def _take(self) -> None:
        for number in range(MAX_PROCESSES_OF_A_NAME):
            name = f"{self._process_name}-{number}"
            handle = (self._directory / f"{name}.lock").open("ab")
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                handle.close()
                continue
            # What the last holder measured of itself is over; what it counted happened.
            for stale in self._directory.glob(f"gauge_*_{name}.db"):
                stale.unlink(missing_ok=True)
            self._lock, self._name, self._pid = handle, name, os.getpid()
            return
        raise RuntimeError(f"more than {MAX_PROCESSES_OF_A_NAME} processes are called {self._process_name}")


def install_process_metrics(directory: Path, process_name: str) -> None:
    """Have all metrics that are made from now on kept in the folder. Call it before any metric is made."""
    directory.mkdir(parents=True, exist_ok=True)
    os.environ[_DIRECTORY_VARIABLE] = str(directory)
    slot = ProcessSlot(directory, process_name)
    prometheus_client.values.ValueClass = prometheus_client.values.MultiProcessValue(slot)


class ProcessesCollector(Collector):
    """The metrics of all processes that share the folder."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def collect(self) -> Iterable[Metric]:
        return MultiProcessCollector.merge(list(self._files()), accumulate=True)

    def _files(self) -> Iterator[str]:
        held: dict[str, bool] = {}
        for path in sorted(self._directory.glob("*.db")):
            slot = path.stem.rpartition("_")[2]
            if path.name.startswith("gauge_"):
                if slot not in held:
                    held[slot] = _is_held(self._directory / f"{slot}.lock")
                if not held[slot]:
                    continue
            yield str(path)


def processes_registry(directory: str) -> CollectorRegistry:
    """What to show of the processes: those of the folder, or this one alone where there is no folder."""
    if not directory:
        return prometheus_client.REGISTRY
    registry = CollectorRegistry()
    registry.register(ProcessesCollector(Path(directory)))
    return registry


def _is_held(lock: Path) -> bool:
    try:
        with lock.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
