"""Every minute what changed is proven; books that do not prove right stop payouts and alarm staff."""

from collections.abc import Iterator

import psycopg
import pytest

from exchange.tasks import verify_books, verify_changed_books
from ledger.models import VerificationRun, VerifiedWriter
from risk.models import RiskEvent, Severity
from tests.support import funds
from tests.support.databases import owner_url
from tests.support.exchange import Exchange
from wallet.models import KillSwitch


@pytest.fixture
def owner(exchange: Exchange) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Who alone can alter history."""
    with psycopg.connect(owner_url(exchange.database), autocommit=True) as connection:
        yield connection


def last_run() -> VerificationRun:
    run = VerificationRun.objects.order_by("-pk").first()
    assert run is not None
    return run


def test_each_check_proves_what_is_new(exchange: Exchange, owner: "psycopg.Connection[tuple[object, ...]]") -> None:
    funds.open_rail()
    assert verify_changed_books() is True
    first = last_run().entries
    assert first > 0
    assert verify_changed_books() is True
    assert last_run().entries == 0
    exchange.place("owner", "SELL", "60000", "1")
    exchange.place("colleague", "BUY", "60000", "0.4")
    exchange.run()
    funds.carry_out(funds.deposit("owner", "1"))
    assert verify_changed_books() is True
    assert last_run().entries == 3
    assert VerifiedWriter.objects.count() == 2
    assert not KillSwitch.objects.filter(is_on=True).exists()

    # Money out of nothing, without a posting.
    mint = "UPDATE ledger_balance SET available = available + %s WHERE account_id = %s AND available > 1"
    owner.execute(mint, [1, exchange.account("outsider").pk])
    assert verify_changed_books() is False
    assert "its postings say" in last_run().findings[0]
    switch = KillSwitch.objects.get(pk="all")
    assert (switch.is_on, switch.changed_by) == (True, None)
    event = RiskEvent.objects.get()
    assert (event.severity, event.count) == (Severity.CRITICAL, 1)
    assert verify_changed_books() is False, "it comes back until it is put right"
    assert RiskEvent.objects.get().count == 2
    owner.execute(mint, [-1, exchange.account("outsider").pk])
    assert verify_changed_books() is True
    assert KillSwitch.objects.get(pk="all").is_on, "only people let payouts go on"

    # A posting that was altered after it was written, before anybody looked.
    funds.carry_out(funds.deposit("owner", "1"))
    owner.execute(
        "UPDATE ledger_posting SET available_delta = available_delta + sign(available_delta) "
        "WHERE entry_id = (SELECT max(id) FROM ledger_journalentry)"
    )
    assert verify_changed_books() is False
    assert any("chain of writer 1 is broken" in finding for finding in last_run().findings)


def test_the_nightly_check_looks_at_deposits_too(
    exchange: Exchange, owner: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    funds.open_rail()
    funds.carry_out(funds.deposit("owner", "1"))
    assert verify_books() is True
    assert last_run().is_full
    owner.execute("UPDATE wallet_deposit SET amount = 2")
    assert verify_changed_books() is True
    assert verify_books() is False
    assert KillSwitch.objects.get(pk="all").is_on
