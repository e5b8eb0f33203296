"""Proves the books from the outside: every rule of the ledger recomputed from the stored rows.

All statements run on one snapshot (REPEATABLE READ, read only), so trading goes on meanwhile and the proof is of one
moment. Layers above add what they know, and each says what it locks (`settings.LEDGER_LOCKS`), so that `locked` can
be accounted for to the atom.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from kernel.units import to_atoms
from ledger.core.journal import GENESIS_HASH, chain_hash
from ledger.models import Asset, VerificationRun

log = logging.getLogger(__name__)

VERIFYING = 7_305_113
"""Advisory lock of whoever checks all of the books in the background: one such check at a time is enough."""

Finding = str
Check = Callable[[], Iterator[Finding]]

_DATABASE_AWAY = (OperationalError, InterfaceError)
"""Says nothing about the books; the check is made again later."""
_LONGEST_PROBLEM = 500

_POSTINGS_AGAINST_BALANCES = """
    SELECT coalesce(p.account_id, b.account_id), coalesce(p.asset_id, b.asset_id),
           coalesce(p.available, 0), coalesce(b.available, 0), coalesce(p.locked, 0), coalesce(b.locked, 0)
    FROM (SELECT account_id, asset_id, sum(available_delta) AS available, sum(locked_delta) AS locked
          FROM ledger_posting GROUP BY account_id, asset_id) p
    FULL JOIN ledger_balance b ON b.account_id = p.account_id AND b.asset_id = p.asset_id
    WHERE coalesce(p.available, 0) <> coalesce(b.available, 0) OR coalesce(p.locked, 0) <> coalesce(b.locked, 0)
    LIMIT 20
"""
_SUM_PER_ASSET = """
    SELECT a.symbol, sum(b.available + b.locked) FROM ledger_balance b JOIN ledger_asset a ON a.id = b.asset_id
    GROUP BY a.symbol HAVING sum(b.available + b.locked) <> 0
"""
_UNBALANCED = """
    SELECT entry_id, asset_id FROM ledger_posting
    GROUP BY entry_id, asset_id HAVING sum(available_delta + locked_delta) <> 0 LIMIT 20
"""
_WITHOUT_ENTRY = """
    SELECT p.id FROM ledger_posting p LEFT JOIN ledger_journalentry e ON e.id = p.entry_id WHERE e.id IS NULL LIMIT 20
"""
_LOCKED_AGAINST_NEEDS = """
    SELECT coalesce(b.account_id, n.account_id), coalesce(b.asset_id, n.asset_id), coalesce(b.locked, 0),
           coalesce(n.need, 0)
    FROM ledger_balance b FULL JOIN (
        SELECT account_id, asset_id, sum(need) AS need FROM ({needs}) AS needed GROUP BY account_id, asset_id
    ) n ON n.account_id = b.account_id AND n.asset_id = b.asset_id
    WHERE coalesce(b.locked, 0) <> coalesce(n.need, 0) LIMIT 20
"""
_NEED_OF_ONE = "SELECT coalesce(sum(need), 0) FROM ({needs}) AS needed WHERE account_id = %s AND asset_id = %s"
_LINKS = """
    SELECT l.writer_id, l.first_sequence, l.last_sequence, l.first_posting_id, l.last_posting_id, l.hash
    FROM ledger_chainlink l ORDER BY l.writer_id, l.first_sequence
"""
_ENTRIES_OF_LINK = """
    SELECT sequence, id, kind FROM ledger_journalentry
    WHERE writer_id = %s AND sequence BETWEEN %s AND %s ORDER BY sequence
"""
_POSTINGS_OF_LINK = """
    SELECT p.entry_id, p.account_id, p.asset_id, p.available_delta, p.locked_delta FROM ledger_posting p
    JOIN ledger_journalentry e ON e.id = p.entry_id
    WHERE p.id BETWEEN %s AND %s AND e.writer_id = %s ORDER BY p.id
"""
_POSTINGS_OF_WRITERS = """
    SELECT e.writer_id, count(*) FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
    GROUP BY e.writer_id
"""
_WRITERS = """
    SELECT w.id, w.last_sequence, w.chain_hash, count(e.id), coalesce(max(e.sequence), 0)
    FROM ledger_writer w LEFT JOIN ledger_journalentry e ON e.writer_id = w.id GROUP BY w.id
"""


@dataclass(slots=True)
class Verification:
    """What a check of the books found; nothing found means that they are right."""

    started_at: datetime
    findings: list[Finding] = field(default_factory=list)
    entries: int = 0

    @property
    def is_consistent(self) -> bool:
        return not self.findings


def verify_ledger(*, extra_checks: tuple[Check, ...] = (), record: bool = False) -> Verification:
    """Check everything on one snapshot. `record` keeps the result as a `VerificationRun`."""
    result = Verification(started_at=timezone.now())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT count(*) FROM ledger_journalentry")
            result.entries = cursor.fetchone()[0]
        result.findings.extend(findings_of(*LEDGER_CHECKS, *extra_checks))
    if record:
        VerificationRun.objects.create(
            started_at=result.started_at,
            is_consistent=result.is_consistent,
            findings=result.findings,
            entries=result.entries,
        )
    return result


def findings_of(*checks: Check) -> Iterator[Finding]:
    """What these checks find in the database transaction of the caller.

    That one cannot be carried out on the rows there are is a finding like any other: rows that nobody should have been
    able to write may not keep the rest from being checked, nor anybody from hearing of it.
    """
    for check in checks:
        found: list[Finding] = []
        try:
            with transaction.atomic():
                found.extend(check())
        except _DATABASE_AWAY:
            raise
        except Exception as problem:
            name = getattr(check, "__name__", "a check").strip("_").replace("_", " ")
            log.exception("a check of the books could not be carried out: %s", name)
            found.append(f"{name!r} could not be carried out: {problem!r}"[:_LONGEST_PROBLEM])
        yield from found


def rows_of(statement: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query of a check."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def locked_is_what_is_needed() -> Iterator[Finding]:
    """What is locked is what the open orders, the withdrawals under way and the held deposits need.

    Each app that locks names a statement of (account_id, asset_id, need) in units.
    """
    for account, asset, locked, need in rows_of(_LOCKED_AGAINST_NEEDS.format(needs=_all_needs())):
        yield f"account {account} has {locked} of asset {asset} locked, withdrawals and open orders need {need}"


def needed_of(*, account_id: int, asset_id: int) -> Decimal:
    """What of a balance has to be locked, in units."""
    ((need,),) = rows_of(_NEED_OF_ONE.format(needs=_all_needs()), (account_id, asset_id))
    return Decimal(need)


def _all_needs() -> str:
    return " UNION ALL ".join(import_string(name) for name in settings.LEDGER_LOCKS)


def _balances_equal_postings() -> Iterator[Finding]:
    for account, asset, posted, available, posted_locked, locked in rows_of(_POSTINGS_AGAINST_BALANCES):
        yield (
            f"balance of account {account} in asset {asset} is {available} + {locked}, "
            f"its postings say {posted} + {posted_locked}"
        )


def _sums_are_zero() -> Iterator[Finding]:
    for symbol, total in rows_of(_SUM_PER_ASSET):
        yield f"all balances of {symbol} sum to {total}, not to zero"


def _entries_balance() -> Iterator[Finding]:
    for entry, asset in rows_of(_UNBALANCED):
        yield f"entry {entry} does not sum to zero in asset {asset}"
    for (posting,) in rows_of(_WITHOUT_ENTRY):
        yield f"posting {posting} belongs to no entry"


def _chains_unbroken() -> Iterator[Finding]:
    """Recompute every link from the rows it covers, and compare the last one with what the writer remembers."""
    scale_of = dict(Asset.objects.values_list("id", "scale"))
    heads: dict[object, tuple[int, bytes]] = {}
    covered: Counter[int] = Counter()
    for writer, first, last, first_posting, last_posting, stored in rows_of(_LINKS):
        sequence, previous = heads.get(writer, (0, GENESIS_HASH))
        if first != sequence + 1:
            yield f"chain of writer {writer} has a gap before entry {first}"
        entries = rows_of(_ENTRIES_OF_LINK, (writer, first, last))
        postings = rows_of(_POSTINGS_OF_LINK, (first_posting, last_posting, writer))
        columns: list[list[int]] = [[int(entry[1]) for entry in entries], [int(entry[2]) for entry in entries]]
        columns += [[int(posting[n]) for posting in postings] for n in range(3)]
        columns += [[to_atoms(posting[n], scale_of[posting[2]]) for posting in postings] for n in (3, 4)]
        if chain_hash(previous, int(first), columns) != bytes(stored):
            yield f"chain of writer {writer} is broken at entries {first} to {last}"
        heads[writer] = (int(last), bytes(stored))
        covered[writer] += len(postings)
    for writer, count in rows_of(_POSTINGS_OF_WRITERS):
        if count != covered[writer]:
            yield f"writer {writer} has {count} postings, its chain covers {covered[writer]}"
    for writer, last_sequence, head, count, greatest in rows_of(_WRITERS):
        sequence, expected = heads.get(writer, (0, GENESIS_HASH))
        if (last_sequence, bytes(head)) != (sequence, expected):
            yield f"writer {writer} stands at entry {last_sequence}, its chain ends at {sequence}"
        if not count == greatest == last_sequence:
            yield f"writer {writer} stands at entry {last_sequence}, but has {count} entries up to number {greatest}"


LEDGER_CHECKS: tuple[Check, ...] = (_balances_equal_postings, _sums_are_zero, _entries_balance, _chains_unbroken)
"""What the ledger knows by itself; on whatever snapshot the caller has."""
