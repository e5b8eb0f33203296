"""Statements that add to the command log.

Each acceptance is one statement on Django's own connection, prepared by the server and committed by itself, so the
cost of an order is one round trip. A connection whose server has gone away is noticed before it is used: what fails
after the statement was sent may have been accepted, and is never sent twice.
"""

import select
from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

RawConnection = psycopg.Connection[tuple[Any, ...]]

_PREPARE_AFTER_USES = 2


def run_statement(statement: str, parameters: Mapping[str, object]) -> tuple[Any, ...] | None:
    """Run one prepared statement and return its first row.

    Raises the errors of `django.db` where the database cannot be reached; whether the row was written is then unknown.
    """
    # The proxy `django.db.connection` looks its target up at every use; here that would be a tenth of the cost.
    django_connection = connections[DEFAULT_DB_ALIAS]
    raw = _live_connection(django_connection)
    with django_connection.wrap_database_errors:
        if raw.prepare_threshold is None:
            raw.prepare_threshold = _PREPARE_AFTER_USES
        return psycopg.Cursor(raw).execute(statement, parameters).fetchone()


def _live_connection(django_connection: BaseDatabaseWrapper) -> RawConnection:
    """A connection that its server has not closed. Dead ones are dropped, be they kept by the thread or by a pool."""
    while True:
        django_connection.ensure_connection()
        raw: RawConnection = django_connection.connection
        if django_connection.in_atomic_block or not _has_something_to_say(raw):
            return raw
        raw.close()
        django_connection.close()


def _has_something_to_say(raw: RawConnection) -> bool:
    """An idle connection has nothing to read unless its server said goodbye or broke off, so a look at the socket
    replaces the round trip of a health check.
    """
    try:
        readable = select.poll()
        readable.register(raw.fileno(), select.POLLIN)
        return bool(readable.poll(0))
    except (psycopg.Error, OSError):
        return True
