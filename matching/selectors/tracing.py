"""What became of a request: its commands, the batch that applied each, and whom it was told to.

There is no index on request ids, which nobody asks for but an operator: the search is bounded in time instead, for a
command's id carries its time.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from kernel.ids import first_id_at
from matching.models import CommandKind

_COMMANDS = """
    SELECT c.id, c.kind, c.accepted_at, c.account_id, m.symbol, s.name, o.applied_sequence, o.applied_at, o.code,
           coalesce(q.is_held, false), b.first_sequence, b.last_sequence, b.epoch
    FROM matching_command c
    JOIN matching_market m ON m.id = c.market_id
    JOIN matching_shard s ON s.id = c.shard_id
    LEFT JOIN matching_outcome o ON o.command_id = c.id
    LEFT JOIN matching_quarantinedcommand q ON q.command_id = c.id
    LEFT JOIN LATERAL (SELECT b.first_sequence, b.last_sequence, b.epoch FROM matching_batch b
                       WHERE b.shard_id = c.shard_id AND b.last_sequence >= o.applied_sequence
                       ORDER BY b.last_sequence LIMIT 1) b ON true
    WHERE c.request_id = %s AND c.id >= %s AND c.id < %s ORDER BY c.id LIMIT %s
"""
# Events of a command are written in the commit that applies it, so their ids are of that time or later.
_EVENTS = """
    SELECT e.account_id, w.name, e.sequence, e.payload ->> 'type' FROM matching_userevent e
    JOIN ledger_writer w ON w.id = e.writer_id
    WHERE e.command_id = %s AND e.id >= %s AND e.id < %s ORDER BY e.id
"""
MOST_COMMANDS = 100
_COMMIT_MS = 60_000
"""The rows of a batch have ids of its beginning, and clocks of two machines may differ."""


def trace_request(request_id: str, *, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Each command of the request that was accepted in that time, with its batch and its events; values for JSON."""
    if not request_id:
        return []
    with connection.cursor() as cursor:
        bounds = [first_id_at(int(moment.timestamp() * 1000)) for moment in (since, until)]
        cursor.execute(_COMMANDS, [request_id, *bounds, MOST_COMMANDS])
        return [_traced(row) for row in cursor.fetchall()]


def _traced(row: tuple[Any, ...]) -> dict[str, Any]:
    command, kind, accepted_at, account, symbol, shard, sequence, applied_at, code, is_held, first, last, epoch = row
    batch = None if first is None else {"shard": shard, "epoch": epoch, "first_sequence": first, "last_sequence": last}
    return {
        "command_id": command,
        "kind": CommandKind(kind).name,
        "market": symbol,
        "account_id": account,
        "accepted_at": accepted_at.isoformat(),
        "applied_sequence": sequence,
        "applied_at": applied_at.isoformat() if applied_at else None,
        "refused": code,
        "is_held": is_held,
        "batch": batch,
        "events": _events(command, applied_at) if applied_at else [],
    }


def _events(command_id: int, applied_at: datetime) -> list[dict[str, Any]]:
    applied_ms = int(applied_at.timestamp() * 1000)
    bounds = [first_id_at(applied_ms - _COMMIT_MS), first_id_at(applied_ms + _COMMIT_MS)]
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [command_id, *bounds])
        return [
            {"account_id": account, "writer": writer, "sequence": sequence, "type": kind}
            for account, writer, sequence, kind in cursor.fetchall()
        ]
