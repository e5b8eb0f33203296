"""Statements that add to the command log.

Each acceptance is one statement on Django's own connection, prepared by the server and committed by itself, so the
cost of an order is one round trip. A connection whose server has gone away is noticed before it is used: what fails
after the statement was sent may have been accepted, and is never sent twice.
"""

import select
from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection

from ledger.services import database_cursor

_PREPARE_AFTER_USES = 2


def run_statement(statement: str, parameters: Mapping[str, object]) -> tuple[Any, ...] | None:
    """Run one prepared statement and return its first row.

    Raises the errors of `django.db` where the database cannot be reached; whether the row was written is then unknown.
    """
    _replace_dead_connection()
    with connection.wrap_database_errors:
        cursor = database_cursor()
        raw = cursor.connection
        if raw.prepare_threshold is None:
            raw.prepare_threshold = _PREPARE_AFTER_USES
        return cursor.execute(statement, parameters).fetchone()


def _replace_dead_connection() -> None:
    """Close an idle connection that its server has closed; the next use opens a new one.

    An idle connection has nothing to read unless the server said goodbye, so a look at the socket replaces the
    round trip of a health check.
    """
    raw = connection.connection
    if raw is None or connection.in_atomic_block:
        return
    if raw.closed:
        connection.close()
        return
    try:
        readable = select.poll()
        readable.register(raw.fileno(), select.POLLIN)
        if readable.poll(0):
            connection.close()
    except (psycopg.Error, OSError):
        connection.close()
