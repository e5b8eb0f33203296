"""A batch that only credits is applied in parts; all of them are one commit, and one mail."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ledger.models import Balance, JournalEntry
from ledger.verification import LEDGER_CHECKS
from matching.models import UserEvent
from storage.bulk import text_array
from storage.connections import database_cursor
from tests.support import funds
from wallet.core.operations import Message, Party
from wallet.models import BalanceOperation, Deposit, FundsMail, OperationLink, OperationOutcome
from wallet.processor import history, processor
from wallet.processor.processor import BalanceProcessor
from wallet.services import operations
from wallet.services.operations import request_operations
from wallet.verification import CHECKS as FUNDS_CHECKS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _parts_of_two(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    monkeypatch.setattr(processor, "PART", 2)
    funds.open_rail()


def log_five() -> None:
    """The last one is a repeat of the first, which an earlier part has credited."""
    messages: list[Message] = [funds.deposit("owner", "1", tx=f"five:{number % 4}") for number in range(5)]
    request_operations(origin="rail:sim", messages=messages)


def balances() -> list[tuple[Any, ...]]:
    """Without the empty rows that are made before a batch."""
    rows = Balance.objects.exclude(available=0, locked=0).order_by("pk")
    return list(rows.values_list("pk", "available", "locked", "version"))


def test_parts_are_one_batch() -> None:
    log_five()
    stepped = BalanceProcessor()
    stepped.batch_sizes = []
    assert stepped.run_once() == 5
    assert stepped.batch_sizes == [5]
    outcomes = OperationOutcome.objects.order_by("applied_sequence").values_list("applied_sequence", "code")
    assert list(outcomes) == [(1, ""), (2, ""), (3, ""), (4, ""), (5, "DUPLICATE_DEPOSIT")]
    assert list(OperationLink.objects.values_list("first_sequence", "last_sequence")) == [(1, 2), (3, 4), (5, 5)]
    assert funds.balance("owner") == (Decimal(104), 0)
    mail = FundsMail.objects.get()
    assert (mail.context["amount"], mail.context["count"]) == ("4", "4")
    told = UserEvent.objects.filter(writer__name="funds").order_by("sequence")
    assert [event.sequence for event in told] == [1, 2, 3, 4]
    assert ["balances" in event.payload for event in told] == [False, False, False, True]
    assert [finding for check in (*LEDGER_CHECKS, *FUNDS_CHECKS) for finding in check()] == []


def test_each_deposit_keeps_its_own_source() -> None:
    sources = [
        Party("blockchain", chain="SIM", address="a,b{}"),
        Party("bank_transfer", reference='say "a" \\ NULL', account="DE02"),
        Party("blockchain", chain="SIM", address="a,b{}"),
        Party("internal", user="colleague"),
    ]
    messages = [funds.deposit("owner", "1", tx=f"from:{number}", source=one) for number, one in enumerate(sources)]
    request_operations(origin="rail:sim", messages=list(messages))
    assert BalanceProcessor().run_once() == len(sources)
    stored = Deposit.objects.order_by("external_tx_id").values_list("source", flat=True)
    assert [Party(**source) for source in stored] == sources


def test_a_failure_in_a_later_part_leaves_nothing_of_the_earlier_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    log_five()
    before = balances()
    entries = JournalEntry.objects.count()
    write: Callable[..., Any] = history.write_outcomes

    def fail_later(*arguments: Any, applied_sequence: int, **further: Any) -> None:
        if applied_sequence:
            raise ZeroDivisionError
        write(*arguments, applied_sequence=applied_sequence, **further)

    monkeypatch.setattr(history, "write_outcomes", fail_later)
    stepped = BalanceProcessor()
    with pytest.raises(ZeroDivisionError):
        stepped.run_once()
    assert balances() == before
    assert JournalEntry.objects.count() == entries
    assert not Deposit.objects.exists()
    assert not OperationOutcome.objects.exists()
    assert not FundsMail.objects.exists()
    monkeypatch.setattr(history, "write_outcomes", write)
    assert stepped.run_once() == BalanceOperation.objects.count() == 5
    assert [finding for check in (*LEDGER_CHECKS, *FUNDS_CHECKS) for finding in check()] == []


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["plain", "two words"],
        ['say "a"', "back\\slash", "NULL", "{a,b}"],
        [None, "NULL", None, 'a"b\\'],
        [","],
    ],
)
def test_texts_come_through_arrays_as_they_are(texts: list[str | None]) -> None:
    row = database_cursor().execute("SELECT %s::text[]", (text_array(texts),)).fetchone()
    assert row == (texts,)
