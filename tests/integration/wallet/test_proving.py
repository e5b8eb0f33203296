"""Every minute what changed is proven; books that do not prove right stop payouts and alarm staff."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, connection
from pytest_django import Settings

from exchange.tasks import verify_books, verify_changed_books, verify_due_books
from ledger.models import VerificationRun, VerifiedWriter
from ledger.selectors import is_full_check_due
from ledger.verification import VERIFYING, locked_is_what_is_needed, verify_ledger
from ledger.verified import VERIFYING_CHANGES
from risk.models import RiskEvent, Severity
from tests.support import funds
from tests.support.databases import app_url, owner_url
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


ONE_POSTING = "(SELECT max(id) FROM ledger_posting)"


@pytest.mark.parametrize(
    "damage",
    [
        f"UPDATE ledger_posting SET available_delta = available_delta + 1e-18 WHERE id = {ONE_POSTING}",
        f"UPDATE ledger_posting SET asset_id = 12345 WHERE id = {ONE_POSTING}",
    ],
)
def test_rows_that_no_check_can_read_are_an_alarm(
    exchange: Exchange, owner: "psycopg.Connection[tuple[object, ...]]", damage: str
) -> None:
    """A check that fails is a finding, not a task that ends: the kill switch falls, staff hear of it, it is kept."""
    funds.open_rail()
    funds.carry_out(funds.deposit("owner", "1"))
    owner.execute(damage)
    for verify in (verify_changed_books, verify_books):
        assert verify() is False
        assert not last_run().is_consistent
        assert any("could not be carried out" in finding for finding in last_run().findings), last_run().findings
        assert KillSwitch.objects.get(pk="all").is_on
        assert RiskEvent.objects.get().severity == Severity.CRITICAL
    assert not VerifiedWriter.objects.exists(), "nothing is proven on top of it"


def test_a_message_and_a_head_that_cannot_be_read_are_an_alarm(
    exchange: Exchange, owner: "psycopg.Connection[tuple[object, ...]]", settings: Settings, tmp_path: Path
) -> None:
    settings.CHAIN_HEADS_DIR = tmp_path
    funds.open_rail()
    funds.carry_out(funds.deposit("owner", "1"))
    owner.execute("UPDATE wallet_balanceoperation SET message = 'x'")
    (tmp_path / "2026-01.jsonl").write_text("x}\n")
    assert verify_books() is False
    found = last_run().findings
    assert len(found) == 2, found
    assert "'operations are chained' could not be carried out" in found[0]
    assert found[1] == "2026-01.jsonl: line 1 is no signed head"
    assert KillSwitch.objects.get(pk="all").is_on


def test_a_database_that_is_away_says_nothing_about_the_books(
    exchange: Exchange, owner: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    def lose_the_session() -> Iterator[str]:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        yield from locked_is_what_is_needed()

    with pytest.raises(OperationalError):
        verify_ledger(extra_checks=(lose_the_session,), record=True)
    connection.close()
    assert not VerificationRun.objects.exists()
    assert verify_books() is True


def test_the_full_check_comes_every_night_and_is_made_up_for(db: None) -> None:
    night = datetime(2026, 1, 20, 3, 0, tzinfo=UTC)
    assert is_full_check_due(at=night + timedelta(hours=10)), "never checked: at once, whatever the time"

    def due_after(last: datetime, *, hours: float) -> bool:
        VerificationRun.objects.create(started_at=last, is_consistent=True, entries=1)
        VerificationRun.objects.create(started_at=last, is_consistent=True, entries=1, is_full=False)
        return is_full_check_due(at=last + timedelta(hours=hours))

    assert not due_after(night, hours=0.1), "once a night"
    assert not due_after(night, hours=20), "not by day"
    assert not due_after(night, hours=23.9)
    assert due_after(night, hours=24)
    assert due_after(night, hours=26.9)
    assert due_after(night, hours=26.1)
    assert due_after(night + timedelta(hours=9), hours=15.1), "every night, also after one by day"
    assert not due_after(night + timedelta(hours=9), hours=12)
    # Nothing ran at night: as soon as something does.
    assert due_after(night + timedelta(hours=2.5), hours=26.1)
    assert not due_after(night + timedelta(hours=2.5), hours=25)


def test_neither_check_keeps_the_other_from_running(exchange: Exchange) -> None:
    with psycopg.connect(app_url(exchange.database), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [VERIFYING])
        assert verify_due_books() is None
        assert verify_changed_books() is True
        other.execute("SELECT pg_advisory_unlock_all()")
        other.execute("SELECT pg_advisory_lock(%s)", [VERIFYING_CHANGES])
        assert verify_changed_books() is None
        assert verify_due_books() is True
    assert verify_due_books() is None, "done for today"
    assert VerificationRun.objects.filter(is_full=True).count() == 1
