"""Which operations the next batch takes.

Where more than a batch waits, several are read at once. Each is decoded while the server still writes the one before,
and taken without another look at the log if the processor stands exactly where that one was to leave it: whatever else
is applied, or kept from the processor, or released to it moves it elsewhere. One that begins anew because an account or
a balance had to be made first is the same.
"""

from typing import NamedTuple

from matching.worker.reading import ScanPlace
from wallet.processor.reading import (
    Cursor,
    LoggedOperation,
    PendingOperation,
    Position,
    decode,
    is_crediting,
    next_scan_place,
    of_one_batch,
    read_pending,
)

BATCHES_READ = 5


class Taken(NamedTuple):
    """The operations of one batch."""

    operations: list[PendingOperation]
    only_credit: bool
    """Whether all are applied whatever balances are."""
    scan_place: ScanPlace
    """Where the scan goes on behind them."""


class _Standing(NamedTuple):
    """What tells whether anything but one's own batch happened to the log."""

    applied_sequence: int
    scan_place: ScanPlace
    held: tuple[int, ...]


class Intake:
    """Takes what is pending, oldest first."""

    def __init__(self, batch_limit: int) -> None:
        self._limit = batch_limit
        self._scanned: list[LoggedOperation] = []
        """Found by the last scan and not taken yet."""
        self._is_complete = True
        """Whether that scan came to the end of the log."""
        self._oldest_running_xact = 0
        """At the time of that scan."""
        self._decoded: list[PendingOperation] = []
        """The first of the scanned ones: the batch after the one that was taken."""
        self._last: Taken | None = None
        self._taken_at: _Standing | None = None
        """Where the processor stood before the last batch."""
        self._expected: _Standing | None = None
        """Where it stands when that is applied, and nothing else happened."""

    def take(self, cursor: Cursor, position: Position) -> Taken:
        """The next batch, for a processor that stands there; empty where nothing is pending."""
        standing = _Standing(position.applied_sequence, position.scan_place, position.held)
        if standing == self._taken_at and self._last is not None:
            return self._last
        if standing != self._expected or not self._fills_a_batch():
            self._scan(cursor, position)
        logged = self._first_batch()
        operations = self._decoded or decode(logged)
        self._scanned, self._decoded = self._scanned[len(logged) :], []
        scan_place = next_scan_place(
            self._oldest_running_xact, logged, is_everything=self._is_complete and not self._scanned
        )
        taken = Taken(operations, all(map(is_crediting, logged)), scan_place)
        self._last, self._taken_at = taken if operations else None, standing
        self._expected = _Standing(position.applied_sequence + len(logged), scan_place, position.held)
        return taken

    def take_chosen(self, cursor: Cursor, position: Position, chosen: frozenset[int]) -> Taken:
        """Of those that are pending, these; the scan stays where it is."""
        self.forget()
        pending = read_pending(cursor, position, limit=self._limit)
        logged = [operation for operation in pending if operation.operation_id in chosen]
        return Taken(decode(logged), all(map(is_crediting, logged)), position.scan_place)

    def look_ahead(self) -> None:
        """Decode the batch after the one that was taken, where it is there already."""
        if self._fills_a_batch():
            try:
                self._decoded = decode(self._first_batch())
            except Exception:
                # The batch that is being written is not to blame: the one that has it in it fails when it is taken.
                self._decoded = []

    def forget(self) -> None:
        """Have the next batch read the log."""
        self._last = self._taken_at = self._expected = None
        self._scanned, self._decoded = [], []

    def _scan(self, cursor: Cursor, position: Position) -> None:
        limit = BATCHES_READ * self._limit
        self._scanned = read_pending(cursor, position, limit=limit)
        self._is_complete = len(self._scanned) < limit
        self._oldest_running_xact = position.oldest_running_xact
        self._decoded = []

    def _fills_a_batch(self) -> bool:
        return len(self._scanned) >= self._limit

    def _first_batch(self) -> list[LoggedOperation]:
        return of_one_batch(self._scanned[: self._limit])
