"""The balances a batch works on, in atoms, before anything is locked.

A batch decides with values read without a lock. `lowest` remembers how far a balance's available went down in the
course of the batch, so that after locking one comparison tells whether every decision would have been the same.
"""

from collections.abc import Iterable
from typing import NamedTuple

from kernel.errors import invariant
from ledger.core.journal import JournalBatch


class LockedBalance(NamedTuple):
    """A balance as it is under its lock, at the start of a batch. Amounts in atoms."""

    available: int
    locked: int
    version: int


class WorkingBalance:
    """One balance in the course of a batch. Amounts in atoms; deltas are against the start of the batch."""

    __slots__ = (
        "account_id",
        "asset_id",
        "available_delta",
        "balance_id",
        "entry_available",
        "entry_id",
        "entry_locked",
        "locked_delta",
        "lowest",
        "start",
        "start_locked",
    )

    def __init__(self, balance_id: int, account_id: int, asset_id: int) -> None:
        self.balance_id = balance_id
        self.account_id = account_id
        self.asset_id = asset_id
        self.start = 0
        """Available at the start of the batch, where the owner may spend in it; else nobody asks."""
        self.start_locked = 0
        """Locked at the start of the batch, where the owner's position is limited; else nobody asks."""
        self.available_delta = 0
        self.locked_delta = 0
        self.lowest = 0
        self.entry_id = 0
        self.entry_available = 0
        self.entry_locked = 0

    def can_spend(self, atoms: int) -> bool:
        return self.start + self.available_delta >= atoms

    def after(self) -> tuple[int, int]:
        """Available and locked behind the batch, where both are known."""
        return self.start + self.available_delta, self.start_locked + self.locked_delta

    def holding(self) -> int:
        """All atoms, available and locked; known where the owner's position is limited."""
        return self.start + self.available_delta + self.start_locked + self.locked_delta


class WorkingCopy:
    """All balances a batch touches, and the journal entries that change them."""

    __slots__ = ("_entry_balances", "_entry_id", "_kind", "balances", "directory", "journal")

    def __init__(self, directory: dict[tuple[int, int], int]) -> None:
        """`directory`: (account, asset) to the balance's primary key, for every pair the batch can touch."""
        self.directory = directory
        self.balances: dict[tuple[int, int], WorkingBalance] = {}
        self.journal = JournalBatch()
        self._entry_id = 0
        self._kind = 0
        self._entry_balances: list[WorkingBalance] = []

    def balance(self, account_id: int, asset_id: int) -> WorkingBalance:
        pair = (account_id, asset_id)
        balance = self.balances.get(pair)
        if balance is None:
            balance = self.balances[pair] = WorkingBalance(self.directory[pair], account_id, asset_id)
        return balance

    def open_entry(self, entry_id: int, kind: int) -> None:
        """What moves from now on belongs to this entry."""
        self._entry_id = entry_id
        self._kind = kind

    def move(self, balance: WorkingBalance, available: int, locked: int) -> None:
        """Change a balance as part of the open entry; movements of one balance become one posting."""
        if balance.entry_id == self._entry_id:
            balance.entry_available += available
            balance.entry_locked += locked
        else:
            balance.entry_id = self._entry_id
            balance.entry_available = available
            balance.entry_locked = locked
            self._entry_balances.append(balance)

    def close_entry(self) -> None:
        """Post what moved; an entry in which nothing moved is not written."""
        moved = [balance for balance in self._entry_balances if balance.entry_available or balance.entry_locked]
        self._entry_balances = []
        if not moved:
            return
        journal = self.journal
        journal.open_entry(self._entry_id, self._kind)
        for balance in moved:
            available, locked = balance.entry_available, balance.entry_locked
            journal.post(balance.account_id, balance.asset_id, available, locked)
            balance.locked_delta += locked
            balance.available_delta += available
            if balance.available_delta < balance.lowest:
                balance.lowest = balance.available_delta

    def touched(self) -> list[WorkingBalance]:
        """The balances with a posting in this batch."""
        return [balance for balance in self.balances.values() if balance.entry_id]

    def is_covered_by(self, available: Iterable[tuple[WorkingBalance, int]]) -> bool:
        """Would every decision have been possible from these locked values?"""
        return all(atoms + balance.lowest >= 0 for balance, atoms in available if balance.lowest < 0)

    def require_balanced(self) -> None:
        """What the database will check again: every entry sums to zero per asset."""
        invariant(not self._entry_balances, "the last entry was closed")
        self.journal.require_balanced()
