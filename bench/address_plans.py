"""Which indexes serve the questions about addresses, by the database's own word: EXPLAIN (ANALYZE)."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import bench.setup  # noqa: F401

# isort: split

import psycopg

from storage.connections import database_cursor
from wallet.venues.selectors import address_rows

WATCHED = "venues_depositaddress"
PREPARED = "explained"


def plans_of(questions: dict[str, Callable[[], Any]]) -> dict[str, dict[str, Any]]:
    """For each question: indexes used on addresses, whether the table was read from end to end, and milliseconds."""
    return {name: _plan(ask) for name, ask in questions.items()}


class _Noted:
    """A cursor that keeps the statement it was given, with its parameters."""

    def __init__(self) -> None:
        self.cursor = database_cursor()
        self.asked: list[tuple[str, tuple[object, ...]]] = []

    def execute(self, statement: str, parameters: tuple[object, ...]) -> "psycopg.Cursor[tuple[Any, ...]]":
        self.asked.append((statement, parameters))
        return self.cursor.execute(statement, parameters)


def _plan(ask: Callable[[], Any]) -> dict[str, Any]:
    noted = _Noted()
    with patch.object(address_rows, "database_cursor", lambda: noted):
        ask()
    indexes: set[str] = set()
    is_read_whole, milliseconds = False, 0.0
    for statement, parameters in noted.asked:
        plan = _explained(statement, parameters)
        milliseconds += plan["Execution Time"]
        for node in _nodes(plan["Plan"]):
            if "Index Name" in node and WATCHED in node.get("Relation Name", WATCHED):
                indexes.add(node["Index Name"])
            if node["Node Type"] == "Seq Scan" and node.get("Relation Name") == WATCHED:
                is_read_whole = True
    return {"indexes": sorted(indexes), "reads_whole_table": is_read_whole, "ms": round(milliseconds, 2)}


def _explained(statement: str, parameters: tuple[object, ...]) -> dict[str, Any]:
    """The plan that a connection keeps for every client, carried out for these parameters."""
    numbers = iter(range(1, len(parameters) + 1))
    parts = statement.split("%s")
    numbered = "".join(part + (f"${next(numbers)}" if n < len(parts) - 1 else "") for n, part in enumerate(parts))
    literals = ", ".join(["%s"] * len(parameters))
    with psycopg.ClientCursor(database_cursor().connection) as cursor:
        cursor.execute(f"PREPARE {PREPARED} AS {numbered}".encode())
        try:
            asked = f"({literals})" if literals else ""
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE {PREPARED}{asked}".encode(), parameters)
            row = cursor.fetchone()
        finally:
            cursor.execute(f"DEALLOCATE {PREPARED}".encode())
    assert row is not None
    plan: dict[str, Any] = (json.loads(row[0]) if isinstance(row[0], str) else row[0])[0]
    return plan


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)
