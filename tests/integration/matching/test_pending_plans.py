"""What a batch reads and changes costs the same however long the log is: no table is read as a whole."""

from datetime import UTC, datetime

import psycopg
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from matching.selectors.health import count_pending, engine_health
from matching.worker import order_rows, reading
from storage.connections import database_cursor
from storage.plans import LOOK_UP_BY_KEYS
from tests.support.databases import owner_url
from tests.support.exchange import Exchange

LONG = 20_000

_OLD_COMMANDS = """
    INSERT INTO matching_command
        (id, xact_number, shard_id, market_id, rules_version, account_id, kind, side, order_type, time_in_force,
         post_only, ticks, lots, value, target_order_id, state, reason, reply_to, request_id)
    SELECT n, 1, s.id, m.id, 1, NULL, 4, 0, 0, 0, false, 0, 0, 0, 0, 1, '', '', ''
    FROM generate_series(1, %s) n, matching_shard s, matching_market m WHERE m.symbol = 'BTC-USDT'
"""
_OLD_OUTCOMES = """
    INSERT INTO matching_outcome (command_id, shard_id, applied_sequence, applied_at, maker_ppm, taker_ppm)
    SELECT n, s.id, n, now(), 0, 0 FROM generate_series(1, %s) n, matching_shard s
"""


def plan_of(statement: str, parameters: object) -> str:
    """As the server runs it once joins by look-up seem expensive to it, which happens when the log has grown long."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("EXPLAIN " + statement, parameters)  # type: ignore[arg-type]
        return "\n".join(row[0] for row in cursor.fetchall())


def test_a_long_log_is_not_read_again(exchange: Exchange) -> None:
    exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    with psycopg.connect(owner_url(exchange.database), autocommit=True) as owner:
        owner.execute(_OLD_COMMANDS, [LONG])
        owner.execute(_OLD_OUTCOMES, [LONG])
        owner.execute("VACUUM ANALYZE matching_command, matching_outcome")
    exchange.place("owner", "BUY", "50000", "1")
    assert count_pending(at_most=10) == 1
    with CaptureQueriesContext(connection) as queries:
        assert engine_health().pending_commands == 1
    statements = [query["sql"] for query in queries if "matching_command" in query["sql"]]
    plans = [plan_of(statement.replace("%", "%%"), []) for statement in statements]
    plans.append(plan_of(reading._PENDING, [exchange.market().shard_id, 10**6, 0, 500]))
    assert len(plans) == 2
    # The old rows have ids of no month, so all of them lie in the partitions for the rest.
    for plan in plans:
        assert "Seq Scan on matching_outcome_rest" not in plan, plan
        assert "Seq Scan on matching_command_rest" not in plan, plan


def test_a_young_table_is_not_read_to_change_its_rows(exchange: Exchange) -> None:
    """A plan that is made now is kept, and read all of the table when it has grown."""
    exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    changes = [(order_id, "0", "0", 2, "", "0") for order_id in range(500)]
    with transaction.atomic():
        cursor = database_cursor()
        cursor.execute(LOOK_UP_BY_KEYS, (True,))
        parameters = (datetime.now(UTC), *order_rows._arrays(order_rows._FILLS, changes))
        plan = "\n".join(row[0] for row in cursor.execute("EXPLAIN " + order_rows._UPDATE_FILLS, parameters))
        transaction.set_rollback(True)
    assert "Index Scan" in plan, plan
    assert "Seq Scan" not in plan, plan
