"""Seeded runs of the whole of the funds under faults; `docs/funds-simulation.md`."""

import itertools
import os
from collections.abc import Callable
from typing import Any

import pytest

from exchange.simulation.far_end import FarEnd
from exchange.simulation.run import Report, simulate
from exchange.simulation.stage import SimulationImpossible
from tests.support import databases
from tests.support.exchange import Exchange

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


@pytest.mark.parametrize("seed", [1, 5], ids=["payouts cannot be repeated", "payouts are made once"])
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


def test_a_simulation_does_not_touch_an_exchange_with_users(exchange: Exchange) -> None:
    before = exchange.balance("owner", "BTC")
    with pytest.raises(SimulationImpossible):
        simulate(seed=1, steps=1)
    assert exchange.balance("owner", "BTC") == before
