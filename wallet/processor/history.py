"""Writing what operations did: everything of a batch but balances and what is told of them."""

from kernel.ids import IdAllocator
from ledger.journal import write_journal
from matching.worker.failpoints import pass_failpoint
from matching.worker.reading import ScanPlace
from wallet.processor.books import Books
from wallet.processor.failpoints import FundsFailpoint
from wallet.processor.reading import Cursor, Position
from wallet.processor.writing import write_mails, write_outcomes, write_state


class History:
    """Appends to the journal and to the log of funds, once or several times in a batch.

    Each time is one link of either chain; all of them are one commit.
    """

    def __init__(self, cursor: Cursor, *, position: Position, scan_place: ScanPlace, ids: IdAllocator) -> None:
        """`position`: where the processor stands; `scan_place`: where it goes on after the batch."""
        self._cursor = cursor
        self._position = position
        self._scan_place = scan_place
        self._ids = ids

    def write(self, books: Books) -> None:
        """What the operations that were applied since the last call did, and where the processor stands after them."""
        results, journal = books.collected.take_results(), books.take_journal()
        position = self._position
        if len(journal):
            writer = write_journal(
                self._cursor,
                batch=journal,
                writer=position.writer,
                ids=self._ids,
                unix_ms=books.at_us // 1000,
                created_at=books.at,
                scales=books.scales,
            )
            position = position._replace(writer=writer)
        pass_failpoint(FundsFailpoint.JOURNAL_WRITTEN)
        write_outcomes(self._cursor, results, applied_sequence=position.applied_sequence, at=books.at)
        books.deposits.write(self._cursor, at=books.at)
        pass_failpoint(FundsFailpoint.OUTCOMES_WRITTEN)
        self._position = write_state(
            self._cursor, results, position=position, scan_place=self._scan_place, at_us=books.at_us
        )
        pass_failpoint(FundsFailpoint.STATE_WRITTEN)

    def write_mails(self, books: Books) -> None:
        """The mails of the whole batch, of which one may be about many deposits."""
        mails = books.collected.summed_up_mails()
        if mails:
            write_mails(self._cursor, mails, at=books.at)
