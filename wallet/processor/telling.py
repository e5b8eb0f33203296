"""What the users of a batch are told: events with numbers, the last one of each account with its balances.

Only those with balances wait until balances are locked; numbers are given and all others written before, so that
trading by the same users waits for a moment.
"""

from collections import Counter
from collections.abc import Iterable

from kernel.ids import IdAllocator
from ledger.locks import LockedRow
from matching.worker.working_copy import WorkingBalance
from storage.bulk import json_array, number_array
from storage.connections import database_cursor
from wallet.processor.books import Books
from wallet.processor.reading import Cursor
from wallet.processor.results import Told

BALANCES_EVENT = "balances"

# In order of the accounts, as everybody who tells several accounts something.
_NUMBERS = """
    INSERT INTO wallet_fundseventcounter (account_id, last_sequence)
    SELECT n.account_id, n.events FROM unnest(%s::bigint[], %s::bigint[]) AS n(account_id, events)
    ORDER BY n.account_id
    ON CONFLICT (account_id) DO UPDATE
        SET last_sequence = wallet_fundseventcounter.last_sequence + excluded.last_sequence
    RETURNING account_id, last_sequence
"""
_EVENTS = """
    INSERT INTO matching_userevent (id, writer_id, account_id, sequence, command_id, payload)
    SELECT e.id, %s, e.account_id, e.sequence, e.cause_id, e.payload
    FROM ROWS FROM (
        unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]), jsonb_array_elements(%s::jsonb)
    ) AS e(id, account_id, sequence, cause_id, payload)
"""


_Columns = tuple[str, str, str]
"""Accounts, causes and payloads."""


class Telling:
    """The events of one batch."""

    def __init__(self, cursor: Cursor, books: Books, *, writer_id: int, ids: IdAllocator) -> None:
        self._cursor = cursor
        self._books = books
        self._writer_id = writer_id
        self._ids = ids
        self._moved: list[WorkingBalance] = []
        """The balances of users that changed."""
        self._with_balances: dict[int, Told] = {}
        """Account to the event that tells its balances."""
        self._others: list[Told] = []
        self._written: _Columns = ("", "", "")
        """What the others say, as columns of rows."""
        self._counts: Counter[int] = Counter()
        self._numbers: Cursor | None = None

    @property
    def events(self) -> list[Told]:
        return self._books.collected.told

    def ask_for_numbers(self) -> None:
        """All operations are applied: have the events counted. Whoever else tells these accounts something waits until
        the commit.
        """
        self._moved = [balance for balance in self._books.moved() if self._books.is_of_a_user(balance.account_id)]
        last = {event.account_id: event for event in self.events}
        for account_id in dict.fromkeys(balance.account_id for balance in self._moved):
            event = last.get(account_id)
            if event is None:
                event = last[account_id] = Told(account_id, self._books.last_entry_id, {"type": BALANCES_EVENT})
                self.events.append(event)
            self._with_balances[account_id] = event
        self._counts.update(event.account_id for event in self.events)
        if self.events:
            arrays = (number_array(self._counts.keys()), number_array(self._counts.values()))
            self._numbers = database_cursor().execute(_NUMBERS, arrays)

    def prepare(self) -> None:
        """Write down what needs neither numbers nor balances, while the server counts."""
        self._others = [event for event in self.events if self._with_balances.get(event.account_id) is not event]
        self._written = _columns(self._others)

    def number(self) -> None:
        """Give each event the number it has by the answer."""
        if self._numbers is None:
            return
        rows = self._numbers.fetchall()
        following = {int(account_id): int(last) - self._counts[account_id] + 1 for account_id, last in rows}
        for event in self.events:
            event.sequence = following[event.account_id]
            following[event.account_id] += 1

    def write_without_balances(self) -> None:
        self._write(self._others, self._written)

    def write_with_balances(self, locked: Iterable[LockedRow]) -> None:
        """`locked`: the balances that changed, as they were before."""
        rows = {row.balance_id: row for row in locked}
        for balance in self._moved:
            available, locked_atoms = balance.after()
            version = rows[balance.balance_id].version + 1
            payload = self._with_balances[balance.account_id].payload
            payload.setdefault("balances", []).append([balance.asset_id, str(available), str(locked_atoms), version])
        events = list(self._with_balances.values())
        self._write(events, _columns(events))

    def _write(self, events: list[Told], columns: _Columns) -> None:
        if not events:
            return
        account_ids, cause_ids, payloads = columns
        self._cursor.execute(
            _EVENTS,
            (
                self._writer_id,
                number_array(self._ids.take(len(events), self._books.at_us // 1000)),
                account_ids,
                number_array([event.sequence for event in events]),
                cause_ids,
                payloads,
            ),
        )


def _columns(events: list[Told]) -> _Columns:
    return (
        number_array([event.account_id for event in events]),
        number_array([event.cause_id for event in events]),
        json_array([event.payload for event in events]),
    )
