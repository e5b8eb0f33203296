"""What a batch reads: the processor's place, the pending operations, and what is known of what they name.

Which operations are pending is found as the matching worker finds its commands: `matching.worker.reading` says why a
serial id is no cursor, and what `ScanPlace` means.
"""

from collections.abc import Iterable
from itertools import takewhile
from typing import Any, NamedTuple

import psycopg

from ledger.core.journal import GENESIS_HASH
from ledger.journal import WriterState
from ledger.locks import ENTER_GATE_SHARED, GATE
from matching.worker.reading import ScanPlace
from storage.bulk import number_array
from storage.connections import ask_together
from storage.plans import LOOK_UP_BY_KEYS
from wallet.core.decoding import read_message
from wallet.core.operations import Message, OperationKind

Cursor = psycopg.Cursor[tuple[Any, ...]]

_POSITION = """
    SELECT p.applied_sequence, p.chain_hash, p.scan_from_xact, p.scan_after_id,
           w.id, w.last_sequence, w.chain_hash, w.last_row_id,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    FROM wallet_fundsprocessor p JOIN ledger_writer w ON w.id = p.writer_id FOR NO KEY UPDATE OF p, w
"""
# A statement of its own: what was kept or released while the one before waited for the lock is seen by it.
_HELD = "SELECT operation_id FROM wallet_parkedoperation WHERE is_held ORDER BY operation_id"
# Also a statement of its own, for the same reason.
_LAST_APPLIED_AT = """
    SELECT (extract(epoch FROM o.applied_at) * 1000000)::bigint FROM wallet_operationoutcome o
    WHERE o.applied_sequence = (SELECT applied_sequence FROM wallet_fundsprocessor)
"""
# OFFSET 0: a look-up by primary key for each row of the scan, whatever a planner guesses about the length of the log.
_PENDING = """
    SELECT o.id, o.xact_number, o.kind, o.origin, o.request_id, o.message FROM wallet_balanceoperation o
    WHERE (o.xact_number, o.id) > (%s, %s)
      AND o.id <> ALL(%s::bigint[])
      AND NOT EXISTS (SELECT FROM wallet_operationoutcome a WHERE a.operation_id = o.id OFFSET 0)
    ORDER BY o.xact_number, o.id LIMIT %s
"""
_ASSETS = "SELECT symbol, id, scale, is_enabled FROM ledger_asset"
_ACCOUNTS = """
    SELECT a.id, a.kind, u.id, u.username, u.state, u.is_active, u.is_house
    FROM ledger_account a LEFT JOIN accounts_user u ON u.id = a.user_id WHERE a.id = ANY(%s::bigint[])
"""
_SYSTEM_ACCOUNTS = "SELECT kind, purpose, id FROM ledger_account WHERE writer_id = %s"
_RAILS = "SELECT code FROM wallet_rail"


_CREDITING = frozenset(map(int, (OperationKind.DEPOSIT, OperationKind.SUSPENSE, OperationKind.SWEEP)))
LEAST_CREDITING = 50
"""So many in a row are worth a batch of their own."""
MOST_DECIDING = 200
"""Operations of a batch in which some depend on balances, which are then locked from before the first decision on."""


class Position(NamedTuple):
    """Where the processor stands, read under its lock."""

    applied_sequence: int
    chain_hash: bytes
    scan_place: ScanPlace
    writer: WriterState
    oldest_running_xact: int
    held: tuple[int, ...]
    """The operations that are kept from the processor."""
    applied_at_us: int
    """When the last operation was applied; 0 where none was."""


class LoggedOperation(NamedTuple):
    """An operation without an outcome, as it is stored."""

    operation_id: int
    xact_number: int
    kind: int
    origin: str
    request_id: str
    text: str
    """The canonical text of its message."""


class PendingOperation(NamedTuple):
    """An operation that is about to be applied."""

    operation_id: int
    origin: str
    request_id: str
    text: str
    message: Message


class AssetFacts(NamedTuple):
    id: int
    symbol: str
    scale: int
    is_enabled: bool


class AccountFacts(NamedTuple):
    """An account as it was at the start of the batch; without a user where it is the exchange's own."""

    id: int
    kind: str
    user_id: int | None
    username: str
    state: str
    is_active: bool
    is_house: bool


class Facts(NamedTuple):
    """What the operations of a batch are judged by, as it was at the start of the batch."""

    assets: dict[str, AssetFacts]
    accounts: dict[int, AccountFacts]
    system_accounts: dict[tuple[str, str], int]
    """Kind and purpose to the account."""
    rails: set[str]


def read_position() -> Position | None:
    """Enter the gate (`ledger.locks`), then be the processor until the end of the database transaction.

    In this order, as everybody who posts: who holds a writer is inside. None where no processor was set up yet.
    """
    _, _, rows, held, last = ask_together(
        (LOOK_UP_BY_KEYS, (True,)), (ENTER_GATE_SHARED, (GATE,)), (_POSITION, ()), (_HELD, ()), (_LAST_APPLIED_AT, ())
    )
    if not rows:
        return None
    (row,) = rows
    applied, chain_hash, scan_from, scan_after, writer_id, last_sequence, writer_hash, last_row_id, xmin = row
    writer = WriterState(int(writer_id), int(last_sequence), bytes(writer_hash) or GENESIS_HASH, int(last_row_id))
    place = ScanPlace(int(scan_from), int(scan_after))
    if place.xact_number > xmin:
        # The database was restored into a server that counts its transactions from another number.
        place = ScanPlace(0, 0)
    held_ids = tuple(int(key) for (key,) in held)
    applied_at_us = int(last[0][0]) if last else 0
    return Position(int(applied), bytes(chain_hash), place, writer, int(xmin), held_ids, applied_at_us)


def read_pending(cursor: Cursor, position: Position, *, limit: int) -> list[LoggedOperation]:
    """The oldest operations without an outcome that are not kept from the processor, at most `limit`."""
    rows = cursor.execute(_PENDING, (*position.scan_place, number_array(position.held), limit)).fetchall()
    return list(map(LoggedOperation._make, rows))


def is_crediting(operation: LoggedOperation) -> bool:
    """Whether it is applied whatever balances are: it only adds to users' money, or moves the exchange's own."""
    return operation.kind in _CREDITING


def of_one_batch(operations: list[LoggedOperation]) -> list[LoggedOperation]:
    """As many of the first ones as go together without keeping balances locked for long."""
    if all(map(is_crediting, operations)):
        return operations
    crediting = list(takewhile(is_crediting, operations))
    return crediting if len(crediting) >= LEAST_CREDITING else operations[:MOST_DECIDING]


def decode(operations: list[LoggedOperation]) -> list[PendingOperation]:
    return [
        PendingOperation(operation_id, origin, request_id, text, read_message(request_id, text))
        for operation_id, _, _, origin, request_id, text in operations
    ]


def next_scan_place(oldest_running_xact: int, operations: list[LoggedOperation], *, is_everything: bool) -> ScanPlace:
    """Where the scan may start after one that found these first, when this was the oldest running transaction.

    `is_everything`: it found no others. Whatever is before the place was seen by that scan.
    """
    behind_the_finished = ScanPlace(oldest_running_xact, 0)
    if is_everything:
        return behind_the_finished
    last = operations[-1]
    return min(behind_the_finished, ScanPlace(last.xact_number, last.operation_id))


def read_facts(*, account_ids: Iterable[int], writer_id: int) -> Facts:
    """What is known of these accounts, and of everything there is little of."""
    assets, accounts, system_accounts, rails = ask_together(
        (_ASSETS, ()), (_ACCOUNTS, (number_array(account_ids),)), (_SYSTEM_ACCOUNTS, (writer_id,)), (_RAILS, ())
    )
    return Facts(
        assets={row[0]: AssetFacts(row[1], row[0], row[2], row[3]) for row in assets},
        accounts={row[0]: AccountFacts._make(row) for row in accounts},
        system_accounts={(kind, purpose): account_id for kind, purpose, account_id in system_accounts},
        rails={code for (code,) in rails},
    )
