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

_PREPARE_AFTER_USES = 2


def run_statement(statement: str, parameters: Mapping[str, object]) -> tuple[Any, ...] | None:
    """Run one prepared statement and return its first row.

    Raises the errors of `django.db` where the database cannot be reached; whether the row was written is then unknown.
    """
    # The proxy `django.db.connection` looks its target up at every use; here that would be a tenth of the cost.
    django_connection = connections[DEFAULT_DB_ALIAS]
    _replace_dead_connection(django_connection)
    django_connection.ensure_connection()
    with django_connection.wrap_database_errors:
        raw: psycopg.Connection[tuple[Any, ...]] = django_connection.connection
        if raw.prepare_threshold is None:
            raw.prepare_threshold = _PREPARE_AFTER_USES
        return psycopg.Cursor(raw).execute(statement, parameters).fetchone()


def _replace_dead_connection(django_connection: BaseDatabaseWrapper) -> None:
    """Close an idle connection that its server has closed; the next use opens a new one.

    An idle connection has nothing to read unless the server said goodbye, so a look at the socket replaces the
    round trip of a health check.
    """
    raw = django_connection.connection
    if raw is None or django_connection.in_atomic_block:
        return
    try:
        readable = select.poll()
        readable.register(raw.fileno(), select.POLLIN)
        if readable.poll(0):
            django_connection.close()
    except (psycopg.Error, OSError):
        django_connection.close()
