"""Reports, confirmations and the balance processor at once: the rail's balance is given out once."""

import threading
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from ledger.models import Asset
from tests.support import funds
from tests.support.exchange import Exchange
from tests.support.told_rail import ToldRail
from wallet.core.operations import Party
from wallet.models import BalanceOperation, Deposit, RailKind, ReferencePrice
from wallet.services import operations
from wallet.services.ingest import DepositReport, confirm_deposit, report_deposit
from wallet.services.ingest_grants import grant_ingest

DEPOSITS = 8
told: Any = None


def at_once(*steps: Callable[[], object]) -> list[BaseException]:
    """Run them in a thread each; what they raised."""
    raised: list[BaseException] = []

    def run(step: Callable[[], object]) -> None:
        try:
            step()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.fixture
def keys(exchange: Exchange, monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """Two keys that report for a rail which holds 3."""
    monkeypatch.setattr(operations, "wake_processor", lambda: None)
    monkeypatch.setitem(globals(), "told", ToldRail({"BTC": "3"}))
    settings.RAIL_ADAPTERS = {RailKind.PROCESSOR: "tests.integration.wallet.test_ingest_races.told"}
    rail = funds.open_rail("cards", kind=RailKind.PROCESSOR)
    ReferencePrice.objects.create(asset=Asset.objects.get(symbol="BTC"), price=60000)
    return [
        grant_ingest(
            rail=rail,
            user=User.objects.create_user(f"m{number}@example.com", f"m{number}", "a-long-enough-password"),
            label="cards",
            ip_ranges=(),
            daily_cap=Decimal(10**9),
            four_eyes_above=Decimal(10**9),
            by=exchange.user("staff"),
            reason="test",
        ).api_key.key
        for number in range(2)
    ]


def report(key: str, number: int, *, request_id: str, confirmations: int) -> None:
    told_report = DepositReport(
        asset="BTC",
        amount=Decimal(1),
        external_tx_id=f"t{number}",
        user="owner",
        confirmations=confirmations,
        source=Party("bank_transfer"),
    )
    report_deposit(key=key, request_id=request_id, report=told_report)


def test_two_reports_at_once_do_not_use_the_same_cover(exchange: Exchange, keys: list[str]) -> None:
    steps = [
        partial(report, keys[number % 2], number % DEPOSITS, request_id=f"r{number}", confirmations=1)
        for number in range(2 * DEPOSITS)
    ]
    assert at_once(*steps) == []
    funds.process()
    assert exchange.balance("owner", "BTC") == (103, 0)
    assert Deposit.objects.count() == DEPOSITS
    assert Deposit.objects.filter(reason="NOT_COVERED").count() == DEPOSITS - 3


def test_two_keys_and_the_processor_give_out_what_the_rail_holds_once(exchange: Exchange, keys: list[str]) -> None:
    is_over = threading.Event()

    def speak(key: str) -> None:
        for number in range(DEPOSITS):
            for count in (0, number + 1):
                report(key, number, request_id=f"{count} of t{number}", confirmations=count)
            for count in (1, 2):
                confirm_deposit(
                    key=key, request_id=f"confirm t{number} {count}", deposit=f"t{number}", confirmations=count
                )

    def book() -> None:
        while not is_over.is_set():
            funds.process()

    processor = threading.Thread(target=at_once, args=(book,))
    processor.start()
    try:
        assert at_once(*(partial(speak, key) for key in keys * 2)) == []
    finally:
        is_over.set()
        processor.join()
    funds.process()
    assert exchange.balance("owner", "BTC") == (103, 0)
    assert BalanceOperation.objects.count() == 3
    assert Deposit.objects.count() == DEPOSITS
    assert Deposit.objects.filter(reason="NOT_COVERED").count() == DEPOSITS - 3
