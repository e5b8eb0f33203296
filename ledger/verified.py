"""Proves what changed since the last proof: cheap enough for every minute, however long the journal has become.

What was proven is kept: for each writer how far its chain was checked, and for each balance what it was then. The next
proof recomputes the links after that place, adds their postings to the proven balances, and holds the sums against the
balances of now: against every balance, so that one altered without a posting is found as well. All of it is read on
one snapshot, and what was proven is kept only if nothing was found; so a finding comes back until somebody has put the
books right, and nothing is proven on top of something wrong. Whole history is for the nightly `verify_ledger`.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from kernel.ids import COUNTER_BITS, MAX_WRITER
from kernel.units import to_atoms
from ledger.core.journal import GENESIS_HASH, chain_hash
from ledger.models import Asset, ChainLink, VerificationRun, VerifiedWriter, Writer
from ledger.verification import Check, Finding, Verification, findings_of, rows_of
from storage.bulk import number_array

VERIFYING_CHANGES = 7_305_114
"""Advisory lock of whoever proves what changed."""
LINKS_AT_ONCE = 100

_ENTRIES = """
    SELECT sequence, id, kind FROM ledger_journalentry
    WHERE writer_id = %s AND sequence BETWEEN %s AND %s ORDER BY sequence
"""
# The writer's number is in the ids it gives: postings of others lie between them.
_POSTINGS = f"""
    SELECT id, entry_id, account_id, asset_id, available_delta, locked_delta FROM ledger_posting
    WHERE id BETWEEN %s AND %s AND (id >> {COUNTER_BITS}) & {MAX_WRITER} = %s ORDER BY id
"""  # noqa: S608  constants only
_CHANGED = """
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[])
        AS d(account_id, asset_id, available, locked)
"""
_BALANCES_AGAINST_PROVEN = f"""
    SELECT b.account_id, b.asset_id, b.available, b.locked,
           coalesce(v.available, 0) + coalesce(d.available, 0), coalesce(v.locked, 0) + coalesce(d.locked, 0)
    FROM ledger_balance b FULL JOIN ledger_verifiedbalance v ON v.balance_id = b.id
    FULL JOIN ({_CHANGED}) d ON d.account_id = b.account_id AND d.asset_id = b.asset_id
    WHERE b.available IS DISTINCT FROM coalesce(v.available, 0) + coalesce(d.available, 0)
       OR b.locked IS DISTINCT FROM coalesce(v.locked, 0) + coalesce(d.locked, 0)
    LIMIT 20
"""  # noqa: S608  constants only
_KEEP_BALANCES = f"""
    INSERT INTO ledger_verifiedbalance AS v (balance_id, available, locked)
    SELECT b.id, d.available, d.locked FROM ({_CHANGED}) d
    JOIN ledger_balance b ON b.account_id = d.account_id AND b.asset_id = d.asset_id
    ON CONFLICT (balance_id) DO UPDATE
        SET available = v.available + excluded.available, locked = v.locked + excluded.locked
"""  # noqa: S608  constants only

Pair = tuple[int, int]
"""Account and asset."""


@dataclass(slots=True)
class _Progress:
    """How far a proof has come: heads of the writers, and by how much balances changed, in units."""

    heads: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    available: defaultdict[Pair, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    locked: defaultdict[Pair, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    entries: int = 0

    def columns(self) -> tuple[str, str, str, str]:
        pairs = list(self.available)
        return (
            number_array([account_id for account_id, _ in pairs]),
            number_array([asset_id for _, asset_id in pairs]),
            number_array([self.available[pair] for pair in pairs]),
            number_array([self.locked[pair] for pair in pairs]),
        )


def verify_changes(*, extra_checks: tuple[Check, ...] = (), record: bool = False) -> Verification:
    """Check what the writers did since the last time, and all balances. `record` keeps a `VerificationRun`.

    One at a time: the caller holds the advisory lock `VERIFYING_CHANGES`.
    """
    result = Verification(started_at=timezone.now())
    progress = _Progress()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

        def balances_follow_from_the_chains() -> Iterator[Finding]:
            yield from _follow_chains(progress)
            yield from _balances_follow(progress)

        result.findings.extend(findings_of(balances_follow_from_the_chains, *extra_checks))
    result.entries = progress.entries
    with transaction.atomic():
        if result.is_consistent:
            _keep(progress)
        if record:
            VerificationRun.objects.create(
                started_at=result.started_at,
                is_consistent=result.is_consistent,
                is_full=False,
                findings=result.findings,
                entries=result.entries,
            )
    return result


def _follow_chains(progress: _Progress) -> Iterator[Finding]:
    scale_of = dict(Asset.objects.values_list("id", "scale"))
    known = {row.writer_id: (row.last_sequence, bytes(row.chain_hash)) for row in VerifiedWriter.objects.all()}
    for writer in Writer.objects.order_by("id"):
        head = known.get(writer.id, (0, GENESIS_HASH))
        while True:
            links = list(
                ChainLink.objects.filter(writer=writer, first_sequence__gt=head[0]).order_by("first_sequence")[
                    :LINKS_AT_ONCE
                ]
            )
            if not links:
                break
            yield from _follow_links(progress, links, head, scale_of)
            head = (links[-1].last_sequence, bytes(links[-1].hash))
        progress.heads[writer.id] = head
        if (writer.last_sequence, bytes(writer.chain_hash)) != head:
            yield f"writer {writer.id} stands at entry {writer.last_sequence}, its chain ends at {head[0]}"


def _follow_links(
    progress: _Progress, links: list[ChainLink], head: tuple[int, bytes], scale_of: dict[int, int]
) -> Iterator[Finding]:
    writer_id = links[0].writer_id
    entries = rows_of(_ENTRIES, (writer_id, links[0].first_sequence, links[-1].last_sequence))
    postings = rows_of(_POSTINGS, (links[0].first_posting_id, links[-1].last_posting_id, writer_id))
    progress.entries += len(entries)
    next_entry = next_posting = 0
    sums: defaultdict[Pair, Decimal] = defaultdict(Decimal)
    for link in links:
        if link.first_sequence != head[0] + 1:
            yield f"chain of writer {writer_id} has a gap before entry {link.first_sequence}"
        first_entry, first_posting = next_entry, next_posting
        while next_entry < len(entries) and entries[next_entry][0] <= link.last_sequence:
            next_entry += 1
        while next_posting < len(postings) and postings[next_posting][0] <= link.last_posting_id:
            next_posting += 1
        of_entries, of_postings = entries[first_entry:next_entry], postings[first_posting:next_posting]
        columns: list[list[int]] = [[row[1] for row in of_entries], [row[2] for row in of_entries]]
        columns += [[row[n] for row in of_postings] for n in (1, 2, 3)]
        columns += [[to_atoms(row[n], scale_of[row[3]]) for row in of_postings] for n in (4, 5)]
        if chain_hash(head[1], link.first_sequence, columns) != bytes(link.hash):
            yield f"chain of writer {writer_id} is broken at entries {link.first_sequence} to {link.last_sequence}"
        head = (link.last_sequence, bytes(link.hash))
    for _, entry_id, account_id, asset_id, available, locked in postings:
        sums[entry_id, asset_id] += available + locked
        progress.available[account_id, asset_id] += available
        progress.locked[account_id, asset_id] += locked
    for (entry_id, asset_id), remainder in sums.items():
        if remainder:
            yield f"entry {entry_id} does not sum to zero in asset {asset_id}"


def _balances_follow(progress: _Progress) -> Iterator[Finding]:
    for account, asset, available, locked, posted, posted_locked in rows_of(
        _BALANCES_AGAINST_PROVEN, progress.columns()
    ):
        yield (
            f"balance of account {account} in asset {asset} is {available} + {locked}, "
            f"its postings say {posted} + {posted_locked}"
        )


def _keep(progress: _Progress) -> None:
    for writer_id, (last_sequence, digest) in progress.heads.items():
        VerifiedWriter.objects.update_or_create(
            writer_id=writer_id, defaults={"last_sequence": last_sequence, "chain_hash": digest}
        )
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_BALANCES, progress.columns())
