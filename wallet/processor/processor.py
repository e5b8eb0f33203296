"""The balance processor: the only writer of money that is not traded.

One batch is one database transaction:

    1  gate       shared, as everybody who posts; a matching batch that needs all balances waits, or lets us wait
    2  place      lock the processor's row and its writer's: holding them is being the processor
    3  read       pending operations; lock the deposits and withdrawals they name
    4  lock       every balance they may touch, one statement, primary key order
    5  apply      each operation in order on a working copy
    6  write      journal, outcomes, deposits, the link of the chain, the place, mails, events; then balances, and the
                  events that tell them
    7  commit, then announce

Whatever an operation decides on is locked before it decides, so nothing is ever run again for having been wrong. A
batch that only credits decides nothing by balances: it locks them behind the long part of (6), so that trading by the
same users waits for a few milliseconds and not for a batch. Nothing in its (5) asks the database either, so it goes
part by part, each applied while the server writes the one before; while the server writes the last one, the next batch
is decoded (`wallet.processor.intake`). An operation is refused before anything of it moved, and a refusal is an outcome
like any other.
"""

import gc
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, connection, transaction

from kernel.ids import IdAllocator
from ledger.journal import write_balances
from ledger.locks import LockedRow, lock_balances, lock_balances_to
from ledger.services import ensure_balances, open_system_account, open_writer
from matching.worker.failpoints import pass_failpoint
from storage.bulk import number_array
from storage.connections import database_cursor, pipeline, send_pipeline
from wallet.announcing import announce_batch
from wallet.models import FundsProcessor, Withdrawal
from wallet.notices import FUNDS_WRITER
from wallet.processor.applying import apply_operations, deposit_keys, named, named_accounts, needed_balances
from wallet.processor.books import Books, Pair, SystemAccountMissing
from wallet.processor.deposit_rows import DepositRows
from wallet.processor.failpoints import FundsFailpoint
from wallet.processor.history import History
from wallet.processor.intake import Intake
from wallet.processor.reading import (
    Cursor,
    LoggedOperation,
    PendingOperation,
    Position,
    read_facts,
    read_pending,
    read_position,
)
from wallet.processor.telling import Telling

BATCH_LIMIT = 4_000
MOST_COLLISIONS = 5
"""How often in a row a batch may find that somebody wrote one of its new deposits meanwhile."""
PART = 250
"""So many operations of a batch are applied while the server writes what as many before them did."""

_BALANCE_IDS = """
    SELECT b.account_id, b.asset_id, b.id
    FROM unnest(%s::bigint[], %s::bigint[]) AS p(account_id, asset_id)
    JOIN ledger_balance b USING (account_id, asset_id)
"""


class ProcessorMissing(Exception):
    """The processor's row is not there yet; it is made in a database transaction of its own."""


class BalancesMissing(Exception):
    """Some accounts have no balance row yet; they are made in a database transaction of their own."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.pairs = list(pairs)
        super().__init__(f"{len(self.pairs)} balances missing")


@contextmanager
def _without_collector() -> Iterator[None]:
    """A batch makes many objects and no cycles: nothing is found by looking for some in the middle of it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class BalanceProcessor:
    """Applies batches; driven from outside, without a thread or a loop of its own."""

    def __init__(
        self,
        *,
        batch_limit: int = BATCH_LIMIT,
        clock_us: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self.batch_limit = batch_limit
        self._intake = Intake(batch_limit)
        self.batch_sizes: list[int] | None = None
        """Set to a list to have the size of every committed batch appended."""
        self._clock_us = clock_us
        self._directory: dict[Pair, int] = {}
        """Account and asset to the primary key of the balance; balances are never deleted."""

    def run_once(self, *, chosen: frozenset[int] | None = None) -> int:
        """Apply what is pending, at most one batch; returns how many operations that was.

        `chosen` limits the batch to these operations. On any error nothing is committed.
        """
        try:
            return self._run_until_all_is_there(chosen)
        except BaseException:
            # It may have been the end of the connection, and what answers next another state of the database.
            self._intake.forget()
            raise

    def _run_until_all_is_there(self, chosen: frozenset[int] | None) -> int:
        collisions = 0
        while True:
            try:
                # Statements on psycopg's own cursors raise its errors; from here on they are Django's, like all others.
                with connection.wrap_database_errors, _without_collector():
                    return self._run_batch(chosen)
            except ProcessorMissing:
                FundsProcessor.objects.get_or_create(
                    defaults={"writer": open_writer(number=FUNDS_WRITER, name="funds")}
                )
            except SystemAccountMissing as missing:
                open_system_account(writer_id=FUNDS_WRITER, kind=missing.kind, purpose=missing.purpose)
            except BalancesMissing as missing:
                ensure_balances(pairs=missing.pairs)
            except IntegrityError:
                # A watcher may have written a deposit for the first time that is new to this batch as well.
                collisions += 1
                if collisions == MOST_COLLISIONS:
                    raise

    def pending(self) -> list[LoggedOperation]:
        """The operations the next batch would take."""
        with connection.wrap_database_errors, transaction.atomic():
            cursor = database_cursor()
            position = read_position()
            return [] if position is None else read_pending(cursor, position, limit=self.batch_limit)

    def _run_batch(self, chosen: frozenset[int] | None) -> int:
        with transaction.atomic():
            cursor = database_cursor()
            pass_failpoint(FundsFailpoint.BATCH_BEGUN)
            position = read_position()
            if position is None:
                raise ProcessorMissing
            if chosen is None:
                operations, only_credit, scan_place = self._intake.take(cursor, position)
            else:
                operations, only_credit, scan_place = self._intake.take_chosen(cursor, position, chosen)
            if not operations:
                return 0
            pass_failpoint(FundsFailpoint.OPERATIONS_READ)
            # Time never runs backwards in the log, whatever the clock of this host says.
            at_us = max(self._clock_us(), position.applied_at_us)
            ids = IdAllocator(position.writer.writer_id, after=position.writer.last_row_id)
            books = self._open_books(cursor, operations, position, at_us)
            pairs = needed_balances(operations, books)
            self._find(cursor, pairs)
            history = History(cursor, position=position, scan_place=scan_place, ids=ids)
            telling = Telling(cursor, books, writer_id=position.writer.writer_id, ids=ids)
            if not only_credit:
                self._lock(pairs, books)
                _apply(operations, books, ids)
            with pipeline():
                if only_credit:
                    _apply_in_parts(operations, books, ids, history)
                else:
                    history.write(books)
                history.write_mails(books)
                telling.ask_for_numbers()
                send_pipeline()
                telling.prepare()
                self._intake.look_ahead()
            telling.number()
            with pipeline():
                telling.write_without_balances()
                locked = _change_balances(cursor, books)
            telling.write_with_balances(locked)
        pass_failpoint(FundsFailpoint.COMMITTED)
        if self.batch_sizes is not None:
            self.batch_sizes.append(len(operations))
        announce_batch(telling.events, at_us=at_us)
        pass_failpoint(FundsFailpoint.ANNOUNCED)
        return len(operations)

    def _open_books(self, cursor: Cursor, operations: list[PendingOperation], position: Position, at_us: int) -> Books:
        deposits = DepositRows()
        deposits.lock(cursor, keys=deposit_keys(operations), ids=named(operations, "deposit_id"))
        withdrawals: dict[int, Withdrawal] = {}
        withdrawal_ids = named(operations, "withdrawal_id")
        if withdrawal_ids:
            rows = Withdrawal.objects.select_for_update(no_key=True, of=("self",))
            rows = rows.select_related("asset", "rail", "account__user").filter(pk__in=withdrawal_ids).order_by("pk")
            withdrawals = {row.pk: row for row in rows}
        account_ids = named_accounts(operations) | deposits.account_ids()
        return Books(
            facts=read_facts(account_ids=account_ids, writer_id=position.writer.writer_id),
            deposits=deposits,
            withdrawals=withdrawals,
            directory=self._directory,
            at_us=at_us,
        )

    def _find(self, cursor: Cursor, pairs: set[Pair]) -> None:
        """Make sure that these balances are in the directory. Raises BalancesMissing."""
        unknown = sorted(pairs - self._directory.keys())
        if not unknown:
            return
        rows = cursor.execute(
            _BALANCE_IDS, (number_array([pair[0] for pair in unknown]), number_array([pair[1] for pair in unknown]))
        ).fetchall()
        self._directory.update({(account_id, asset_id): balance_id for account_id, asset_id, balance_id in rows})
        missing = pairs - self._directory.keys()
        if missing:
            raise BalancesMissing(missing)

    def _lock(self, pairs: set[Pair], books: Books) -> None:
        """Lock these balances and put what is in them into the books."""
        pair_of = {self._directory[pair]: pair for pair in pairs}
        if pair_of:
            books.load_balances(pair_of, lock_balances(pair_of))


def _change_balances(cursor: Cursor, books: Books) -> list[LockedRow]:
    """Lock what moved, where it is not locked yet, and write it; the rows as they were before."""
    moved = books.moved()

    def write() -> None:
        pass_failpoint(FundsFailpoint.BALANCES_LOCKED)
        write_balances(
            cursor,
            balance_ids=[balance.balance_id for balance in moved],
            asset_ids=[balance.asset_id for balance in moved],
            available=[balance.available_delta for balance in moved],
            locked=[balance.locked_delta for balance in moved],
            scales=books.scales,
        )

    locked: list[LockedRow] = []
    if moved:
        locked = lock_balances_to(write, [balance.balance_id for balance in moved])
        books.load_balances({balance.balance_id: (balance.account_id, balance.asset_id) for balance in moved}, locked)
    pass_failpoint(FundsFailpoint.BALANCES_WRITTEN)
    return locked


def _apply_in_parts(operations: list[PendingOperation], books: Books, ids: IdAllocator, history: History) -> None:
    """While the server writes what one part did, the next is being applied: nothing of it asks the database."""
    for first in range(0, len(operations), PART):
        _apply(operations[first : first + PART], books, ids)
        history.write(books)
        send_pipeline()


def _apply(operations: list[PendingOperation], books: Books, ids: IdAllocator) -> None:
    apply_operations(operations, books, ids)
    pass_failpoint(FundsFailpoint.APPLIED)
