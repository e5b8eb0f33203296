"""Fresh PostgreSQL databases in milliseconds: one migrated template for each state of the migrations, cloned per need.

The templates are made by the owner's login; tests run as the processes do, with the login that may not change history.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connections
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
DROP_SECONDS = 60
_TEMPLATE_SOURCES = (
    "*/migrations/*.py",
    "*/*/migrations/*.py",
    "exchange/demo.py",
    "exchange/staff/groups.py",
    "tests/support/cast.py",
    "ledger/*.py",
    "matching/listing.py",
)


def owner_url(database: str | None = None) -> str:
    """The owner's address, of another database if one is named."""
    parts = urlsplit(os.environ["DATABASE_OWNER_URL"])
    return urlunsplit(parts._replace(path=f"/{database}")) if database else urlunsplit(parts)


def app_url(database: str) -> str:
    """The address of a database for the login the processes run as."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))


def _owner_execute(*statements: sql.Composed) -> None:
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _exists(database: str) -> bool:
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        return connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone() is not None


@contextmanager
def _one_at_a_time(name: str) -> Iterator[None]:
    with open(Path(tempfile.gettempdir()) / f"{name}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@cache
def template(*, with_cast: bool) -> str:
    """Name of a migrated database, with the cast of three users if asked for; made once per state of the sources."""
    digest = hashlib.blake2b(digest_size=6)
    for pattern in _TEMPLATE_SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    name = f"bourse_template_{digest.hexdigest()}{'_cast' if with_cast else ''}"
    with _one_at_a_time(name):
        if _exists(name):
            return name
        building = sql.Identifier(f"{name}_building")
        source = sql.Identifier(template(with_cast=False)) if with_cast else sql.Identifier("template0")
        _owner_execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(building),
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(building, source),
        )
        environment = os.environ | {"DATABASE_URL": owner_url(f"{name}_building")}
        step = "load_cast" if with_cast else "migrate"
        program = f"from tests.support.cast import {step}, run; run({step})"
        subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, env=environment)
        _owner_execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(building, sql.Identifier(name)))
    return name


def create_database(name: str, *, from_template: str) -> None:
    """Clone a template under this name; an older database of the name is dropped."""
    _owner_execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)),
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
            sql.Identifier(name), sql.Identifier(from_template)
        ),
    )


def drop_database(name: str) -> None:
    """Drop it with all its sessions.

    An owner who is no superuser may not end those of the other login: a killed process' last one ends by itself.
    """
    deadline = time.monotonic() + DROP_SECONDS
    while True:
        try:
            _owner_execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            return
        except psycopg.errors.InsufficientPrivilege:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


@contextmanager
def default_database(name: str) -> Iterator[None]:
    """Point Django's default connection, in this thread and in all that start meanwhile, at that database."""
    connection = connections["default"]
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = connections.databases["default"]["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = connections.databases["default"]["NAME"] = before
