"""One process at a time for a kind of work on a rail: an advisory lock of the database session, free when it ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

WATCHING = 0x626F7773
SWEEPING = 0x626F7774
"""First keys of the locks; the second one is made of the rail's code."""


@contextmanager
def only_one(work: int, rail_code: str) -> Iterator[bool]:
    """False: somebody else is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [work, rail_code])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [work, rail_code])
