"""How the engine is doing, as seen from the tables: what waits, since when, and whether its workers are alive."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

# The order lets the scan's index be used, OFFSET 0 keeps the outcomes from being read as a whole: see
# `matching.worker.reading`.
_PENDING = """
    SELECT c.accepted_at FROM matching_shard s CROSS JOIN LATERAL (
        SELECT c.accepted_at FROM matching_command c
        WHERE c.shard_id = s.id AND c.xact_number >= s.scan_from_xact
          AND NOT EXISTS (SELECT FROM matching_outcome o WHERE o.command_id = c.id OFFSET 0)
          AND NOT EXISTS (SELECT FROM matching_quarantinedcommand q WHERE q.command_id = c.id AND q.is_held OFFSET 0)
        ORDER BY c.xact_number, c.id LIMIT %(at_most)s
    ) AS c LIMIT %(at_most)s
"""


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """`pending_commands` counts up to one more than `settings.MAX_PENDING_COMMANDS`; ages are in seconds."""

    pending_commands: int
    oldest_pending_age_seconds: float
    """Of those counted; 0 where nothing waits."""
    shard_heartbeat_age_seconds: dict[str, float | None]
    """By shard; None for one whose worker never ran."""
    checked_at: datetime


def count_pending(*, at_most: int) -> int:
    """Commands accepted and not yet applied; stops counting at `at_most`."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_PENDING}) AS pending", {"at_most": at_most})  # noqa: S608  constants only
        return int(cursor.fetchone()[0])


def engine_health() -> EngineHealth:
    """One look at the log and the shards, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(accepted_at)), 0)::float8,
                   clock_timestamp()
            FROM ({_PENDING}) AS pending
            """,  # noqa: S608  constants only
            {"at_most": settings.MAX_PENDING_COMMANDS + 1},
        )
        pending, age, checked_at = cursor.fetchone()
        cursor.execute("SELECT name, extract(epoch FROM clock_timestamp() - heartbeat_at)::float8 FROM matching_shard")
        return EngineHealth(pending, max(age, 0.0), dict(cursor.fetchall()), checked_at)
