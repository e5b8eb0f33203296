"""The end of a batch, in its transaction: lock what it touched, and write all that came of it."""

from collections.abc import Mapping, Sequence

from django.db import OperationalError, connection

from kernel.errors import BourseError
from kernel.ids import IdAllocator
from kernel.units import to_atoms
from ledger.journal import Scales, write_balances, write_journal
from ledger.locks import lock_balances
from matching.worker.batch_writers import BatchWriter
from matching.worker.busts import write_busts
from matching.worker.failpoints import Failpoint, pass_failpoint
from matching.worker.moments import datetime_of
from matching.worker.order_rows import write_orders
from matching.worker.reading import Cursor, Position, ScanPlace
from matching.worker.recovery import ShardMemory
from matching.worker.settlement import Collected
from matching.worker.working_copy import LockedBalance, WorkingBalance, WorkingCopy
from matching.worker.writing import (
    write_engine_state,
    write_limits,
    write_outcomes,
    write_trades,
    write_user_events,
)

_LAST_EVENTS = """
    SELECT a.id, coalesce((SELECT e.sequence FROM matching_userevent e WHERE e.account_id = a.id AND e.writer_id = %s
                           ORDER BY e.sequence DESC LIMIT 1), 0)
    FROM unnest(%s::bigint[]) AS a(id)
"""


class BalancesContended(BourseError):
    """Another writer holds balances that the second run of a batch needs."""

    code = "BALANCES_CONTENDED"
    status = 503
    message = "The balances are in use."


def lock_touched(
    touched: Mapping[int, WorkingBalance], locked: dict[int, LockedBalance], scales: Scales, *, nowait: bool
) -> None:
    """Lock what is not locked yet and remember it. Raises BalancesContended where it should not wait and would."""
    new = touched.keys() - locked.keys()
    if not new:
        return
    try:
        rows = lock_balances(new, nowait=nowait)
    except OperationalError as error:
        if nowait and connection.connection is not None and not connection.connection.closed:
            raise BalancesContended from error
        raise
    for row in rows:
        scale = scales.by_asset[touched[row.balance_id].asset_id]
        locked[row.balance_id] = LockedBalance(to_atoms(row.available, scale), to_atoms(row.locked, scale), row.version)


def learn_event_numbers(cursor: Cursor, memory: ShardMemory, collected: Collected) -> None:
    """Know the last event number of every account that is told something; the database is asked once per account."""
    known = memory.event_sequences
    unknown = {event.account_id for event in collected.user_events} - known.keys()
    if unknown:
        rows = cursor.execute(_LAST_EVENTS, (memory.writer_id, sorted(unknown))).fetchall()
        known.update({int(account): int(sequence) for account, sequence in rows})


def write_batch(
    cursor: Cursor,
    copy: WorkingCopy,
    collected: Collected,
    *,
    memory: ShardMemory,
    ids: IdAllocator,
    epoch: int,
    position: Position,
    at_us: int,
    scan_place: ScanPlace,
    batch_writers: Sequence[BatchWriter],
) -> dict[int, int]:
    """Write every row of the batch; the new last event number of each account in it, which holds once it is committed.

    What the batch touched is locked, and `learn_event_numbers` has been asked.
    """
    moved = [balance for balance in copy.touched() if balance.available_delta or balance.locked_delta]
    if moved:
        write_balances(
            cursor,
            balance_ids=[balance.balance_id for balance in moved],
            asset_ids=[balance.asset_id for balance in moved],
            available=[balance.available_delta for balance in moved],
            locked=[balance.locked_delta for balance in moved],
            scales=memory.scales,
        )
    pass_failpoint(Failpoint.BALANCES_WRITTEN)
    if len(copy.journal):
        write_journal(
            cursor,
            batch=copy.journal,
            writer=position.writer,
            ids=ids,
            unix_ms=at_us // 1000,
            created_at=datetime_of(at_us),
            scales=memory.scales,
        )
    pass_failpoint(Failpoint.JOURNAL_WRITTEN)
    write_outcomes(
        cursor,
        collected,
        shard_id=memory.shard_id,
        applied_sequence=position.applied_sequence,
        at_us=at_us,
    )
    write_orders(cursor, collected, at_us=at_us)
    write_trades(cursor, collected, at_us=at_us)
    write_busts(cursor, collected, at_us=at_us)
    for batch_writer in batch_writers:
        batch_writer.write(cursor, collected, at_us=at_us)
    pass_failpoint(Failpoint.ORDERS_WRITTEN)
    numbered = write_user_events(
        cursor, collected, writer_id=memory.writer_id, last_sequences=memory.event_sequences, ids=ids, at_us=at_us
    )
    (batch_id,) = ids.take(1, at_us // 1000)
    write_engine_state(
        cursor,
        collected,
        batch_id=batch_id,
        shard_id=memory.shard_id,
        epoch=epoch,
        applied_sequence=position.applied_sequence,
        at_us=at_us,
        scan_place=scan_place,
    )
    write_limits(cursor, collected)
    pass_failpoint(Failpoint.STATE_WRITTEN)
    return numbered
