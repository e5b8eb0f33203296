"""The matching worker: the only writer of orders and trades of its shard.

One batch is one database transaction:

    1  fence      lock the shard's row and check that its epoch is still mine
    2  read       pending commands, and what their accounts may spend, unlocked; log a tick where something is due
    3  apply      every command in order: risk, funds, match, collect rows (`Settlement`)
    4  lock       every touched balance, one statement, primary key order; verify the lowest point of the batch
    5  write      balances, journal, outcomes, orders, trades, user events, engine state
    6  commit, then publish

When (4) finds that somebody spent in between, the books are taken back and the batch runs again on the locked values.
When that needs further rows and cannot have them at once, everything is rolled back and the batch runs while all
other writers wait at the gate. The books are never rebuilt for this.

The worker is driven from outside (`run_once`); it has no thread and no loop of its own.
"""

import time
from collections.abc import Callable, Sequence

from django.db import connection, transaction

from kernel.errors import invariant
from kernel.ids import IdAllocator, first_id_at
from ledger.locks import enter_gate_alone
from ledger.services import ensure_balances
from matching.engine.book import Book
from matching.metrics import BATCH_RERUNS
from matching.models import PLACING_KINDS
from matching.worker.batch_writers import BatchWriter
from matching.worker.busts import BustFacts, prepare_busts, read_bust_facts
from matching.worker.committing import BalancesContended, learn_event_numbers, lock_touched, write_batch
from matching.worker.failpoints import Failpoint, pass_failpoint
from matching.worker.leadership import Leadership, NotLeader
from matching.worker.order_rows import finish_messages
from matching.worker.publishing import Publisher
from matching.worker.reading import (
    AccountFacts,
    BalancesMissing,
    Cursor,
    Position,
    ScanPlace,
    next_scan_place,
    prepare_copy,
    read_facts,
    read_pending,
    read_position,
    read_position_and_pending,
)
from matching.worker.recovery import ShardMemory, load_markets, load_shard
from matching.worker.reporting import report_batch
from matching.worker.settlement import Collected, Settlement, add_balances
from matching.worker.ticks import log_ticks
from matching.worker.translation import NO_FACTS, LoggedCommand
from matching.worker.working_copy import LockedBalance, WorkingCopy
from storage.connections import database_cursor, pipeline

_PLACING = frozenset(map(int, PLACING_KINDS))


class MarketsMissing(Exception):
    """There are commands for markets that were listed after the worker started; they are loaded between batches."""


class MatchingWorker:
    """One shard's books, and the steps that keep them and the database the same."""

    def __init__(
        self,
        *,
        shard_name: str,
        publisher: Publisher,
        batch_limit: int = 500,
        clock_us: Callable[[], int] = lambda: time.time_ns() // 1000,
        batch_writers: Sequence[BatchWriter] = (),
    ) -> None:
        self.batch_limit = batch_limit
        self.leadership = Leadership(shard_name)
        self.memory: ShardMemory | None = None
        self.batch_sizes: list[int] | None = None
        """Set to a list to have the size of every committed batch appended."""
        self.reruns = 0
        """How often a batch ran again because somebody spent in between."""
        self.before_lock: Callable[[], None] | None = None
        """Called, if set, when a batch has decided and is about to lock: the moment a race is about."""
        self._stopped_clocks: set[int] = set()
        self._scan_place: ScanPlace | None = None
        """Where the next scan starts, as far as this worker knows; what counts is what is stored."""
        self._publisher = publisher
        self._clock_us = clock_us
        self._batch_writers = batch_writers
        self._ids: IdAllocator | None = None

    # --- becoming the leader -------------------------------------------------------------------------------------

    def try_take_over(self) -> bool:
        """Become the shard's one worker and load its books; False where another worker holds the lock."""
        shard = self.leadership.try_acquire()
        if shard is None:
            return False
        self.memory = load_shard(shard)
        # One second beyond the last commit: whatever ids an uncommitted batch used are never given again.
        self._ids = IdAllocator(
            shard.writer_id, after=max(shard.writer.last_row_id, first_id_at(shard.applied_at_us // 1000 + 1000))
        )
        self._publisher.begin(
            self.memory.markets.values(),
            writer=self.memory.writer_name,
            update_id=shard.applied_sequence,
            at_us=shard.applied_at_us,
        )
        return True

    def step_down(self) -> None:
        """Give the lock back and forget the books."""
        memory, self.memory = self.memory, None
        if memory is not None:
            self.leadership.release(memory.shard_id)

    def beat(self) -> None:
        """Say that the worker is alive although nothing came in. Raises Fenced where it is no longer the leader."""
        self.leadership.beat()
        self._publisher.beat(self._memory.markets.values(), at_us=self._clock_us())

    def flush(self) -> None:
        """Publish what the pace of publishing has held back."""
        self._publisher.flush(self._memory.markets.values())

    # --- batches -------------------------------------------------------------------------------------------------

    def run_once(self, *, chosen: frozenset[int] | None = None, clocks: frozenset[int] = frozenset()) -> int:
        """Apply what is pending and what is due, at most one batch; returns how many commands that was.

        `chosen` limits the batch to these command ids and to what is due in the markets `clocks`. On any error the
        books are as before; nothing is committed.
        """
        alone = False
        while True:
            try:
                # Statements on psycopg's own cursors raise its errors; from here on they are Django's, like all others.
                with connection.wrap_database_errors:
                    return self._run_batch(chosen, clocks, alone=alone)
            except BalancesMissing as missing:
                self._take_back()
                ensure_balances(pairs=missing.pairs)
            except MarketsMissing:
                self._load_new_markets()
            except BalancesContended:
                self._take_back()
                invariant(not alone, "nobody else posts while a batch holds the gate")
                alone = True
            except BaseException:
                self._take_back()
                raise

    def pending(self) -> list[LoggedCommand]:
        """The commands the next batch would take."""
        with connection.wrap_database_errors, transaction.atomic():
            cursor = database_cursor()
            return self._read_batch(cursor)[1]

    def _run_batch(self, chosen: frozenset[int] | None, clocks: frozenset[int], *, alone: bool) -> int:
        memory = self._memory
        started = time.monotonic()
        with transaction.atomic():
            if alone:
                enter_gate_alone()
            cursor = database_cursor()
            pass_failpoint(Failpoint.BATCH_BEGUN)
            position, commands = self._read_batch(cursor)
            scan_place = next_scan_place(position, commands, limit=self.batch_limit)
            if chosen is not None:
                commands = [command for command in commands if command.command_id in chosen]
                scan_place = position.scan_place
            at_us = max(self._clock_us(), position.applied_at_us)
            due = [market_id for market_id in self.due_markets(at_us) if chosen is None or market_id in clocks]
            if due:
                # Before all others, so that what time frees is there for them.
                commands = log_ticks(cursor, shard_id=memory.shard_id, market_ids=due) + commands
            if not commands:
                # Only the fence was locked: a commit would be a write to the disk, for nothing, with every look.
                transaction.set_rollback(True)
                return 0
            pass_failpoint(Failpoint.COMMANDS_READ)
            if any(command.market_id not in memory.markets for command in commands):
                raise MarketsMissing
            known = read_facts(cursor, commands, memory.markets, memory.scales)
            busts = read_bust_facts(cursor, commands, memory.markets, memory.fee_account_id)
            pass_failpoint(Failpoint.FACTS_READ)
            copy, collected = self._apply(commands, known, busts, at_us)
            finish_messages(cursor, collected)
            learn_event_numbers(cursor, memory, collected)
            assert self._ids is not None  # set by take-over
            with pipeline():
                numbered = write_batch(
                    cursor,
                    copy,
                    collected,
                    memory=memory,
                    ids=self._ids,
                    epoch=self.leadership.epoch,
                    position=position,
                    at_us=at_us,
                    scan_place=scan_place,
                    batch_writers=self._batch_writers,
                )
        self._scan_place = scan_place
        memory.event_sequences.update(numbered)
        seconds = time.monotonic() - started
        last_sequence = position.applied_sequence + len(commands)
        self._committed(collected, last_sequence, at_us)
        shard_name = self.leadership.shard_name
        report_batch(commands, collected, shard_name=shard_name, last_sequence=last_sequence, seconds=seconds)
        return len(commands)

    def _apply(
        self,
        commands: list[LoggedCommand],
        known: dict[tuple[int, int], AccountFacts],
        busts: BustFacts,
        at_us: int,
    ) -> tuple[WorkingCopy, Collected]:
        """Run the commands and lock what they touched; run them again where the first run decided on old values."""
        locked: dict[int, LockedBalance] = {}
        for nowait in (False, True):
            copy = WorkingCopy(self._memory.directory)
            prepare_copy(copy, known, locked, self._memory.markets, self._memory.scales)
            prepare_busts(copy, busts, locked, self._memory.scales)
            collected = self._settle(commands, known, busts, copy, at_us)
            pass_failpoint(Failpoint.APPLIED)
            if self.before_lock is not None:
                self.before_lock()
            touched = {balance.balance_id: balance for balance in copy.touched()}
            lock_touched(touched, locked, self._memory.scales, nowait=nowait)
            pass_failpoint(Failpoint.BALANCES_LOCKED)
            if copy.is_covered_by((balance, locked[balance_id].available) for balance_id, balance in touched.items()):
                add_balances(collected.user_events, touched.values(), locked)
                return copy, collected
            self._take_back()
            self.reruns += 1
            BATCH_RERUNS.inc()
        raise BalancesContended

    def _settle(
        self,
        commands: list[LoggedCommand],
        known: dict[tuple[int, int], AccountFacts],
        busts: BustFacts,
        copy: WorkingCopy,
        at_us: int,
    ) -> Collected:
        assert self._ids is not None
        settlement = Settlement(
            markets=self._memory.markets,
            working_copy=copy,
            fee_account_id=self._memory.fee_account_id,
            ids=self._ids,
            at_us=at_us,
        )
        for command in commands:
            is_placing = command.kind in _PLACING
            facts = known[command.account_id or 0, command.market_id].facts if is_placing else NO_FACTS
            facts = busts.by_command.get(command.command_id, facts)
            settlement.apply(command, facts)
        return settlement.collected

    def _committed(self, collected: Collected, applied_sequence: int, at_us: int) -> None:
        """The database has it: make it final here, then tell who waits. What fails here takes nothing back."""
        for market in collected.markets.values():
            market.book.forget_undo()
        for market_id, notice in collected.states.items():
            self._memory.markets[market_id].state_notice = notice
        for market_id, memory in collected.memories.items():
            self._memory.markets[market_id].stored_memory = memory
        pass_failpoint(Failpoint.COMMITTED)
        if self.batch_sizes is not None:
            self.batch_sizes.append(len(collected.outcomes))
        self._publisher.publish(collected, update_id=applied_sequence, at_us=at_us)
        pass_failpoint(Failpoint.ANSWERED)
        self._publisher.flush(collected.markets.values())
        pass_failpoint(Failpoint.PUBLISHED)

    def _load_new_markets(self) -> None:
        applied_sequence = self.reserve_ids(0)[0]
        for market in load_markets(self._memory):
            self._publisher.add_market(market, update_id=applied_sequence)

    def _take_back(self) -> None:
        for market in self._memory.markets.values():
            market.book.undo(0)

    # --- for those who drive or examine the worker ---------------------------------------------------------------

    def due_markets(self, at_us: int | None = None) -> list[int]:
        """Ids of the markets in which something is due by that moment, or by now."""
        now_us = self._clock_us() if at_us is None else at_us
        markets = self._memory.markets
        return [
            market_id
            for market_id, market in markets.items()
            if market_id not in self._stopped_clocks and 0 < market.book.next_deadline_us() <= now_us
        ]

    def stop_clock(self, market_id: int) -> None:
        """Let this market change with commands only, until the next start: what is due there cannot be done."""
        self._stopped_clocks.add(market_id)

    @property
    def shard_id(self) -> int:
        return self._memory.shard_id

    @property
    def books(self) -> dict[int, Book]:
        """Market id to book; read only."""
        return {market_id: market.book for market_id, market in self._memory.markets.items()}

    def reserve_ids(self, count: int) -> tuple[int, list[int]]:
        """The last applied sequence and so many ids, under the shard's lock: for rows about the state as it is."""
        assert self._ids is not None  # set by take-over
        position = self._read_position(database_cursor())
        return position.applied_sequence, self._ids.take(count, self._clock_us() // 1000)

    # --- small things --------------------------------------------------------------------------------------------

    @property
    def _memory(self) -> ShardMemory:
        if self.memory is None:
            raise NotLeader
        return self.memory

    def _read_position(self, cursor: Cursor) -> Position:
        self.leadership.require(cursor.connection)
        memory, epoch = self._memory, self.leadership.epoch
        return read_position(cursor, shard_id=memory.shard_id, writer_id=memory.writer_id, epoch=epoch)

    def _read_batch(self, cursor: Cursor) -> tuple[Position, list[LoggedCommand]]:
        memory, expected, limit = self._memory, self._scan_place, self.batch_limit
        if expected is not None:
            self.leadership.require(cursor.connection)
            position, commands = read_position_and_pending(
                shard_id=memory.shard_id,
                writer_id=memory.writer_id,
                epoch=self.leadership.epoch,
                expected=expected,
                limit=limit,
            )
            if position.scan_place == expected:
                return position, commands
        position = self._read_position(cursor)
        self._scan_place = position.scan_place
        return position, read_pending(cursor, shard_id=memory.shard_id, after=position.scan_place, limit=limit)
