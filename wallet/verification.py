"""What the funds add to a check of the books: deposits are credited once, operations did what their outcomes say."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import orjson

from ledger.models import ChainLink, EntryKind
from ledger.verification import Check, Finding, rows_of
from wallet.core.operation_log import GENESIS_HASH, AppliedOperation, link_hash
from wallet.core.states import LOCKED_STATES, DepositState, WithdrawalState
from wallet.models import FundsProcessor, OperationLink
from wallet.notices import FUNDS_WRITER

LINKS_AT_ONCE = 100

_LOCKED = ", ".join(f"'{state}'" for state in sorted(LOCKED_STATES))
LOCKED_BY_FUNDS = f"""
    SELECT account_id, asset_id, amount + fee AS need FROM wallet_withdrawal WHERE state IN ({_LOCKED})
    UNION ALL
    SELECT account_id, asset_id, held_amount FROM wallet_deposit WHERE state = '{DepositState.HELD}'
"""  # noqa: S608  constants only
"""Account, asset and what withdrawals under way and held deposits need: this app's part of what is locked."""

_CREDITED = f"('{DepositState.CREDITED}', '{DepositState.HELD}')"
_CREDITS = f"({int(EntryKind.DEPOSIT)}, {int(EntryKind.SUSPENSE)})"
# Postings that credit users, by the entry's id, which is the operation's. The limit stands outside: inside of it the
# planner expects to find twenty soon, and compares every deposit of an account with every entry of it.
_DEPOSITS_AGAINST_ENTRIES = f"""
    WITH differing AS MATERIALIZED (
        SELECT d.id, d.amount, coalesce(p.amount, 0) AS posted FROM wallet_deposit d LEFT JOIN (
            SELECT p.entry_id, p.account_id, p.asset_id, sum(p.available_delta) AS amount
            FROM ledger_posting p JOIN ledger_journalentry e ON e.id = p.entry_id
            WHERE e.writer_id = {FUNDS_WRITER} AND e.kind IN {_CREDITS} GROUP BY 1, 2, 3
        ) p ON p.entry_id = d.operation_id AND p.account_id = d.account_id AND p.asset_id = d.asset_id
        WHERE d.state IN {_CREDITED} AND d.amount <> coalesce(p.amount, 0)
    )
    SELECT id, amount, posted FROM differing LIMIT 20
"""  # noqa: S608  constants only
_CREDITS_AGAINST_DEPOSITS = f"""
    SELECT e.id, count(d.id) FROM ledger_journalentry e LEFT JOIN wallet_deposit d ON d.operation_id = e.id
    WHERE e.writer_id = {FUNDS_WRITER} AND e.kind = {int(EntryKind.DEPOSIT)}
    GROUP BY e.id HAVING count(d.id) <> 1 LIMIT 20
"""  # noqa: S608  constants only
_PAID_TWICE = f"""
    SELECT w.id, count(t.id) FROM wallet_withdrawal w
    LEFT JOIN wallet_withdrawaltransition t ON t.withdrawal_id = w.id AND t.new = '{WithdrawalState.CONFIRMED}'
    WHERE w.state = '{WithdrawalState.CONFIRMED}' OR t.id IS NOT NULL
    GROUP BY w.id, w.state HAVING count(t.id) <> 1 OR w.state <> '{WithdrawalState.CONFIRMED}' LIMIT 20
"""  # noqa: S608  constants only
# What holds nothing moves nothing; everything else that was done has its entry, and nothing that was refused has one.
_OPERATIONS_AGAINST_ENTRIES = f"""
    SELECT o.operation_id, o.code FROM wallet_operationoutcome o
    LEFT JOIN ledger_journalentry e ON e.id = o.operation_id AND e.writer_id = {FUNDS_WRITER}
    WHERE (o.code = '') <> (e.id IS NOT NULL) AND NOT (o.code = '' AND coalesce(o.detail ->> 'held', '') = '0')
    LIMIT 20
"""  # noqa: S608  constants only
_ENTRIES_AGAINST_OPERATIONS = f"""
    SELECT e.id FROM ledger_journalentry e
    LEFT JOIN wallet_operationoutcome o ON o.operation_id = e.id AND o.code = ''
    LEFT JOIN ledger_idempotencykey k ON k.entry_id = e.id AND k.writer_id = e.writer_id
    WHERE e.writer_id = {FUNDS_WRITER} AND o.operation_id IS NULL AND k.id IS NULL LIMIT 20
"""  # noqa: S608  constants only
_APPLIED = """
    SELECT r.applied_sequence, r.operation_id, o.origin, o.request_id, o.message, r.code, r.detail,
           (extract(epoch FROM r.applied_at) * 1000000)::bigint, a.symbol, o.amount, o.account_id, o.kind
    FROM wallet_operationoutcome r JOIN wallet_balanceoperation o ON o.id = r.operation_id
    JOIN ledger_asset a ON a.id = o.asset_id
    WHERE r.applied_sequence BETWEEN %s AND %s ORDER BY r.applied_sequence
"""
_NUMBERS = "SELECT count(*), coalesce(max(applied_sequence), 0) FROM wallet_operationoutcome"


def deposits_were_credited_once() -> Iterator[Finding]:
    for deposit, amount, posted in rows_of(_DEPOSITS_AGAINST_ENTRIES):
        yield f"deposit {deposit} of {amount} is credited, its entry credits {posted}"
    for entry, count in rows_of(_CREDITS_AGAINST_DEPOSITS):
        yield f"entry {entry} credits a deposit, {count} deposits say that it was theirs"


def withdrawals_were_paid_once() -> Iterator[Finding]:
    for withdrawal, count in rows_of(_PAID_TWICE):
        yield f"withdrawal {withdrawal} was confirmed {count} times"


def operations_did_what_they_say() -> Iterator[Finding]:
    for operation, code in rows_of(_OPERATIONS_AGAINST_ENTRIES):
        yield f"operation {operation} was refused, but moved money" if code else f"operation {operation} has no entry"
    for (entry,) in rows_of(_ENTRIES_AGAINST_OPERATIONS):
        yield f"entry {entry} of the funds writer has neither an operation nor an idempotency key"


def operations_are_chained() -> Iterator[Finding]:
    """Recompute every link from the rows it covers, and compare the last one with what the processor remembers."""
    sequence, head = 0, GENESIS_HASH
    heads_of_journal = {bytes(digest) for digest in _journal_hashes()} | {b""}
    last = 0
    while True:
        links = list(OperationLink.objects.filter(first_sequence__gt=last).order_by("first_sequence")[:LINKS_AT_ONCE])
        if not links:
            break
        last = links[-1].first_sequence
        rows = rows_of(_APPLIED, (links[0].first_sequence, links[-1].last_sequence))
        for link in links:
            if link.first_sequence != sequence + 1:
                yield f"the chain of operations has a gap before {link.first_sequence}"
            begin = bisect_left(rows, link.first_sequence, key=_sequence)
            covered = rows[begin : bisect_right(rows, link.last_sequence, key=_sequence)]
            yield from _rows_say_what_messages_say(covered)
            applied = [AppliedOperation._make((*row[:6], _detail(row[6]), int(row[7]))) for row in covered]
            if link_hash(head, bytes(link.journal_hash), applied) != bytes(link.hash):
                yield f"the chain of operations is broken at {link.first_sequence} to {link.last_sequence}"
            if bytes(link.journal_hash) not in heads_of_journal:
                yield f"operations {link.first_sequence} to {link.last_sequence} are bound to no link of the journal"
            sequence, head = link.last_sequence, bytes(link.hash)
    count, greatest = rows_of(_NUMBERS)[0]
    processor = FundsProcessor.objects.first()
    stands_at = (processor.applied_sequence, bytes(processor.chain_hash)) if processor else (0, GENESIS_HASH)
    if stands_at != (sequence, head):
        yield f"the balance processor stands at operation {stands_at[0]}, its chain ends at {sequence}"
    if not count == greatest == sequence:
        yield f"there are {count} outcomes of operations up to number {greatest}, the chain covers {sequence}"


def _journal_hashes() -> Iterable[bytes | memoryview]:
    return ChainLink.objects.filter(writer_id=FUNDS_WRITER).values_list("hash", flat=True)


def _sequence(row: tuple[Any, ...]) -> int:
    return int(row[0])


def _rows_say_what_messages_say(rows: list[tuple[Any, ...]]) -> Iterator[Finding]:
    """Lists and limits read the columns, the processor the message: they must be the same."""
    for row in rows:
        operation_id, symbol, amount, account_id, kind = row[1], *row[8:]
        message = orjson.loads(str(row[4]))
        said = (message["asset"], Decimal(message["amount"]), message.get("account_id") or None, message["kind"])
        if said != (symbol, amount, account_id, kind):
            yield f"operation {operation_id} says something else in its columns than in its message"


def _detail(stored: object) -> dict[str, str]:
    # Django leaves JSON of its own connections as text.
    detail: dict[str, str] = orjson.loads(stored) if isinstance(stored, str) else stored  # type: ignore[assignment]
    return detail


CHECKS: tuple[Check, ...] = (
    deposits_were_credited_once,
    withdrawals_were_paid_once,
    operations_did_what_they_say,
    operations_are_chained,
)
