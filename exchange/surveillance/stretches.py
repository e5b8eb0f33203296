"""Which part of what was traded is looked at next.

A shard numbers what it applies without gaps and in the order of its commits, and its clock never goes back. So one
number says what was looked at, and a stretch that ends with the last command of an instant is complete: nothing
can come into it later.
"""

from dataclasses import dataclass

from django.db import connection

from kernel.ids import first_id_at
from risk.core.surveillance.facts import SECOND_US
from risk.models import SurveillanceProgress

MOST_COMMANDS = 20_000
MOST_US = 60 * SECOND_US
CLOCK_MARGIN_MS = 1_000
"""Ids of batches and trades have whole milliseconds of the worker's clock."""

_NEXT = """
    WITH following AS MATERIALIZED (
        SELECT applied_sequence, applied_at FROM matching_outcome
        WHERE shard_id = %(shard)s AND applied_sequence > %(after)s ORDER BY applied_sequence LIMIT %(most)s
    ), limits AS (
        SELECT min(applied_at) AS first_at,
               max(applied_at) FILTER (WHERE applied_at <= earliest + %(span)s * interval '1 microsecond') AS last_at
        FROM following, (SELECT min(applied_at) AS earliest FROM following) AS start
    )
    SELECT max(o.applied_sequence), (extract(epoch FROM max(l.first_at)) * 1000000)::bigint,
           (extract(epoch FROM max(l.last_at)) * 1000000)::bigint, max(l.last_at)
    FROM limits l JOIN matching_outcome o ON o.shard_id = %(shard)s AND o.applied_sequence > %(after)s
         AND o.applied_sequence <= %(after)s + %(reach)s AND o.applied_at <= l.last_at
"""
_MARKETS = """
    SELECT DISTINCT c.market_id FROM matching_outcome o JOIN matching_command c ON c.id = o.command_id
    WHERE o.shard_id = %(shard)s AND o.applied_sequence > %(after)s AND o.applied_sequence <= %(last)s
      AND c.market_id IS NOT NULL ORDER BY 1
"""
_SEQUENCE_AT = """
    SELECT first_sequence FROM matching_batch WHERE shard_id = %(shard)s AND id >= %(batch)s ORDER BY id LIMIT 1
"""
_OLDEST_COMMAND = """
    SELECT min(command_id) FROM matching_outcome
    WHERE shard_id = %(shard)s AND applied_sequence >= %(first)s AND applied_sequence <= %(last)s
"""
MOST_IN_AN_INSTANT = 20_000
"""More commands than a worker applies in one batch, and so at one time."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a shard applied after `after_sequence`, up to and with `last_sequence`. Times in microseconds."""

    shard_id: int
    after_sequence: int
    last_sequence: int
    fresh_from_us: int
    """What happened later than this is fresh."""
    until_us: int

    def first_id(self, before_us: int) -> int:
        """The smallest id the worker can have given so long before the stretch."""
        return first_id_at((self.fresh_from_us - before_us) // 1000 - CLOCK_MARGIN_MS)

    def first_sequence(self, before_us: int) -> int:
        """Of the first command that was applied so long before the stretch, or a little earlier."""
        with connection.cursor() as cursor:
            cursor.execute(_SEQUENCE_AT, {"shard": self.shard_id, "batch": self.first_id(before_us)})
            row = cursor.fetchone()
        return min(row[0], self.after_sequence + 1) if row else self.after_sequence + 1

    def first_command(self, before_us: int) -> int:
        """The smallest id of a command that was applied then or later: one that had waited long has an old id."""
        scope = {"shard": self.shard_id, "first": self.first_sequence(before_us), "last": self.last_sequence}
        with connection.cursor() as cursor:
            cursor.execute(_OLDEST_COMMAND, scope)
            return int(cursor.fetchone()[0])


def next_stretch(shard_id: int, progress: SurveillanceProgress) -> Stretch | None:
    """The stretch behind the progress, which the caller has locked; None where nothing is new."""
    scope = {
        "shard": shard_id,
        "after": progress.applied_sequence,
        "most": MOST_COMMANDS,
        "reach": MOST_COMMANDS + MOST_IN_AN_INSTANT,
        "span": MOST_US,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, scope)
        last_sequence, first_us, until_us, last_at = cursor.fetchone()
    if last_sequence is None:
        return None
    progress.seen_until = last_at
    return Stretch(
        shard_id=shard_id,
        after_sequence=progress.applied_sequence,
        last_sequence=last_sequence,
        fresh_from_us=first_us - 1,
        until_us=until_us,
    )


def markets_of(stretch: Stretch) -> list[int]:
    """The markets that something was asked of in this stretch."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MARKETS,
            {"shard": stretch.shard_id, "after": stretch.after_sequence, "last": stretch.last_sequence},
        )
        return [market_id for (market_id,) in cursor.fetchall()]
