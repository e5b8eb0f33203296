"""kill -9 of the balance processor at every step of a batch: nothing is lost, nothing is done twice."""

import random
import signal
import threading
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from ledger.verification import verify_ledger
from matching.models import UserEvent
from matching.verification import CHECKS as MATCHING_CHECKS
from risk.models import RiskEvent, Severity
from tests.support import funds
from tests.support.databases import app_url
from tests.support.exchange import Exchange
from tests.support.funds_process import FundsProcess
from tests.support.worker_process import eventually
from wallet.core.operations import InternalTransfer, Message
from wallet.models import (
    BalanceOperation,
    Deposit,
    FundsEventCounter,
    FundsProcessor,
    OperationOutcome,
    ParkedOperation,
)
from wallet.processor import depositing
from wallet.processor.deposit_rows import DepositRows
from wallet.processor.failpoints import FundsFailpoint
from wallet.processor.parking import OperationNotParked, release_operation
from wallet.services.operations import request_operations
from wallet.verification import CHECKS as WALLET_CHECKS

NAMES = ("owner", "colleague", "outsider")


@pytest.fixture(autouse=True)
def _rail(exchange: Exchange) -> None:
    funds.open_rail()


def flow(count: int, *, seed: int) -> Iterator[Message]:
    """Deposits, every fourth of them a repeat of an earlier one, and transfers of more than some have."""
    rng = random.Random(seed)
    for number in range(count):
        if number % 4 == 3:
            sender, receiver = rng.sample(NAMES, 2)
            yield InternalTransfer(
                request_id=f"{seed}:{number}",
                asset="BTC",
                amount=Decimal(rng.randint(1, 90)),
                account_id=funds.account_id(sender),
                to_account_id=funds.account_id(receiver),
            )
        else:
            tx = f"{seed}:{number if number % 4 else max(number - 4, 1)}"
            yield funds.deposit("owner", "1", tx=tx, request_id=f"{seed}:{number}")


def audit() -> None:
    """Every accepted operation has exactly one outcome, and the books are right."""
    asked = set(BalanceOperation.objects.values_list("pk", flat=True))
    done = list(OperationOutcome.objects.order_by("applied_sequence").values_list("pk", flat=True))
    assert set(done) == asked
    assert len(done) == len(asked)
    assert verify_ledger(extra_checks=(*MATCHING_CHECKS, *WALLET_CHECKS)).findings == []
    for counter in FundsEventCounter.objects.all():
        events = UserEvent.objects.filter(account_id=counter.pk, writer__name="funds").order_by("sequence")
        assert list(events.values_list("sequence", flat=True)) == list(range(1, counter.last_sequence + 1))


@pytest.mark.parametrize("failpoint", list(FundsFailpoint))
def test_kill_at(exchange: Exchange, failpoint: FundsFailpoint) -> None:
    # Makes the accounts that a first batch would be run again for.
    assert funds.carry_out(funds.deposit("owner", "1")).code == ""
    request_operations(origin="rail:sim", messages=list(flow(40, seed=3)))
    with FundsProcess(exchange.database, failpoint=f"{failpoint}:kill@2", batch_limit=15) as process:
        assert process.wait(60) == -signal.SIGKILL
    committed = 31 if failpoint in (FundsFailpoint.COMMITTED, FundsFailpoint.ANNOUNCED) else 16
    assert OperationOutcome.objects.count() == committed
    request_operations(origin="rail:sim", messages=list(flow(10, seed=4)))
    assert funds.process() == 51 - committed
    audit()
    credited = sum(funds.balance(name)[0] for name in NAMES) - 300
    assert Deposit.objects.count() == credited == -funds.system_balance("custody", "sim:incoming")


def test_two_processors_at_once_apply_each_operation_once(exchange: Exchange) -> None:
    with FundsProcess(exchange.database, batch_limit=3), FundsProcess(exchange.database, batch_limit=3):
        for message in flow(40, seed=5):
            request_operations(origin="rail:sim", messages=[message])
        eventually(lambda: OperationOutcome.objects.count() == 40)
    audit()


def test_one_that_cannot_be_processed_is_parked_and_the_others_go_on(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = depositing.apply_deposit

    def fail(operation: object, message: object, books: object, new_id: int) -> object:
        if message.external_tx_id == "poison":  # type: ignore[attr-defined]
            # In the middle of what it does: money was already moved in the working copy.
            real(operation, message, books, new_id)  # type: ignore[arg-type]
            raise RuntimeError("does not compute")
        return real(operation, message, books, new_id)  # type: ignore[arg-type]

    monkeypatch.setattr(depositing, "apply_deposit", fail)
    operations = [funds.request(funds.deposit("owner", "1", tx=tx)) for tx in ("a", "b", "poison", "c", "d")]
    assert funds.process() == 4
    assert funds.balance("owner")[0] == 104
    parked = ParkedOperation.objects.get()
    assert (parked.operation_id, parked.is_held) == (operations[2].pk, True)
    assert "does not compute" in parked.error
    assert RiskEvent.objects.get().severity == Severity.CRITICAL
    assert funds.process() == 0
    funds.carry_out(funds.deposit("owner", "1", tx="e"))
    monkeypatch.setattr(depositing, "apply_deposit", real)
    assert funds.process() == 0, "only people give it back"
    staff = exchange.user("staff")
    release_operation(operation_id=parked.operation_id, by=staff, reason="the cause is removed")
    with pytest.raises(OperationNotParked):
        release_operation(operation_id=parked.operation_id, by=staff, reason="again")
    assert funds.process() == 1
    assert funds.balance("owner")[0] == 106
    audit()


def test_an_operation_that_is_committed_late_is_not_passed_over(exchange: Exchange) -> None:
    """Its id is smaller than those that were applied before it could be seen."""
    inserted, may_commit = threading.Event(), threading.Event()

    def insert_slowly() -> None:
        with transaction.atomic():
            request_operations(origin="rail:sim", messages=[funds.deposit("owner", "1", tx="late")])
            inserted.set()
            may_commit.wait(30)
        connection.close()

    thread = threading.Thread(target=insert_slowly)
    thread.start()
    assert inserted.wait(30)
    for number in range(3):
        assert funds.carry_out(funds.deposit("owner", "1", tx=str(number))).code == ""
    may_commit.set()
    thread.join()
    assert funds.process() == 1
    assert funds.balance("owner")[0] == 104
    assert FundsProcessor.objects.get().applied_sequence == 4
    # Restored into a server that counts its transactions from another number.
    FundsProcessor.objects.update(scan_from_xact=2**60)
    assert funds.carry_out(funds.deposit("owner", "1", tx="restored")).code == ""
    audit()


def test_a_watcher_that_writes_the_same_deposit_meanwhile_is_no_harm(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = DepositRows.write
    inserted: list[int] = []

    def write(self: DepositRows, cursor: Any, *, at: datetime) -> None:
        if not inserted:
            with psycopg.connect(app_url(exchange.database), autocommit=True) as other:
                inserted.append(
                    other.execute(
                        "INSERT INTO wallet_deposit (rail_id, asset_id, external_tx_id, output_index, amount, address,"
                        " tag, source, state, reason, confirmations, required_confirmations, block_hash, seen_at)"
                        " SELECT 'sim', id, 'met', 0, 1, '', '', '{}', 'PENDING', '', 1, 1, '', now()"
                        " FROM ledger_asset WHERE symbol = 'BTC'"
                    ).rowcount
                )
        real(self, cursor, at=at)

    monkeypatch.setattr(DepositRows, "write", write)
    assert funds.carry_out(funds.deposit("owner", "1", tx="met")).code == ""
    assert inserted == [1]
    assert Deposit.objects.get().state == "CREDITED"
    assert funds.balance("owner")[0] == 101
    audit()
