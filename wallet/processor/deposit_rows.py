"""The deposits of a batch in memory: locked where they exist, new where the first word of them is their credit.

Each is written once with each part of the batch, however often that part changed it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg

from kernel.units import plain
from storage.bulk import nullable_array, number_array, text_array
from wallet.core.states import DepositState

Key = tuple[str, str, int]
"""Rail, external transaction, output."""

_COLUMNS = """
    d.id, d.rail_id, d.external_tx_id, d.output_index, d.asset_id, d.account_id, d.amount, d.state, d.reason,
    d.held_amount, d.operation_id, d.credited_at, d.confirmations
"""
# OFFSET 0: a look-up in the index for each key, however few deposits there were when the plan was made. Mostly none is
# found, so they are locked by a statement of their own.
_IDS_OF_KEYS = """
    SELECT found.id FROM unnest(%s::text[], %s::text[], %s::int[]) AS k(rail, external_tx_id, output_index)
    CROSS JOIN LATERAL (
        SELECT d.id FROM wallet_deposit d
        WHERE d.rail_id = k.rail AND d.external_tx_id = k.external_tx_id AND d.output_index = k.output_index OFFSET 0
    ) AS found
"""
_BY_ID = f"""
    SELECT {_COLUMNS} FROM wallet_deposit d WHERE d.id = ANY(%s::bigint[]) ORDER BY d.id FOR NO KEY UPDATE
"""  # noqa: S608  constants only
# Most deposits say the same of their source: each text is parsed once, and named by its place in the array.
_INSERT = """
    INSERT INTO wallet_deposit
        (id, rail_id, external_tx_id, output_index, asset_id, account_id, amount, state, reason, operation_id,
         credited_at, confirmations, required_confirmations, source, address, tag, block_hash, seen_at)
    SELECT d.id, d.rail, d.external_tx_id, d.output_index, d.asset_id, d.account_id, d.amount, d.state, d.reason,
           d.operation_id, CASE d.state WHEN 'CREDITED' THEN %(at)s END, d.confirmations, d.confirmations,
           (%(sources)s::jsonb[])[d.source], '', '', '', %(at)s
    FROM unnest(%(ids)s::bigint[], %(rails)s::text[], %(external)s::text[], %(outputs)s::int[], %(assets)s::bigint[],
                %(accounts)s::bigint[], %(amounts)s::numeric[], %(states)s::text[], %(reasons)s::text[],
                %(operations)s::bigint[], %(confirmations)s::int[], %(source_numbers)s::int[])
         AS d(id, rail, external_tx_id, output_index, asset_id, account_id, amount, state, reason, operation_id,
              confirmations, source)
"""
_UPDATE = """
    UPDATE wallet_deposit AS w
    SET account_id = d.account_id, state = d.state, reason = d.reason, held_amount = d.held,
        operation_id = d.operation_id, credited_at = d.credited_at
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::numeric[], %s::bigint[], %s::timestamptz[])
         AS d(id, account_id, state, reason, held, operation_id, credited_at)
    WHERE w.id = d.id
"""


@dataclass(slots=True)
class DepositRow:
    """One deposit. Amounts in units."""

    id: int
    rail: str
    external_tx_id: str
    output_index: int
    asset_id: int
    account_id: int | None
    amount: Decimal
    state: DepositState
    reason: str
    held_amount: Decimal
    operation_id: int | None
    credited_at: datetime | None
    confirmations: int = 0
    source: str = "{}"
    is_new: bool = False
    """There is no row of it yet."""

    @property
    def is_in_the_books(self) -> bool:
        """Its money was credited or taken into suspense once; it may not come in a second time."""
        return self.operation_id is not None


class DepositRows:
    """The deposits that the operations of a batch name."""

    def __init__(self) -> None:
        self._by_key: dict[Key, DepositRow] = {}
        self._by_id: dict[int, DepositRow] = {}
        self._unwritten: dict[int, DepositRow] = {}

    def lock(self, cursor: "psycopg.Cursor[tuple[Any, ...]]", *, keys: Iterable[Key], ids: Iterable[int]) -> None:
        """Read these deposits and keep them from changing until the end of the database transaction.

        One that somebody else writes for the first time meanwhile is not among them; `write` will say so.
        """
        wanted, named = set(keys), set(ids)
        if wanted:
            rails, external, outputs = zip(*wanted, strict=True)
            rows = cursor.execute(_IDS_OF_KEYS, (text_array(rails), text_array(external), number_array(outputs)))
            named.update(deposit_id for (deposit_id,) in rows.fetchall())
        if named:
            self._take(cursor.execute(_BY_ID, (number_array(named),)).fetchall())

    def _take(self, rows: list[tuple[Any, ...]]) -> None:
        for row in rows:
            deposit = DepositRow(*row)
            deposit.state = DepositState(deposit.state)
            self._by_id[deposit.id] = deposit
            self._by_key[deposit.rail, deposit.external_tx_id, deposit.output_index] = deposit

    def account_ids(self) -> set[int]:
        """Whose they are, as far as that is known."""
        return {row.account_id for row in self._by_id.values() if row.account_id is not None}

    def find(self, key: Key) -> DepositRow | None:
        return self._by_key.get(key)

    def get(self, deposit_id: int) -> DepositRow | None:
        return self._by_id.get(deposit_id)

    def put(self, deposit: DepositRow) -> None:
        """It is new or has changed: `write` writes what it says by then."""
        self._by_id[deposit.id] = self._unwritten[deposit.id] = deposit
        self._by_key[deposit.rail, deposit.external_tx_id, deposit.output_index] = deposit

    def write(self, cursor: "psycopg.Cursor[tuple[Any, ...]]", *, at: datetime) -> None:
        """What is new or changed since the last call. Raises IntegrityError where somebody else wrote a new one."""
        unwritten, self._unwritten = self._unwritten.values(), {}
        new = [deposit for deposit in unwritten if deposit.is_new]
        changed = [deposit for deposit in unwritten if not deposit.is_new]
        if new:
            sources = {text: number for number, text in enumerate(dict.fromkeys(row.source for row in new), start=1)}
            cursor.execute(
                _INSERT,
                {
                    "at": at,
                    "ids": number_array([row.id for row in new]),
                    "rails": text_array([row.rail for row in new]),
                    "external": text_array([row.external_tx_id for row in new]),
                    "outputs": number_array([row.output_index for row in new]),
                    "assets": number_array([row.asset_id for row in new]),
                    "accounts": nullable_array([row.account_id for row in new]),
                    "amounts": number_array([plain(row.amount) for row in new]),
                    "states": text_array([row.state for row in new]),
                    "reasons": text_array([row.reason for row in new]),
                    "operations": nullable_array([row.operation_id for row in new]),
                    "confirmations": number_array([row.confirmations for row in new]),
                    "sources": text_array(sources),
                    "source_numbers": number_array([sources[row.source] for row in new]),
                },
            )
            for row in new:
                row.is_new = False
        if changed:
            cursor.execute(
                _UPDATE,
                (
                    number_array([row.id for row in changed]),
                    nullable_array([row.account_id for row in changed]),
                    text_array([row.state for row in changed]),
                    text_array([row.reason for row in changed]),
                    number_array([plain(row.held_amount) for row in changed]),
                    nullable_array([row.operation_id for row in changed]),
                    text_array([row.credited_at.isoformat() if row.credited_at else None for row in changed]),
                ),
            )
