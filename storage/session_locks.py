"""One process at a time for a kind of work: an advisory lock of the database session, free when the session ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def only_one(work: int, subject: str | None = None) -> Iterator[bool]:
    """False: somebody else is at this work, or at this work on this subject. Nobody waits.

    `work` is a number of 64 bits; of 32 bits where there is a subject.
    """
    keys: tuple[int | str, ...] = (work,) if subject is None else (work, subject)
    places = "%s" if subject is None else "%s, hashtext(%s)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({places})", keys)
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        # A session that is gone has given its locks back.
        if is_mine and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({places})", keys)
