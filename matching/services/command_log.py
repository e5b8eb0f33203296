"""Statements that add to the command log.

Each acceptance is one statement on Django's own connection, prepared by the server and committed by itself, so the
cost of an order is one round trip. A connection whose server has gone away is noticed before it is used: what fails
after the statement was sent may have been accepted, and is never sent twice.
"""

from collections.abc import Mapping
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from storage.connections import database_cursor, drop_dead_connection


def run_statement(statement: str, parameters: Mapping[str, object]) -> tuple[Any, ...] | None:
    """Run one prepared statement and return its first row.

    Raises the errors of `django.db` where the database cannot be reached; whether the row was written is then unknown.
    """
    drop_dead_connection()
    with connections[DEFAULT_DB_ALIAS].wrap_database_errors:
        return database_cursor().execute(statement, parameters).fetchone()
