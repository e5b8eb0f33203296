"""Who may write: one worker a shard, by an advisory lock of its database session and by the shard's epoch.

The lock keeps a second worker waiting; it is free as soon as the session ends, for whatever reason. The epoch is
raised by each leader, and every batch checks it under the lock of the shard's row: a worker that was stopped, lost its
session and wakes again finds another epoch and may not commit.
"""

from typing import Any

import psycopg
from django.db import OperationalError, connection
from django.db.models import F
from django.utils import timezone

from kernel.errors import BourseError
from matching.models import Shard
from matching.worker.reading import Fenced

LEADER_LOCK = 0x626F7572
"""First key of the advisory lock that one worker of a shard holds; the second key is the shard's id."""


class SessionLost(OperationalError):
    """The database session of the take-over has ended, and with it the leader lock; the books may be behind.

    Django opens another session by itself, also within the very commit whose answer got lost.
    """


class NotLeader(BourseError):
    """Another worker runs this shard."""

    code = "NOT_LEADER"
    status = 503
    message = "Another worker runs this shard."


class Leadership:
    """One worker's claim to a shard."""

    def __init__(self, shard_name: str) -> None:
        self.shard_name = shard_name
        self.epoch = 0
        self._session: psycopg.Connection[Any] | None = None
        """The connection that holds the lock."""

    def try_acquire(self) -> Shard | None:
        """The shard, with its epoch raised; None where another worker holds the lock."""
        shard = Shard.objects.get(name=self.shard_name)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LEADER_LOCK, shard.id])
            if not cursor.fetchone()[0]:
                return None
            session = connection.connection
            # A restored dump has transaction numbers of another server: then everything pending is looked for anew.
            cursor.execute(
                "UPDATE matching_shard SET scan_from_xact = 0, scan_after_id = 0 WHERE id = %s "
                "AND scan_from_xact > pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
                [shard.id],
            )
        Shard.objects.filter(pk=shard.id).update(epoch=F("epoch") + 1)
        shard.refresh_from_db()
        shard.writer.refresh_from_db()
        self.epoch = shard.epoch
        self._session = session
        return shard

    def release(self, shard_id: int) -> None:
        """Give the lock back, if there is still a session that could hold it."""
        if connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LEADER_LOCK, shard_id])

    @property
    def has_session(self) -> bool:
        """Is this still the database session of the take-over, and alive? Else the worker must take over anew."""
        session = self._session
        is_alive = session is not None and not session.closed and not session.broken
        return is_alive and connection.connection is session

    def require(self, session: psycopg.Connection[Any]) -> None:
        """Raises SessionLost where this is not the session that holds the lock."""
        if session is not self._session:
            raise SessionLost("the session that held the leader lock has ended")

    def beat(self) -> None:
        """Say that the worker is alive although nothing came in. Raises Fenced where it is no longer the leader."""
        if not Shard.objects.filter(name=self.shard_name, epoch=self.epoch).update(heartbeat_at=timezone.now()):
            raise Fenced
