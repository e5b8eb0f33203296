"""Commands that the worker logs itself: the time, for markets in which something is due.

They are written in the batch that applies them. So a replay meets every moment at which something happened by itself,
at its place among the commands.
"""

from typing import Any

import psycopg

from matching.models import CommandKind
from matching.worker.translation import LoggedCommand
from storage.bulk import number_array

_INSERT = f"""
    INSERT INTO matching_command
        (shard_id, market_id, rules_version, kind, side, order_type, time_in_force, post_only, ticks, lots, value,
         target_order_id, state, reason, reply_to, request_id)
    SELECT %s, m.id, m.rules_version, {int(CommandKind.TICK)}, 0, 0, 0, false, 0, 0, 0, 0, 0, '', '', ''
    FROM matching_market m WHERE m.id = ANY(%s::bigint[]) ORDER BY m.id
    RETURNING id, xact_number, market_id
"""  # noqa: S608  constants only


def log_ticks(
    cursor: "psycopg.Cursor[tuple[Any, ...]]", *, shard_id: int, market_ids: list[int]
) -> list[LoggedCommand]:
    """Log a tick for each of these markets."""
    rows = cursor.execute(_INSERT, (shard_id, number_array(market_ids))).fetchall()
    return [
        LoggedCommand(
            command_id,
            xact_number,
            market_id,
            None,
            int(CommandKind.TICK),
            0,
            0,
            0,
            False,
            0,
            0,
            0,
            None,
            0,
            0,
            0,
            "",
            "",
        )
        for command_id, xact_number, market_id in rows
    ]
