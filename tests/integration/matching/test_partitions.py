"""Rows of the growing tables land in the partition of their month, whoever gave them their id."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from kernel.ids import first_id_at
from storage.partitions import ensure_partitions
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow

TABLES = (
    "matching_command",
    "matching_outcome",
    "matching_trade",
    "matching_userevent",
    "ledger_journalentry",
    "ledger_posting",
)


def partitions_of(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT tableoid::regclass::text FROM {table}")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_in_this_months_partition(exchange: Exchange, table: str) -> None:
    log_flow(exchange, 30, seed=51)
    exchange.run()
    assert partitions_of(table) == {f"{table}_{datetime.now(UTC):%Y_%m}"}


def test_the_next_months_are_there_and_making_them_again_makes_nothing(exchange: Exchange) -> None:
    assert ensure_partitions(months_ahead=2) == 0


def test_what_no_month_covers_goes_to_the_rest(exchange: Exchange) -> None:
    order = exchange.place("owner", "BUY", "50000", "1")
    far = first_id_at(int(datetime(2060, 1, 1, tzinfo=UTC).timestamp() * 1000))
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'matching_command'")
        columns = ", ".join(sorted({row[0] for row in cursor.fetchall()} - {"id"}))
        cursor.execute(
            f"INSERT INTO matching_command (id, {columns}) SELECT %s, {columns} FROM matching_command WHERE id = %s",
            [far, order],
        )
    assert partitions_of("matching_command") == {
        f"matching_command_{datetime.now(UTC):%Y_%m}",
        "matching_command_rest",
    }
    exchange.run()
    assert exchange.order(far).pk == far


def test_ids_of_the_database_are_like_those_of_the_kernel(exchange: Exchange) -> None:
    before = first_id_at(int(datetime.now(UTC).timestamp() * 1000) - 1_000)
    order = exchange.place("owner", "BUY", "50000", "1")
    after = first_id_at(int(datetime.now(UTC).timestamp() * 1000) + 1_000)
    assert before < order < after
    assert (order >> 16) & 31 == 0, "commands are writer 0"
