"""The arithmetic of the journal: what an entry is, when it balances, and how entries are chained.

Pure: amounts are atoms, ids and numbers come in as arguments. Everything that writes to the journal collects its
entries in a `JournalBatch`; one batch is one link of its writer's hash chain.

A batch is kept in columns, not in rows: the database takes columns (`unnest`), the chain hashes columns, and neither
has to take a row apart again.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from kernel.errors import invariant
from ledger.core.errors import EntryUnbalanced

GENESIS_HASH: Final = b""
"""What the first link of a chain is bound to."""

_HASH_BYTES: Final = 32


class JournalBatch:
    """Entries of one writer, in the order of their sequence numbers, with their postings."""

    __slots__ = ("account_ids", "asset_ids", "available", "entry_ids", "kinds", "locked", "posting_entry_ids")

    def __init__(self) -> None:
        self.entry_ids: list[int] = []
        self.kinds: list[int] = []
        self.posting_entry_ids: list[int] = []
        self.account_ids: list[int] = []
        self.asset_ids: list[int] = []
        self.available: list[int] = []
        self.locked: list[int] = []

    def __len__(self) -> int:
        return len(self.entry_ids)

    def open_entry(self, entry_id: int, kind: int) -> None:
        """Start the next entry; the postings that follow belong to it."""
        self.entry_ids.append(entry_id)
        self.kinds.append(kind)

    def post(self, account_id: int, asset_id: int, available: int, locked: int) -> None:
        """Change one balance by these atoms, as part of the entry opened last."""
        self.posting_entry_ids.append(self.entry_ids[-1])
        self.account_ids.append(account_id)
        self.asset_ids.append(asset_id)
        self.available.append(available)
        self.locked.append(locked)

    def require_balanced(self) -> None:
        """Raises EntryUnbalanced unless each entry sums to zero per asset and has at least one posting."""
        sums: defaultdict[tuple[int, int], int] = defaultdict(int)
        for entry_id, asset_id, available, locked in zip(
            self.posting_entry_ids, self.asset_ids, self.available, self.locked, strict=True
        ):
            sums[entry_id, asset_id] += available + locked
        for (entry_id, asset_id), remainder in sums.items():
            if remainder:
                raise EntryUnbalanced(details={"entry": str(entry_id), "asset": str(asset_id)})
        invariant({entry for entry, _ in sums} == set(self.entry_ids), "an entry has postings")

    def chain_hash(self, previous: bytes, first_sequence: int) -> bytes:
        """The link that binds this batch, its place and all before it: BLAKE2b over the canonical text."""
        return chain_hash(
            previous,
            first_sequence,
            (
                self.entry_ids,
                self.kinds,
                self.posting_entry_ids,
                self.account_ids,
                self.asset_ids,
                self.available,
                self.locked,
            ),
        )


def chain_hash(previous: bytes, first_sequence: int, columns: Iterable[Iterable[int]]) -> bytes:
    """BLAKE2b-256 of the previous hash and a canonical text.

    The text is the first sequence number, then one line a column: decimal integers in atoms, joined by commas. It
    can be written down again from the stored rows by anyone, in any language.
    """
    lines = [str(first_sequence)]
    lines.extend(",".join(map(str, column)) for column in columns)
    return hashlib.blake2b(previous + "\n".join(lines).encode(), digest_size=_HASH_BYTES).digest()
