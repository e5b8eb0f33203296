"""Django's own database connection, for statements that Django would only slow down."""

from typing import Any, cast

import psycopg
from django.db import connection

_PREPARE_AFTER_USES = 2


def database_cursor() -> "psycopg.Cursor[tuple[Any, ...]]":
    """A cursor on Django's connection, inside its transaction: parameters are bound by the server, plans are kept."""
    connection.ensure_connection()
    raw = cast("psycopg.Connection[tuple[Any, ...]]", connection.connection)
    raw.prepare_threshold = _PREPARE_AFTER_USES
    return psycopg.Cursor(raw)
