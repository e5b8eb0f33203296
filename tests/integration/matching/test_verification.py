"""A check of the books finds every kind of damage, and says nothing while all is well, also while people trade."""

from collections.abc import Callable

import psycopg
import pytest
from django.core.management import CommandError, call_command

from ledger.models import Balance, VerificationRun
from ledger.rebuilding import rebuild_balances
from ledger.verification import verify_ledger
from ledger.verified import verify_changes
from matching.models import Outcome
from matching.verification import CHECKS
from tests.support.audit import audit
from tests.support.databases import owner_url
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow
from tests.support.worker_process import WorkerProcess, eventually

Damage = Callable[..., None]


@pytest.fixture
def damage(exchange: Exchange) -> Damage:
    """Changes history with the owner's login, which alone can."""

    def execute(*statements: str) -> None:
        with psycopg.connect(owner_url(exchange.database), autocommit=True) as connection:
            for statement in statements:
                assert connection.execute(statement).rowcount > 0, "nothing was damaged"

    return execute


@pytest.fixture
def traded(exchange: Exchange) -> Exchange:
    """An exchange with a history: orders, trades, cancels."""
    log_flow(exchange, 60, seed=31)
    exchange.worker(batch_limit=25)
    exchange.run()
    assert findings() == []
    return exchange


def findings() -> list[str]:
    return verify_ledger(extra_checks=CHECKS).findings


ONE_POSTING = "(SELECT max(id) FROM ledger_posting)"
LAST_ENTRY = "(SELECT max(id) FROM ledger_journalentry WHERE writer_id = 2)"

DAMAGES = {
    "altered posting": (
        [f"UPDATE ledger_posting SET available_delta = available_delta + 1 WHERE id = {ONE_POSTING}"],
        ["its postings say", "does not sum to zero", "chain of writer 2 is broken"],
    ),
    "posting of more decimals than its asset has": (
        [f"UPDATE ledger_posting SET available_delta = available_delta + 1e-18 WHERE id = {ONE_POSTING}"],
        ["its postings say", "does not sum to zero", "'chains unbroken' could not be carried out"],
    ),
    "posting of an asset that is not there": (
        [f"UPDATE ledger_posting SET asset_id = 12345 WHERE id = {ONE_POSTING}"],
        ["its postings say", "'chains unbroken' could not be carried out"],
    ),
    "posting moved to somebody else": (
        [
            f"UPDATE ledger_posting SET account_id = (SELECT max(account_id) FROM ledger_posting WHERE account_id <> "
            f"(SELECT account_id FROM ledger_posting WHERE id = {ONE_POSTING})) WHERE id = {ONE_POSTING}"
        ],
        ["its postings say", "chain of writer 2 is broken"],
    ),
    "missing posting": (
        [f"DELETE FROM ledger_posting WHERE id = {ONE_POSTING}"],
        ["chain of writer 2 is broken"],
    ),
    "posting without an entry": (
        [f"UPDATE ledger_posting SET entry_id = 12345 WHERE id = {ONE_POSTING}"],
        ["belongs to no entry", "chain of writer 2 is broken"],
    ),
    "postings added to an old entry, balances with them": (
        [
            "INSERT INTO ledger_posting (id, entry_id, account_id, asset_id, available_delta, locked_delta) "
            "SELECT max(p.id) + n, min(p.entry_id), (SELECT min(account_id) FROM ledger_balance), "
            "(SELECT min(asset_id) FROM ledger_balance), CASE n WHEN 1 THEN 5 ELSE -5 END, 0 "
            "FROM ledger_posting p, generate_series(1, 2) n GROUP BY n"
        ],
        ["its chain covers"],
    ),
    "altered available": (
        ["UPDATE ledger_balance SET available = available + 1 WHERE id = (SELECT min(id) FROM ledger_balance)"],
        ["its postings say", "not to zero"],
    ),
    "altered locked": (
        ["UPDATE ledger_balance SET locked = locked + 1 WHERE id = (SELECT max(id) FROM ledger_balance)"],
        ["its postings say", "open orders need"],
    ),
    "missing balance": (
        ["DELETE FROM ledger_balance WHERE locked > 0 AND id = (SELECT max(id) FROM ledger_balance WHERE locked > 0)"],
        ["its postings say", "open orders need"],
    ),
    "altered hash": (
        ["UPDATE ledger_chainlink SET hash = decode('00', 'hex') WHERE id = (SELECT max(id) FROM ledger_chainlink)"],
        ["is broken"],
    ),
    "altered head": (
        ["UPDATE ledger_writer SET chain_hash = decode('00', 'hex') WHERE id = 2"],
        ["writer 2 stands at entry"],
    ),
    "removed link": (
        [
            "DELETE FROM ledger_chainlink WHERE id = "
            "(SELECT id FROM ledger_chainlink WHERE writer_id = 2 ORDER BY id OFFSET 1 LIMIT 1)"
        ],
        ["has a gap before entry"],
    ),
    "removed last entry with its postings": (
        [
            f"DELETE FROM ledger_posting WHERE entry_id = {LAST_ENTRY}",
            f"DELETE FROM ledger_journalentry WHERE id = {LAST_ENTRY}",
        ],
        ["chain of writer 2 is broken", "but has"],
    ),
    "renumbered entry": (
        [f"UPDATE ledger_journalentry SET sequence = sequence + 1 WHERE id = {LAST_ENTRY}"],
        ["chain of writer 2 is broken", "but has"],
    ),
    "another reason": (
        [f"UPDATE ledger_journalentry SET kind = 5 WHERE id = {LAST_ENTRY}"],
        ["chain of writer 2 is broken"],
    ),
    "order that says it filled": (
        [
            "UPDATE matching_order SET filled_quantity = filled_quantity + 0.1 WHERE id = "
            "(SELECT max(id) FROM matching_order WHERE status = 1)"
        ],
        ["its trades sum to", "open orders need"],
    ),
    "order that is open again": (
        ["UPDATE matching_order SET status = 1 WHERE id = (SELECT max(id) FROM matching_order WHERE status = 4)"],
        ["open orders need"],
    ),
    "missing trade": (
        ["DELETE FROM matching_trade WHERE id = (SELECT max(id) FROM matching_trade)"],
        ["its trades sum to", "stands at trade"],
    ),
    "missing outcome": (
        ["DELETE FROM matching_outcome WHERE command_id = (SELECT max(command_id) FROM matching_outcome)"],
        ["stands at command"],
    ),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_damage_is_found(traded: Exchange, damage: Damage, kind: str) -> None:
    statements, expected = DAMAGES[kind]
    damage(*statements)
    found = findings()
    for text in expected:
        assert any(text in finding for finding in found), f"{text!r} is not among {found}"


def test_the_command_fails_where_something_is_found(traded: Exchange, damage: Damage) -> None:
    call_command("ledger_verify", record=True)
    damage(*DAMAGES["altered available"][0])
    with pytest.raises(CommandError):
        call_command("ledger_verify", record=True)
    assert list(VerificationRun.objects.order_by("id").values_list("is_consistent", flat=True)) == [True, False]


class TestRebuilding:
    @pytest.mark.parametrize("kind", ["altered available", "altered locked", "missing balance"])
    def test_repairs_balances(self, traded: Exchange, damage: Damage, kind: str) -> None:
        before = sorted(Balance.objects.values_list("account_id", "asset_id", "available", "locked"))
        damage(*DAMAGES[kind][0])
        assert len(rebuild_balances(apply=False)) == 1
        assert findings() != [], "looking repairs nothing"
        (difference,) = rebuild_balances(apply=True)
        assert (difference.available, difference.locked) != (difference.posted_available, difference.posted_locked)
        assert sorted(Balance.objects.values_list("account_id", "asset_id", "available", "locked")) == before
        assert findings() == []
        assert rebuild_balances(apply=False) == []

    def test_the_check_of_what_changed_goes_on_after_it(self, traded: Exchange, damage: Damage) -> None:
        assert verify_changes().findings == []
        damage(*DAMAGES["missing balance"][0])
        assert verify_changes().findings != []
        rebuild_balances(apply=True)
        assert verify_changes().findings == []
        traded.place("owner", "SELL", "70000", "1")
        traded.run()
        assert verify_changes().findings == []

    def test_live_balances_are_what_the_journal_says(self, traded: Exchange) -> None:
        assert rebuild_balances(apply=False) == []


def test_says_nothing_while_another_process_trades(exchange: Exchange) -> None:
    with WorkerProcess(exchange.database, batch_limit=5) as worker:
        done, checks_while_trading = 0, 0
        for seed in range(4):
            done += len(log_flow(exchange, 40, seed=seed))
            while Outcome.objects.count() < done:
                assert findings() == []
                checks_while_trading += 1
        eventually(lambda: Outcome.objects.count() == done)
        worker.kill()
    assert checks_while_trading > 3, "it was over before it was looked at"
    audit(exchange)
