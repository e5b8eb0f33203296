"""The same users trade, deposit, transfer and withdraw at once: two writers, one set of balances."""

import random
import threading
from decimal import Decimal

import pytest
from django.db import connection

from ledger.verification import verify_ledger
from matching.verification import CHECKS as MATCHING_CHECKS
from matching.worker.failpoints import Failpoint, interrupted_at
from tests.support import funds
from tests.support.audit import audit
from tests.support.cast import CAST
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow
from wallet.core.operations import InternalTransfer
from wallet.core.withdrawal_rules import Verdict
from wallet.models import BalanceOperation, OperationOutcome
from wallet.processor import withdrawing
from wallet.verification import CHECKS as WALLET_CHECKS

ROUNDS = 15


class Money(threading.Thread):
    """Takes most of what somebody has out and brings it back, by deposits, transfers and withdrawals."""

    def __init__(self) -> None:
        super().__init__()
        self.stopping = threading.Event()
        self.moved = threading.Event()
        self.error: Exception | None = None

    def run(self) -> None:
        rng = random.Random(8)
        number = 0
        try:
            while not self.stopping.is_set():
                self._move(rng, number)
                self.moved.set()
                number += 1
        except Exception as error:
            self.error = error
        finally:
            connection.close()

    def wait_for_a_move(self) -> None:
        """Until money has moved once more."""
        self.moved.clear()
        self.moved.wait(10)

    def _move(self, rng: random.Random, number: int) -> None:
        name, other = rng.sample(CAST, 2)
        asset = rng.choice(["BTC", "USDT"])
        amount = Decimal(int(funds.balance(name, asset)[0] * rng.choice([50, 99, 100])) // 100)
        funds.request(funds.deposit(name, "1.5", asset=asset))
        if amount > 1:
            transfer = InternalTransfer(
                request_id=f"race:{number}",
                asset=asset,
                amount=amount,
                account_id=funds.account_id(name),
                to_account_id=funds.account_id(other),
            )
            funds.request(transfer)
        withdrawal = funds.verified_withdrawal(other, "0.5", asset=asset)
        funds.request(funds.withdraw(withdrawal))
        funds.process()
        withdrawal.refresh_from_db()
        if withdrawal.state == "APPROVED":
            funds.carry_out(funds.reject(withdrawal, "CANCELLED"))


def test_nothing_is_lost_between_the_writers(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withdrawing, "check_withdrawal", lambda withdrawal, *, at: Verdict())
    funds.open_rail()
    worker = exchange.worker(batch_limit=10)
    money = Money()
    money.start()
    try:
        # In every batch money moves between its look at the balances and its locks; chance decides whose it is.
        for seed in range(21, 21 + ROUNDS):
            log_flow(exchange, 60, seed=seed)
            applied = True
            while applied:
                with interrupted_at(Failpoint.FACTS_READ, passes=1, interrupt=money.wait_for_a_move):
                    applied = bool(worker.run_once())
            if worker.reruns and OperationOutcome.objects.count() > 20:
                break
    finally:
        money.stopping.set()
        money.join()
    assert money.error is None
    assert worker.reruns > 0, "the race never hit; the test proves nothing"
    assert OperationOutcome.objects.count() == BalanceOperation.objects.count() > 20
    assert verify_ledger(extra_checks=(*MATCHING_CHECKS, *WALLET_CHECKS)).findings == []
    audit(exchange)
