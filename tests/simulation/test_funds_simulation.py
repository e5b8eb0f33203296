"""Seeded runs of the whole of the funds under faults; `docs/funds-simulation.md`."""

import itertools
import os
from collections.abc import Iterator

import pytest

from exchange.simulation.run import simulate
from exchange.simulation.stage import SimulationImpossible
from tests.support import databases
from tests.support.exchange import Exchange

STEPS = 300
_numbers = itertools.count(1)


@pytest.fixture
def empty_database(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    name = f"bourse_test_{os.getpid()}_simulation_{next(_numbers)}"
    databases.create_database(name, from_template=databases.template(with_cast=False))
    with django_db_blocker.unblock(), databases.default_database(name):  # type: ignore[attr-defined]
        yield
    databases.drop_database(name)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_and_nothing_is_done_twice(empty_database: None, seed: int) -> None:
    report = simulate(seed=seed, steps=STEPS)
    print(report.states, dict(report.counts))
    assert report.violation == "", "\n".join(report.lines[-60:])
    assert report.steps == STEPS


def test_a_simulation_does_not_touch_an_exchange_with_users(exchange: Exchange) -> None:
    before = exchange.balance("owner", "BTC")
    with pytest.raises(SimulationImpossible):
        simulate(seed=1, steps=1)
    assert exchange.balance("owner", "BTC") == before
