"""Seeded runs of the whole of the funds under faults; `docs/funds-simulation.md`."""

import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from django.db import transaction

from exchange.simulation.far_end import FarEnd
from exchange.simulation.faults import Fault, ProcessKilled, draw_fault
from exchange.simulation.run import Report, simulate
from exchange.simulation.scratch import CHECKOUT, SimulationImpossible
from exchange.simulation.server import ScratchServer
from ledger.models import Asset
from matching.worker.failpoints import Failpoint, pass_failpoint
from storage.connections import ask_together, database_cursor
from tests.support import databases
from tests.support.exchange import Exchange
from wallet.simchain.client import NotReached

STEPS = 150
FEW_STEPS = 30
_numbers = itertools.count(1)
Run = Callable[[int, int], Report]


@pytest.fixture
def run(django_db_blocker: pytest.FixtureRequest) -> Run:
    """A simulation of a seed and a number of steps, on a fresh database."""

    def simulated(seed: int, steps: int) -> Report:
        name = f"bourse_test_{os.getpid()}_simulation_{next(_numbers)}"
        databases.create_database(name, from_template=databases.template(with_cast=False))
        try:
            with django_db_blocker.unblock(), databases.default_database(name):  # type: ignore[attr-defined]
                return simulate(seed=seed, steps=steps)
        finally:
            databases.drop_database(name)

    return simulated


@pytest.mark.parametrize("seed", [3, 5], ids=["payouts cannot be repeated", "payouts are made once"])
def test_nothing_is_lost_and_nothing_is_done_twice(run: Run, seed: int) -> None:
    report = run(seed, STEPS)
    print(report.states, dict(report.counts))
    assert report.violation == "", "\n".join(report.lines[-60:])
    assert report.steps == STEPS
    assert sum(report.counts.values()) > STEPS / 20, "hardly a fault happened; this proves nothing"
    assert "withdrawal CONFIRMED" in report.states


def test_the_same_seed_is_the_same_run(run: Run) -> None:
    first, second = run(1, FEW_STEPS), run(1, FEW_STEPS)
    assert first.lines == second.lines
    assert first.digest == second.digest != run(2, 1).digest


def test_a_violation_is_found_and_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A far end that pays more than it was asked for does not go unnoticed."""
    honest = FarEnd.send

    def generous(self: FarEnd, wallet: str, asset: str, outputs: list[dict[str, str]], **options: Any) -> Any:
        more = [{**output, "amount": str(int(output["amount"]) + 1)} for output in outputs]
        return honest(self, wallet, asset, more, **options)

    monkeypatch.setattr(FarEnd, "send", generous)
    report = run(5, STEPS)
    assert "seed 5, step" in report.violation


def test_a_payout_that_left_without_being_booked_is_found(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A far end that pays and says every time that it was not reached: the money is gone, the row waits for ever."""
    honest = FarEnd._ask

    def lying(self: FarEnd, method: str, path: str, **content: Any) -> dict[str, Any]:
        answer = honest(self, method, path, **content)
        if path == "/send" and content["json"]["client_id"].startswith("w"):
            self.attempts[content["json"]["client_id"]] -= 1
            raise NotReached(f"{method} {path}: away")
        return answer

    monkeypatch.setattr(FarEnd, "_ask", lying)
    report = run(5, STEPS)
    assert "does not come to rest" in report.violation
    assert "withdrawal SENDING" in report.states


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["before statement", "after statement"])
def test_statements_of_every_cursor_are_disturbed(place: str) -> None:
    """Processors send theirs on cursors of the driver, not on Django's."""
    statements: list[Callable[[], object]] = [
        lambda: database_cursor().execute("SELECT 1"),
        lambda: ask_together(("SELECT 1", ())),
        lambda: database_cursor().executemany("SELECT %s", [(1,), (2,)]),
        lambda: Asset.objects.count(),
    ]
    for number in range(1, len(statements) + 1):
        fault, done = Fault("killed", place, number), 0
        with suppress(ProcessKilled), transaction.atomic(), fault.lurking():
            for statement in statements:
                statement()
                done += 1
        assert fault.happened
        assert done == number - 1


def test_the_command_gives_it_services_of_its_own() -> None:
    """Also where the exchange's are not to be reached: their addresses are not passed on."""
    command = [sys.executable, "manage.py", "simulate_funds", "--seed", "3", "--steps", "5"]
    variables = os.environ | {"DATABASE_URL": "postgresql:///nowhere", "REDIS_URL": "unix:///nowhere"}
    ended = subprocess.run(
        command, cwd=CHECKOUT, env=variables, capture_output=True, text=True, timeout=600, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Nothing was lost, nothing was done twice." in ended.stdout


def test_the_server_of_a_simulation_is_restarted_as_after_a_crash() -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        with ScratchServer(Path(folder)) as server:
            with psycopg.connect(server.owner_url) as before:
                before.execute("CREATE TABLE kept (number int)")
                before.execute("INSERT INTO kept VALUES (1)")
                before.commit()
                before.execute("INSERT INTO kept VALUES (2)")
                server.restart()
                with pytest.raises(psycopg.OperationalError):
                    before.execute("SELECT 1")
            with psycopg.connect(server.owner_url) as after:
                assert after.execute("SELECT number FROM kept").fetchall() == [(1,)]
            psycopg.connect(server.app_url).close()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.owner_url)


def test_restarts_are_among_the_faults_where_there_is_such_a_server() -> None:
    restarts: list[int] = []
    for seed in range(1_000):
        with_server = draw_fault(Random(seed), [Failpoint.COMMITTED], lambda: restarts.append(1))
        without = draw_fault(Random(seed), [Failpoint.COMMITTED])
        assert without is None or without.name != "restarted"
        if with_server is not None and with_server.name == "restarted":
            with with_server.lurking():
                for _ in range(with_server.when):
                    pass_failpoint(Failpoint.COMMITTED)
            assert with_server.happened
    assert len(restarts) > 5


def test_a_simulation_does_not_touch_an_exchange_with_users(exchange: Exchange) -> None:
    before = exchange.balance("owner", "BTC")
    with pytest.raises(SimulationImpossible):
        simulate(seed=1, steps=1)
    assert exchange.balance("owner", "BTC") == before
