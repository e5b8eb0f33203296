"""The file in which the simulated chain keeps everything: SQLite with a write-ahead log, each change flushed to disk.

What was answered survives a `kill -9`. One connection serves all threads of the process, one after the other.

Amounts are integers of atoms written as text, as 64 bits are too few for 18 decimals. Rows of `movements` are only
ever added: what a reorganisation undoes gets a row with the opposite sign, and blocks that lost stay in `blocks`.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = sqlite3.Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS assets (symbol TEXT PRIMARY KEY, decimals INTEGER NOT NULL, fee TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS addresses (
    address TEXT PRIMARY KEY, wallet TEXT NOT NULL, number INTEGER NOT NULL, client_id TEXT UNIQUE,
    UNIQUE (wallet, number)
);
CREATE TABLE IF NOT EXISTS chain_transactions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, client_id TEXT UNIQUE, content TEXT NOT NULL,
    wallet TEXT, asset TEXT NOT NULL, fee TEXT NOT NULL, state TEXT NOT NULL, created_at REAL NOT NULL,
    block_sequence INTEGER
);
CREATE INDEX IF NOT EXISTS waiting_ones ON chain_transactions (sequence) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS of_wallet ON chain_transactions (wallet, sequence);
CREATE TABLE IF NOT EXISTS outputs (
    chain_transaction INTEGER NOT NULL, position INTEGER NOT NULL, address TEXT NOT NULL, tag TEXT NOT NULL,
    amount TEXT NOT NULL, PRIMARY KEY (chain_transaction, position)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blocks (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, number INTEGER NOT NULL, hash TEXT NOT NULL UNIQUE,
    parent_hash TEXT NOT NULL, mined_at REAL NOT NULL, is_active INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS active_blocks ON blocks (number) WHERE is_active;
CREATE TABLE IF NOT EXISTS block_contents (
    block_sequence INTEGER NOT NULL, position INTEGER NOT NULL, chain_transaction INTEGER NOT NULL,
    PRIMARY KEY (block_sequence, position)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS movements (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, wallet TEXT NOT NULL, asset TEXT NOT NULL,
    chain_transaction INTEGER NOT NULL, position INTEGER, kind TEXT NOT NULL, amount TEXT NOT NULL,
    block_sequence INTEGER NOT NULL, is_reversal INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS movements_of_wallet ON movements (wallet, sequence);
CREATE TABLE IF NOT EXISTS balances (
    wallet TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL, PRIMARY KEY (wallet, asset)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS faults (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, operation TEXT NOT NULL, kind TEXT NOT NULL, times INTEGER NOT NULL
);
"""


class Store:
    """The open file. `change` is one database transaction; whoever only reads holds `reading` meanwhile."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=10)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(SCHEMA)

    @contextmanager
    def change(self) -> Iterator[None]:
        """Everything inside is committed together, or nothing is."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Nothing changes between the reads inside."""
        with self._lock:
            yield

    def write(self, statement: str, *values: Any) -> int:
        """Run one statement inside `change`; the key of the row it inserted."""
        return self._connection.execute(statement, values).lastrowid or 0

    def write_all(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        self._connection.executemany(statement, rows)

    def row(self, query: str, *values: Any) -> Row | None:
        found: Row | None = self._connection.execute(query, values).fetchone()
        return found

    def rows(self, query: str, *values: Any) -> list[Row]:
        return self._connection.execute(query, values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        """The first column of the first row; None where there is no row."""
        found = self.row(query, *values)
        return None if found is None else found[0]

    def close(self) -> None:
        with self._lock:
            self._connection.close()
