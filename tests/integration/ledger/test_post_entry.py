"""post_entry: what it writes, what it refuses, and that a refusal writes nothing."""

import threading
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError, ProgrammingError

from kernel.errors import BourseError
from ledger.core.errors import EntryUnbalanced
from ledger.errors import IdempotencyConflict, InsufficientBalance
from ledger.models import Asset, Balance, ChainLink, EntryKind, JournalEntry, Posting, Writer
from ledger.services import PostingRequest, post_entry
from storage.models import RowIsAppendOnly
from tests.support.cast import FUNDS_WRITER
from tests.support.exchange import Exchange

NOW = datetime(2026, 1, 20, 14, 25, tzinfo=UTC)
COIN = 10**12


def state() -> tuple[object, ...]:
    """Everything a refusal must leave alone."""
    return (
        sorted(Balance.objects.values_list("pk", "available", "locked")),
        JournalEntry.objects.count(),
        Posting.objects.count(),
        ChainLink.objects.count(),
        list(Writer.objects.values_list("pk", "last_sequence", "chain_hash").order_by("pk")),
    )


def transfer(exchange: Exchange, atoms: int, key: str = "t1", back: int | None = None) -> int:
    asset = Asset.objects.get(symbol="BTC").id
    return post_entry(
        writer_id=FUNDS_WRITER,
        idempotency_key=key,
        kind=EntryKind.TRANSFER,
        postings=[
            PostingRequest(exchange.account("owner").id, asset, -atoms),
            PostingRequest(exchange.account("colleague").id, asset, atoms if back is None else back),
        ],
        at=NOW,
    )


def test_moves_money_and_numbers_the_entry(exchange: Exchange) -> None:
    last = Writer.objects.get(pk=FUNDS_WRITER).last_sequence
    entry = JournalEntry.objects.get(pk=transfer(exchange, 30 * COIN))
    assert exchange.balance("owner", "BTC") == (70, 0)
    assert exchange.balance("colleague", "BTC") == (130, 0)
    assert entry.sequence == last + 1


def test_a_repeat_returns_the_first_entry(exchange: Exchange) -> None:
    first = transfer(exchange, COIN)
    before = state()
    assert transfer(exchange, COIN) == first
    assert state() == before


@pytest.mark.parametrize(
    ("atoms", "key", "back", "error"),
    [
        (101 * COIN, "t2", None, InsufficientBalance),
        (COIN, "t2", COIN + 1, EntryUnbalanced),
        (2 * COIN, "t1", None, IdempotencyConflict),
    ],
)
def test_a_refusal_changes_nothing(
    exchange: Exchange, atoms: int, key: str, back: int | None, error: type[BourseError]
) -> None:
    transfer(exchange, COIN, "t1")
    before = state()
    with pytest.raises(error):
        transfer(exchange, atoms, key, back)
    assert state() == before


def test_one_balance_spent_by_many_at_once_is_never_overspent(exchange: Exchange) -> None:
    granted: list[int] = []

    def spend(number: int) -> None:
        try:
            granted.append(transfer(exchange, 30 * COIN, f"race-{number}"))
        except InsufficientBalance:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=spend, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(granted) == 3
    assert exchange.balance("owner", "BTC") == (10, 0)


class TestTheDatabaseItself:
    def test_refuses_an_unbalanced_entry(self, exchange: Exchange) -> None:
        posting = Posting.objects.values("account_id", "asset_id", "entry_id").first()
        assert posting is not None
        before = state()
        with pytest.raises(IntegrityError, match="does not sum to zero"), transaction.atomic():
            Posting.objects.create(id=1, available_delta=1, locked_delta=0, **posting)
        assert state() == before

    @pytest.mark.parametrize("table", ["ledger_journalentry", "ledger_posting", "ledger_chainlink", "matching_command"])
    @pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
    def test_refuses_to_change_history(self, exchange: Exchange, table: str, statement: str) -> None:
        with pytest.raises(ProgrammingError) as refused, connection.cursor() as cursor:
            cursor.execute(statement.format(table))
        assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)

    def test_refuses_a_negative_balance(self, exchange: Exchange) -> None:
        with pytest.raises(IntegrityError, match="balance_not_negative"):
            Balance.objects.filter(account=exchange.account("owner")).update(available=-1)


def test_django_refuses_to_change_history_too(exchange: Exchange) -> None:
    entry = JournalEntry.objects.all()[0]
    with pytest.raises(RowIsAppendOnly):
        entry.save()
    with pytest.raises(RowIsAppendOnly):
        JournalEntry.objects.update(kind=1)
    with pytest.raises(RowIsAppendOnly):
        JournalEntry.objects.all().delete()
