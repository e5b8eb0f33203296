"""Writes batches of entries: the only code that changes balances, whoever asks for it.

`WriterState` is what a writer must remember between batches; it lives in the `Writer` row and is saved in the same
commit as the entries. The statements are sent one behind the other; inside a psycopg pipeline the server works on
one while the next is being prepared.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from kernel.ids import IdAllocator
from kernel.units import atoms_suffix
from ledger.core.journal import JournalBatch
from ledger.models import Asset, Writer
from storage.bulk import number_array

# Data-modifying CTEs: four tables, one statement, one round through the server's executor.
_APPEND = """
    WITH link AS (
        INSERT INTO ledger_chainlink
            (id, writer_id, first_sequence, last_sequence, first_posting_id, last_posting_id, hash)
        VALUES (%(link_id)s, %(writer)s, %(first)s, %(last)s, %(first_posting)s, %(last_posting)s, %(hash)s)
    ), writer AS (
        UPDATE ledger_writer SET last_sequence = %(last)s, chain_hash = %(hash)s, last_row_id = %(last_posting)s
        WHERE id = %(writer)s
    ), postings AS (
        INSERT INTO ledger_posting (id, entry_id, account_id, asset_id, available_delta, locked_delta)
        SELECT * FROM unnest(%(posting_ids)s::bigint[], %(posting_entries)s::bigint[], %(accounts)s::bigint[],
                             %(assets)s::bigint[], %(available)s::numeric[], %(locked)s::numeric[])
    )
    INSERT INTO ledger_journalentry (id, writer_id, sequence, kind, created_at)
    SELECT id, %(writer)s, %(first)s + row - 1, kind, %(at)s
    FROM unnest(%(ids)s::bigint[], %(kinds)s::smallint[]) WITH ORDINALITY AS e(id, kind, row)
"""
_UPDATE_BALANCES = """
    UPDATE ledger_balance AS b
    SET available = b.available + d.available, locked = b.locked + d.locked, version = b.version + 1
    FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS d(id, available, locked) WHERE b.id = d.id
"""


@dataclass(frozen=True, slots=True)
class WriterState:
    """Where a writer's numbers and chain stand."""

    writer_id: int
    last_sequence: int
    chain_hash: bytes
    last_row_id: int

    @classmethod
    def of(cls, writer: Writer) -> "WriterState":
        return cls(writer.id, writer.last_sequence, bytes(writer.chain_hash), writer.last_row_id)


class Scales:
    """The suffix that makes atoms of an asset readable to PostgreSQL as units."""

    def __init__(self, scale_by_asset: dict[int, int]) -> None:
        self.by_asset = scale_by_asset
        self.suffix = {asset_id: atoms_suffix(scale) for asset_id, scale in scale_by_asset.items()}

    @classmethod
    def load(cls) -> "Scales":
        return cls(dict(Asset.objects.values_list("id", "scale")))

    def amounts(self, atoms: list[int], asset_ids: list[int]) -> str:
        """A column of atoms as an array of units."""
        suffix = self.suffix
        return number_array([f"{amount}{suffix[asset]}" for amount, asset in zip(atoms, asset_ids, strict=True)])


def write_journal(
    cursor: psycopg.Cursor[tuple[Any, ...]],
    *,
    batch: JournalBatch,
    writer: WriterState,
    ids: IdAllocator,
    unix_ms: int,
    created_at: datetime,
    scales: Scales,
) -> WriterState:
    """Append the batch and its chain link, and save the writer's new state, which is returned.

    The caller holds the writer (its row lock or its fence) and has checked or will let the database check the sums.
    """
    first = writer.last_sequence + 1
    last = writer.last_sequence + len(batch)
    link_id, *posting_ids = ids.take(len(batch.account_ids) + 1, unix_ms)
    link_hash = batch.chain_hash(writer.chain_hash, first)
    cursor.execute(
        _APPEND,
        {
            "link_id": link_id,
            "writer": writer.writer_id,
            "first": first,
            "last": last,
            "first_posting": posting_ids[0],
            "last_posting": posting_ids[-1],
            "hash": link_hash,
            "at": created_at,
            "ids": number_array(batch.entry_ids),
            "kinds": number_array(batch.kinds),
            "posting_ids": number_array(posting_ids),
            "posting_entries": number_array(batch.posting_entry_ids),
            "accounts": number_array(batch.account_ids),
            "assets": number_array(batch.asset_ids),
            "available": scales.amounts(batch.available, batch.asset_ids),
            "locked": scales.amounts(batch.locked, batch.asset_ids),
        },
    )
    return WriterState(writer.writer_id, last, link_hash, posting_ids[-1])


def write_balances(
    cursor: psycopg.Cursor[tuple[Any, ...]],
    *,
    balance_ids: list[int],
    asset_ids: list[int],
    available: list[int],
    locked: list[int],
    scales: Scales,
) -> None:
    """Add these atoms to balances that are already locked. A CHECK refuses what would go below zero."""
    cursor.execute(
        _UPDATE_BALANCES,
        (number_array(balance_ids), scales.amounts(available, asset_ids), scales.amounts(locked, asset_ids)),
    )
