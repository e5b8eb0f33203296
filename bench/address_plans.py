"""Which indexes serve the questions about addresses, by the database's own word: EXPLAIN (ANALYZE)."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import bench.setup  # noqa: F401

# isort: split

from django.db import connection
from django.test.utils import CaptureQueriesContext

WATCHED = "venues_depositaddress"


def plans_of(questions: dict[str, Callable[[], Any]]) -> dict[str, dict[str, Any]]:
    """For each question: indexes used on addresses, whether the table was read from end to end, and milliseconds."""
    return {name: _plan(ask) for name, ask in questions.items()}


def _plan(ask: Callable[[], Any]) -> dict[str, Any]:
    ask()  # what a process asks once only, it has asked then
    with CaptureQueriesContext(connection) as asked:
        ask()
    indexes: set[str] = set()
    is_read_whole, milliseconds = False, 0.0
    for query in asked.captured_queries:
        if WATCHED not in query["sql"]:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            (answer,) = cursor.fetchone()
        plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]
        milliseconds += plan["Execution Time"]
        for node in _nodes(plan["Plan"]):
            if "Index Name" in node and WATCHED in node.get("Relation Name", WATCHED):
                indexes.add(node["Index Name"])
            if node["Node Type"] == "Seq Scan" and node.get("Relation Name") == WATCHED:
                is_read_whole = True
    return {"indexes": sorted(indexes), "reads_whole_table": is_read_whole, "ms": round(milliseconds, 2)}


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)
