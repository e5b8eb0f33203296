"""Where the books stand. Two exchanges that stand alike hold the same history: a backup is compared by it."""

from typing import Any

from django.db import connection, transaction

from matching.models import OrderStatus
from matching.selectors.health import count_pending

_MANY = 1_000_000
_OPEN_ORDERS = "SELECT count(*) FROM matching_order WHERE status IN (%s, %s)"


def read_standing() -> dict[str, Any]:
    """All of it on one snapshot, as JSON: numbers, hexadecimal hashes, and the moment of the last thing accepted."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

        def rows(statement: str, *parameters: int) -> list[tuple[Any, ...]]:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())

        ((accepted_at,),) = rows("SELECT accepted_at FROM matching_command ORDER BY id DESC LIMIT 1") or [(None,)]
        ((entered_at,),) = rows("SELECT created_at FROM ledger_journalentry ORDER BY id DESC LIMIT 1") or [(None,)]
        last = max((moment for moment in (accepted_at, entered_at) if moment is not None), default=None)
        return {
            "stands_at": last.isoformat() if last else None,
            "shards": dict(rows("SELECT name, applied_sequence FROM matching_shard ORDER BY name")),
            "chains": {
                name: [sequence, bytes(digest).hex()]
                for name, sequence, digest in rows(
                    "SELECT name, last_sequence, chain_hash FROM ledger_writer ORDER BY id"
                )
            },
            "markets": {
                symbol: bytes(digest).hex()
                for symbol, digest in rows(
                    "SELECT m.symbol, e.event_hash FROM matching_marketenginestate e "
                    "JOIN matching_market m ON m.id = e.market_id ORDER BY m.symbol"
                )
            },
            "journal_entries": rows("SELECT count(*) FROM ledger_journalentry")[0][0],
            "trades": rows("SELECT count(*) FROM matching_trade")[0][0],
            "open_orders": rows(_OPEN_ORDERS, OrderStatus.OPEN, OrderStatus.PARTIAL)[0][0],
            "pending_commands": count_pending(at_most=_MANY),
        }
