"""Fixtures of all tests. `db` rolls back; `exchange` is a database of its own with real commits."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings

from tests.support import databases
from tests.support.exchange import Exchange

_numbers = itertools.count(1)

SLOW_FIRST = ("e2e", "contract", "bench", "simulation", "integration/streams", "integration", "property", "unit")
"""Long tests begin early, so that no process of a run waits at its end for the long test of another."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by these folders; the order within each stays."""
    root = Path(__file__).parent
    places = {
        path: next(n for n, name in enumerate(SLOW_FIRST) if path.is_relative_to(root / name))
        for path in {item.path for item in items}
    }
    items.sort(key=lambda item: places[item.path])


def _own_name() -> str:
    return f"bourse_test_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """What pytest-django's `db` runs on: a clone of the template with the cast in it."""
    name = _own_name()
    databases.create_database(name, from_template=databases.template(with_cast=True))
    with django_db_blocker.unblock(), databases.default_database(name):  # type: ignore[attr-defined]
        yield
    databases.drop_database(name)


@pytest.fixture
def redis_client() -> Iterator["redis.Redis"]:
    """This test process's own Redis database, empty."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.flushdb()
    yield client
    client.close()


@pytest.fixture
def exchange(django_db_blocker: pytest.FixtureRequest, redis_client: "redis.Redis") -> Iterator[Exchange]:
    """A whole exchange with its own database: commits are real, other processes can join."""
    name = f"{_own_name()}_{next(_numbers)}"
    databases.create_database(name, from_template=databases.template(with_cast=True))
    with django_db_blocker.unblock(), databases.default_database(name):  # type: ignore[attr-defined]
        house = Exchange(database=name, redis_client=redis_client)
        yield house
        house.close()
    databases.drop_database(name)
