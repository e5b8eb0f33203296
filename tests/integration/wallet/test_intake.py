"""Batches that were read and decoded ahead: each operation is applied once, in order, whatever happens in between."""

from decimal import Decimal

import psycopg
import pytest

from accounts.models import User
from ledger.models import Account, AccountKind
from tests.support import funds
from tests.support.audit import audit
from tests.support.databases import app_url, owner_url
from tests.support.exchange import Exchange
from wallet.models import BalanceOperation, OperationOutcome, ParkedOperation
from wallet.processor import intake
from wallet.processor.parking import park_operation, release_operation
from wallet.processor.processor import BalanceProcessor
from wallet.processor.reading import read_pending
from wallet.processor.running import process_pending
from wallet.services import operations
from wallet.services.operations import request_operations

LIMIT = 2
_COPY = """
    INSERT INTO wallet_balanceoperation (origin, request_id, input_hash, kind, amount, message, account_id, asset_id)
    SELECT origin, request_id || ' again', input_hash, kind, amount, message, account_id, asset_id
    FROM wallet_balanceoperation WHERE id = %s RETURNING id
"""


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many operations each look at the log has found."""
    found: list[int] = []

    def counted(*arguments: object, **further: object) -> object:
        pending = read_pending(*arguments, **further)  # type: ignore[arg-type]
        found.append(len(pending))
        return pending

    monkeypatch.setattr(intake, "read_pending", counted)
    return found


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.get(username="staff")


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "wake_processor", lambda: None)


def log_deposits(count: int, name: str = "ahead") -> list[int]:
    """The ids of so many operations of one transaction, in order."""
    messages = [funds.deposit("owner", "1", tx=f"{name}:{number}") for number in range(count)]
    request_operations(origin="rail:sim", messages=messages)
    newest = BalanceOperation.objects.order_by("-pk").values_list("pk", flat=True)[:count]
    return sorted(newest)


def applied() -> list[int]:
    return list(OperationOutcome.objects.order_by("applied_sequence").values_list("operation_id", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        (1, [1, 0]),
        (2, [2, 0]),
        # What is left does not fill a batch, so it is read together with what came meanwhile.
        (3, [3, 1, 0]),
        (4, [4, 0]),
        (9, [9, 1, 0]),
        (10, [10, 0]),
        (13, [10, 3, 1, 0]),
    ],
)
def test_five_batches_are_read_at_once(scans: list[int], waiting: int, expected: list[int]) -> None:
    funds.open_rail()
    # The accounts and balances that all need are made with the first.
    first = log_deposits(1, "first")
    BalanceProcessor().run_once()
    scans.clear()
    logged = log_deposits(waiting)
    processor = BalanceProcessor(batch_limit=LIMIT)
    while processor.run_once():
        pass
    assert applied() == first + logged
    assert scans == expected
    assert funds.balance("owner") == (Decimal(101 + waiting), 0)


@pytest.mark.django_db
def test_an_operation_that_is_released_meanwhile_is_not_left_behind(staff: User) -> None:
    funds.open_rail()
    logged = log_deposits(6)
    park_operation(operation_id=logged[0], error="for the test")
    processor = BalanceProcessor(batch_limit=LIMIT)
    assert processor.run_once() == LIMIT
    release_operation(operation_id=logged[0], by=staff, reason="for the test")
    while processor.run_once():
        pass
    assert applied() == [logged[1], logged[2], logged[0], *logged[3:]]


@pytest.mark.django_db
def test_an_operation_that_is_kept_back_meanwhile_is_not_applied() -> None:
    funds.open_rail()
    logged = log_deposits(5)
    processor = BalanceProcessor(batch_limit=LIMIT)
    assert processor.run_once() == LIMIT
    park_operation(operation_id=logged[2], error="for the test")
    while processor.run_once():
        pass
    assert applied() == [*logged[:2], *logged[3:]]


@pytest.mark.django_db
def test_another_processor_makes_what_was_read_ahead_worthless() -> None:
    funds.open_rail()
    logged = log_deposits(7)
    one, other = BalanceProcessor(batch_limit=LIMIT), BalanceProcessor(batch_limit=LIMIT)
    while one.run_once():
        other.run_once()
    assert applied() == logged
    assert funds.balance("owner") == (Decimal(107), 0)


@pytest.mark.django_db
def test_a_batch_for_which_accounts_must_be_made_is_read_once(scans: list[int]) -> None:
    funds.open_rail()
    logged = log_deposits(1)
    incoming = Account.objects.filter(kind=AccountKind.CUSTODY, purpose="sim:incoming")
    assert not incoming.exists()
    assert BalanceProcessor(batch_limit=LIMIT).run_once() == 1
    assert incoming.exists()
    assert applied() == logged
    assert scans == [1]


@pytest.mark.django_db
def test_a_batch_that_fails_is_read_again(monkeypatch: pytest.MonkeyPatch, scans: list[int]) -> None:
    funds.open_rail()
    logged = log_deposits(5)
    processor = BalanceProcessor(batch_limit=LIMIT)
    assert processor.run_once() == LIMIT

    def fail(_intake: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(intake.Intake, "look_ahead", fail)
        with pytest.raises(ZeroDivisionError):
            processor.run_once()
    assert applied() == logged[:LIMIT]
    scans.clear()
    assert processor.run_once() == LIMIT
    assert scans == [3]
    assert applied() == logged[: 2 * LIMIT]
    assert processor.run_once() == 1
    assert applied() == logged


@pytest.mark.parametrize("place", range(7))
def test_one_that_cannot_be_read_keeps_no_other_back(exchange: Exchange, place: int) -> None:
    """Wherever it is in what was read ahead: the first of a batch, its last, or in one of a later look."""
    funds.open_rail()
    logged = log_deposits(7)
    with psycopg.connect(owner_url(exchange.database)) as owner:
        owner.execute("UPDATE wallet_balanceoperation SET message = '{}' WHERE id = %s", [logged[place]])
    assert process_pending(BalanceProcessor(batch_limit=LIMIT)) == 6
    assert list(ParkedOperation.objects.values_list("operation_id", flat=True)) == [logged[place]]
    assert sorted(applied()) == logged[:place] + logged[place + 1 :]


def test_one_that_commits_late_is_not_skipped(exchange: Exchange) -> None:
    funds.open_rail()
    (model,) = log_deposits(1, "model")
    processor = BalanceProcessor(batch_limit=LIMIT)
    assert processor.run_once() == 1
    with psycopg.connect(app_url(exchange.database)) as slow:
        row = slow.execute(_COPY, [model]).fetchone()
        assert row is not None
        for number in range(5 * LIMIT):
            log_deposits(1, f"later:{number}")
        assert processor.run_once() == LIMIT
        slow.commit()
    while processor.run_once():
        pass
    assert sorted(applied()) == sorted(BalanceOperation.objects.values_list("pk", flat=True))
    assert len(applied()) == 5 * LIMIT + 2
    audit(exchange)
