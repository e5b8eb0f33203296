"""Django's own database connection, for statements that Django would only slow down, and how a dead one is noticed.

Each thread keeps its connection: a pool's bookkeeping, and a health check's round trip, cost more than the look at a
socket that replaces them here.
"""

import os
import select
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

RawConnection = psycopg.Connection[tuple[Any, ...]]

_PREPARE_AFTER_USES = 2
_SEND_BUFFER_BYTES = 4 << 20


def database_cursor() -> "psycopg.Cursor[tuple[Any, ...]]":
    """A cursor on Django's connection, inside its transaction: parameters are bound by the server, plans are kept."""
    django_connection = connections[DEFAULT_DB_ALIAS]
    django_connection.ensure_connection()
    raw: RawConnection = django_connection.connection
    raw.prepare_threshold = _PREPARE_AFTER_USES
    return psycopg.Cursor(raw)


@contextmanager
def pipeline() -> Iterator[None]:
    """Statements in this block are sent without waiting for each other's answer; its end waits for all of them."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    with connection.connection.pipeline():
        yield


def ask_together(*questions: tuple[LiteralString, Sequence[object]]) -> list[list[tuple[Any, ...]]]:
    """The rows that each of these statements with its parameters has, in one round trip."""
    with pipeline():
        cursors = [database_cursor().execute(statement, parameters) for statement, parameters in questions]
    return [cursor.fetchall() for cursor in cursors]


def send_pipeline() -> None:
    """Have the server begin with everything that the pipeline collected; waits until it has it, not for answers.

    The driver itself sends what fits into the socket, and the rest of a long statement only with the next one.
    """
    raw: RawConnection = connections[DEFAULT_DB_ALIAS].connection
    ready = select.poll()
    ready.register(raw.fileno(), select.POLLIN | select.POLLOUT)
    while raw.pgconn.flush():
        ((_, event),) = ready.poll()
        if event & select.POLLIN:
            raw.pgconn.consume_input()


def widen_send_buffer(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Let a new connection's socket hold what a pipeline sends to a server that is still at work.

    A local socket holds 200 KB unless it is asked for more, and whoever writes beyond that waits for the server; what
    the system allows at most holds all the same. TCP's grows by itself, and would cease to if it were set.
    """
    raw: RawConnection = connection.connection
    with socket.socket(fileno=os.dup(raw.fileno())) as sending:
        if sending.family == socket.AF_UNIX:
            sending.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)


def drop_dead_connection(**_signal: Any) -> None:
    """Close this thread's idle connection if its server has closed it; the next use opens a new one.

    Runs at the start of every request, and before a statement that must not be sent twice.
    """
    django_connection: BaseDatabaseWrapper = connections[DEFAULT_DB_ALIAS]
    raw: RawConnection | None = django_connection.connection
    if raw is not None and not django_connection.in_atomic_block and _has_something_to_say(raw):
        django_connection.close()


def _has_something_to_say(raw: RawConnection) -> bool:
    """An idle connection has nothing to read unless its server said goodbye or broke off."""
    try:
        readable = select.poll()
        readable.register(raw.fileno(), select.POLLIN)
        return bool(readable.poll(0))
    except (psycopg.Error, OSError):
        return True
