"""An account's postings, newest first, each with the balance as it was after it.

Nothing keeps a balance with a posting: that would be two more columns in the busiest table. But the balance of now is
known, and so is every change since, so what was there after a posting is the balance less all postings of the asset
with a greater id. A page adds up at most `MOST_ADDED_UP` of them; further back the balance is not told. An export adds
up what came after its end once, and then goes down posting by posting.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from kernel.ids import writer_of
from ledger.models import EntryKind

MOST_ADDED_UP = 20_000
EXPORT_PIECE = 1_000
"""Postings that an export reads at once."""


@dataclass(frozen=True, slots=True)
class PostingView:
    """By how much one of my balances changed, in units, and why."""

    id: int
    entry_id: int
    kind: EntryKind
    asset: str
    available_delta: Decimal
    locked_delta: Decimal
    available_after: Decimal | None
    locked_after: Decimal | None
    """The balance after it, as far as it is told."""
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class PostingFilter:
    """Which of an account's postings: ids from `first_id` on and below `before_id`; None leaves a side open."""

    asset_id: int | None = None
    kind: EntryKind | None = None
    first_id: int | None = None
    before_id: int | None = None

    def conditions(self) -> tuple[str, list[Any]]:
        """SQL over `ledger_posting p` and `ledger_journalentry e`, and its parameters."""
        conditions, parameters = [], []
        for condition, value in (
            ("AND p.asset_id = %s", self.asset_id),
            ("AND e.kind = %s", None if self.kind is None else int(self.kind)),
            ("AND p.id >= %s", self.first_id),
            ("AND p.id < %s", self.before_id),
        ):
            if value is not None:
                conditions.append(condition)
                parameters.append(value)
        return " ".join(conditions), parameters


_PAGE = """
    SELECT p.id, p.entry_id, e.kind, p.asset_id, p.available_delta, p.locked_delta, e.created_at
    FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
    WHERE p.account_id = %s {conditions} ORDER BY p.id DESC LIMIT %s
"""

_PAGE_WITH_BALANCES = f"""
    WITH page AS MATERIALIZED ({_PAGE}),
    newer AS MATERIALIZED (
        SELECT id, asset_id, available_delta, locked_delta FROM ledger_posting
        WHERE account_id = %s {{of_asset}} AND id >= (SELECT min(id) FROM page) ORDER BY id DESC LIMIT %s
    ),
    later AS (
        SELECT id, sum(available_delta) OVER after_it AS available, sum(locked_delta) OVER after_it AS locked
        FROM newer
        WINDOW after_it AS (
            PARTITION BY asset_id ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    ),
    known AS (SELECT count(*) <= %s AS is_known FROM newer)
    SELECT page.id, page.entry_id, page.kind, asset.symbol, page.available_delta, page.locked_delta,
           CASE WHEN is_known THEN balance.available - coalesce(later.available, 0) END,
           CASE WHEN is_known THEN balance.locked - coalesce(later.locked, 0) END,
           page.created_at
    FROM page CROSS JOIN known JOIN ledger_asset asset ON asset.id = page.asset_id
    JOIN ledger_balance balance ON balance.account_id = %s AND balance.asset_id = page.asset_id
    LEFT JOIN later ON later.id = page.id
    ORDER BY page.id DESC
"""  # noqa: S608  constants only
"""One statement, so that balances and postings are of one moment."""

_OPENING = """
    SELECT b.asset_id, a.symbol, b.available - coalesce(newer.available, 0), b.locked - coalesce(newer.locked, 0),
           ARRAY(SELECT ARRAY[id, last_row_id] FROM ledger_writer)
    FROM ledger_balance b JOIN ledger_asset a ON a.id = b.asset_id
    LEFT JOIN (
        SELECT asset_id, sum(available_delta) AS available, sum(locked_delta) AS locked
        FROM ledger_posting WHERE account_id = %s AND id >= %s GROUP BY asset_id
    ) newer ON newer.asset_id = b.asset_id
    WHERE b.account_id = %s
"""


def list_postings(*, account_id: int, wanted: PostingFilter, limit: int) -> list[PostingView]:
    """A page of the account's postings, newest first."""
    conditions, parameters = wanted.conditions()
    of_asset = "" if wanted.asset_id is None else "AND asset_id = %s"
    statement = _PAGE_WITH_BALANCES.format(conditions=conditions, of_asset=of_asset)
    asset = [] if wanted.asset_id is None else [wanted.asset_id]
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            [
                account_id,
                *parameters,
                limit,
                account_id,
                *asset,
                MOST_ADDED_UP + 1,
                MOST_ADDED_UP,
                account_id,
            ],
        )
        return [
            PostingView(identifier, entry_id, EntryKind(kind), *rest)
            for identifier, entry_id, kind, *rest in cursor.fetchall()
        ]


def walk_postings(*, account_id: int, wanted: PostingFilter, before_id: int) -> Iterator[PostingView]:
    """The account's postings below `before_id`, newest first, however many there are.

    They are read piece by piece in statements of their own, so whoever takes them slowly holds nothing in the
    database. What writers have committed since the balances were read is left out, or the balances would not fit.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OPENING, [account_id, before_id, account_id])
        rows = cursor.fetchall()
    symbols = {asset_id: symbol for asset_id, symbol, *_ in rows}
    balances = {asset_id: (available, locked) for asset_id, _, available, locked, _ in rows}
    last_ids: dict[int, int] = dict(rows[0][-1]) if rows else {}
    # Of all kinds, because every posting moves the balance of those below it.
    piece = replace(wanted, kind=None, before_id=before_id)
    while True:
        conditions, parameters = piece.conditions()
        with connection.cursor() as cursor:
            cursor.execute(_PAGE.format(conditions=conditions), [account_id, *parameters, EXPORT_PIECE])
            found = cursor.fetchall()
        for identifier, entry_id, kind, asset_id, available_delta, locked_delta, posted_at in found:
            if identifier > last_ids.get(writer_of(identifier), 0):
                continue
            available, locked = balances[asset_id]
            balances[asset_id] = available - available_delta, locked - locked_delta
            if wanted.kind is None or wanted.kind == kind:
                yield PostingView(
                    identifier,
                    entry_id,
                    EntryKind(kind),
                    symbols[asset_id],
                    available_delta,
                    locked_delta,
                    available,
                    locked,
                    posted_at,
                )
        if len(found) < EXPORT_PIECE:
            return
        piece = replace(piece, before_id=found[-1][0])
