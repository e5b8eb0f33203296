"""Every write to the books that is not a matching batch.

`post_entry` is the one way in: it locks its writer and the balances, writes one balanced entry under an idempotency
key, and returns the entry's id. A repeat with the same input returns the first id and changes nothing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from django.db import connection, transaction

from accounts.models import User
from kernel.errors import invariant
from kernel.ids import IdAllocator
from kernel.units import to_atoms
from ledger.core.journal import JournalBatch
from ledger.errors import IdempotencyConflict, InsufficientBalance
from ledger.journal import Scales, WriterState, write_balances, write_journal
from ledger.locks import enter_gate_shared, lock_balances
from ledger.models import NEGATIVE_KINDS, Account, AccountKind, Asset, Balance, EntryKind, IdempotencyKey, Writer
from storage.connections import database_cursor


class PostingRequest(NamedTuple):
    """By how many atoms one balance is to change."""

    account_id: int
    asset_id: int
    available: int
    locked: int = 0


def open_user_account(*, user: User) -> Account:
    """The user's one account; the first call makes it."""
    account, _ = Account.objects.get_or_create(user=user, defaults={"kind": AccountKind.USER})
    return account


def open_writer(*, number: int, name: str) -> Writer:
    """A writer with its system accounts; the first call makes them."""
    writer, _ = Writer.objects.get_or_create(id=number, defaults={"name": name})
    invariant(writer.name == name, "a writer number has one name", number=number, name=name)
    for kind in AccountKind:
        if kind is not AccountKind.USER:
            open_system_account(writer_id=number, kind=kind)
    return writer


def open_system_account(*, writer_id: int, kind: AccountKind, purpose: str = "") -> Account:
    """A writer's account of that kind and purpose; the first call makes it."""
    invariant(kind is not AccountKind.USER, "system accounts are nobody's")
    account, _ = Account.objects.get_or_create(writer_id=writer_id, kind=kind, purpose=purpose)
    return account


def ensure_balances(*, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Primary keys of the balances of these (account, asset) pairs; missing rows are made.

    Call it before the database transaction that locks them: rows appear in a commit of their own, so nobody waits
    for a row that a long batch has just inserted.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ledger_balance (account_id, asset_id, available, locked, may_be_negative)
            SELECT a.id, p.asset_id, 0, 0, a.kind = ANY(%s)
            FROM unnest(%s::bigint[], %s::bigint[]) AS p(account_id, asset_id)
            JOIN ledger_account a ON a.id = p.account_id
            ON CONFLICT (account_id, asset_id) DO NOTHING
            """,
            [list(NEGATIVE_KINDS), [account for account, _ in pairs], [asset for _, asset in pairs]],
        )
        cursor.execute(
            """
            SELECT b.account_id, b.asset_id, b.id
            FROM unnest(%s::bigint[], %s::bigint[]) AS p(account_id, asset_id)
            JOIN ledger_balance b USING (account_id, asset_id)
            """,
            [[account for account, _ in pairs], [asset for _, asset in pairs]],
        )
        return {(account, asset): balance for account, asset, balance in cursor.fetchall()}


def post_entry(
    *,
    writer_id: int,
    idempotency_key: str,
    kind: EntryKind,
    postings: Sequence[PostingRequest],
    at: datetime,
) -> int:
    """Write one balanced entry and change the balances; returns the entry's id.

    Raises EntryUnbalanced, InsufficientBalance, IdempotencyConflict; then nothing is changed.
    """
    deltas: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for posting in postings:
        delta = deltas[posting.account_id, posting.asset_id]
        delta[0] += posting.available
        delta[1] += posting.locked
    input_hash = hashlib.blake2b(
        orjson.dumps([int(kind), sorted((*pair, str(a), str(k)) for pair, (a, k) in deltas.items())]),
        digest_size=32,
    ).digest()
    balance_ids = ensure_balances(pairs=list(deltas))
    with transaction.atomic():
        enter_gate_shared()
        writer = Writer.objects.select_for_update(no_key=True).get(pk=writer_id)
        earlier = IdempotencyKey.objects.filter(writer=writer, key=idempotency_key).first()
        if earlier is not None:
            if bytes(earlier.input_hash) != input_hash:
                raise IdempotencyConflict(details={"key": idempotency_key})
            return earlier.entry_id
        unix_ms = int(at.timestamp() * 1000)
        ids = IdAllocator(writer.id, after=writer.last_row_id)
        (entry_id,) = ids.take(1, unix_ms)
        batch = JournalBatch()
        batch.open_entry(entry_id, kind)
        for (account_id, asset_id), (available, locked) in deltas.items():
            batch.post(account_id, asset_id, available, locked)
        batch.require_balanced()
        scales = Scales.load()
        _require_covered(deltas, balance_ids, scales)
        with database_cursor() as cursor:
            write_balances(
                cursor,
                balance_ids=[balance_ids[pair] for pair in deltas],
                asset_ids=[asset_id for _, asset_id in deltas],
                available=[available for available, _ in deltas.values()],
                locked=[locked for _, locked in deltas.values()],
                scales=scales,
            )
            write_journal(
                cursor,
                batch=batch,
                writer=WriterState.of(writer),
                ids=ids,
                unix_ms=unix_ms,
                created_at=at,
                scales=scales,
            )
        IdempotencyKey.objects.create(
            writer=writer, key=idempotency_key, input_hash=input_hash, entry_id=entry_id, created_at=at
        )
        return entry_id


def fund_account(
    *, writer_id: int, account: Account, asset: Asset, atoms: int, idempotency_key: str, at: datetime
) -> int:
    """Credit an account against the writer's opening account: how money that was there before comes into the books."""
    invariant(atoms > 0, "funding is positive")
    opening = Account.objects.get(writer_id=writer_id, kind=AccountKind.OPENING)
    return post_entry(
        writer_id=writer_id,
        idempotency_key=idempotency_key,
        kind=EntryKind.FUNDING,
        postings=[
            PostingRequest(opening.id, asset.id, -atoms),
            PostingRequest(account.id, asset.id, atoms),
        ],
        at=at,
    )


def _require_covered(
    deltas: dict[tuple[int, int], list[int]], balance_ids: dict[tuple[int, int], int], scales: Scales
) -> None:
    """Lock the balances; raise InsufficientBalance where a user's would fall below zero."""
    pair_of = {balance_id: pair for pair, balance_id in balance_ids.items()}
    unlimited = set(Balance.objects.filter(pk__in=pair_of, may_be_negative=True).values_list("pk", flat=True))
    for balance_id, available, locked, _ in lock_balances(pair_of):
        pair = pair_of[balance_id]
        scale = scales.by_asset[pair[1]]
        after = (to_atoms(available, scale) + deltas[pair][0], to_atoms(locked, scale) + deltas[pair][1])
        if min(after) < 0 and balance_id not in unlimited:
            raise InsufficientBalance
