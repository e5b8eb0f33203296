"""What an account owned at a past moment, and what happened to it in a year, from its postings.

A posting's id says when it was made, so a moment is a bound of ids. The balance at a moment is that of now less every
posting since, which the ledger's own checks hold against the sum of all postings before it. Both come from one
statement, so what is committed meanwhile is in both or in neither.

A year is a calendar year in UTC. Per asset and cause, `received` is what came in and `given` what went out, over
available + locked: locking money for an order or a withdrawal moves nothing in or out.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from django.db import connection

from kernel.ids import first_id_at
from kernel.units import EXACT
from ledger.models import EntryKind

_BALANCES_AT = """
    SELECT a.symbol, b.available - coalesce(newer.available, 0), b.locked - coalesce(newer.locked, 0)
    FROM ledger_balance b JOIN ledger_asset a ON a.id = b.asset_id
    LEFT JOIN (
        SELECT asset_id, sum(available_delta) AS available, sum(locked_delta) AS locked
        FROM ledger_posting WHERE account_id = %s AND id >= %s GROUP BY asset_id
    ) newer ON newer.asset_id = b.asset_id
    WHERE b.account_id = %s
    ORDER BY a.symbol
"""
_MOVEMENTS = """
    WITH moved AS (
        SELECT p.asset_id, CASE WHEN p.id < %s THEN e.kind END AS kind,
               p.available_delta + p.locked_delta AS delta
        FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
        WHERE p.account_id = %s AND p.id >= %s
    ),
    summed AS (
        SELECT asset_id, kind, coalesce(sum(delta) FILTER (WHERE delta > 0), 0) AS received,
               coalesce(-sum(delta) FILTER (WHERE delta < 0), 0) AS given, count(*) FILTER (WHERE delta <> 0) AS count
        FROM moved GROUP BY asset_id, kind
    )
    SELECT a.symbol, b.available + b.locked, s.kind, coalesce(s.received, 0), coalesce(s.given, 0), coalesce(s.count, 0)
    FROM ledger_balance b JOIN ledger_asset a ON a.id = b.asset_id
    LEFT JOIN summed s ON s.asset_id = b.asset_id
    WHERE b.account_id = %s
    ORDER BY a.symbol, s.kind
"""
"""Of the year by cause; what came after it without a cause, to get from the balance of now to that of its end."""


@dataclass(frozen=True, slots=True)
class PastBalance:
    """What an account held of an asset at a moment, in units."""

    asset: str
    available: Decimal
    locked: Decimal


@dataclass(frozen=True, slots=True)
class StatementLine:
    """All of one asset that came and went for one cause."""

    cause: EntryKind
    received: Decimal
    given: Decimal
    count: int
    """Postings that changed the total."""


@dataclass(frozen=True, slots=True)
class AssetStatement:
    """One asset over a year; `closing` is `opening` with all lines applied."""

    asset: str
    opening: Decimal
    closing: Decimal
    lines: tuple[StatementLine, ...]


def balances_at(*, account_id: int, before_id: int) -> list[PastBalance]:
    """Every balance as it was before the posting ids of a moment, by asset; what was zero is left out."""
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES_AT, [account_id, before_id, account_id])
        return [PastBalance(*row) for row in cursor.fetchall() if row[1] or row[2]]


def year_statement(*, account_id: int, year: int) -> list[AssetStatement]:
    """The year from its first moment to its last, or to now; assets that were never there are left out."""
    first_id, end_id = (first_id_at(_unix_ms(datetime(at, 1, 1, tzinfo=UTC))) for at in (year, year + 1))
    with connection.cursor() as cursor:
        cursor.execute(_MOVEMENTS, [end_id, account_id, first_id, account_id])
        rows = cursor.fetchall()
    closing: dict[str, Decimal] = {}
    lines: defaultdict[str, list[StatementLine]] = defaultdict(list)
    for asset, now, kind, received, given, count in rows:
        closing.setdefault(asset, now)
        if kind is None:
            closing[asset] = EXACT.subtract(closing[asset], EXACT.subtract(received, given))
        elif count:
            lines[asset].append(StatementLine(EntryKind(kind), received, given, count))
    statements = []
    for asset, end in closing.items():
        opening = end
        for line in lines[asset]:
            opening = EXACT.subtract(opening, EXACT.subtract(line.received, line.given))
        if opening or end or lines[asset]:
            statements.append(AssetStatement(asset, opening, end, tuple(lines[asset])))
    return statements


def _unix_ms(at: datetime) -> int:
    return int(at.timestamp()) * 1000
