"""Statements that add to the command log.

Each acceptance is one statement on Django's own connection, prepared by the server and committed by itself, so the
cost of an order is one round trip. A connection whose server has gone away is noticed before it is used: what fails
after the statement was sent may have been accepted, and is never sent twice.
"""

from collections.abc import Mapping
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from storage.connections import database_cursor, drop_dead_connection

INSERT_COLUMNS = """
    (id, shard_id, market_id, rules_version, account_id, kind, side, order_type, time_in_force, post_only, ticks, lots,
     value, client_order_id, expires_at, target_order_id, state, reason, reply_to, request_id, stp_mode, display_lots,
     trigger_ticks, trailing_ppm, good_till, replaces, stop_ticks, countdown_us)
"""


def run_statement(statement: str, parameters: Mapping[str, object]) -> tuple[Any, ...] | None:
    """As `run_statement_for_rows`, for a statement that gives one row or none."""
    rows = run_statement_for_rows(statement, parameters)
    return rows[0] if rows else None


def run_statement_for_rows(statement: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """Run one prepared statement and return its rows.

    Raises the errors of `django.db` where the database cannot be reached; whether anything was written is then
    unknown.
    """
    drop_dead_connection()
    with connections[DEFAULT_DB_ALIAS].wrap_database_errors:
        return database_cursor().execute(statement, parameters).fetchall()
