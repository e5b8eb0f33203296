"""Fixtures of all tests of the API: the cast, clean counters, and the proof that a refusal changed nothing."""

from collections.abc import Callable, Iterator

import pytest
import redis

from accounts.credentials import forget_credentials
from accounts.models import AccountChange, ApiKey, User
from tests.support.api import SignedClient, make_key


@pytest.fixture(autouse=True)
def nothing_remembered(redis_client: "redis.Redis") -> Iterator[None]:
    """Each test starts with empty counters and an empty cache of keys."""
    forget_credentials()
    yield
    forget_credentials()


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.get(username="owner")


@pytest.fixture
def colleague(db: None) -> User:
    return User.objects.get(username="colleague")


@pytest.fixture
def outsider(db: None) -> User:
    return User.objects.get(username="outsider")


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.get(username="staff")


@pytest.fixture
def owner_client(owner: User) -> SignedClient:
    return SignedClient(make_key(owner))


@pytest.fixture
def nothing_changed(db: None) -> Callable[[], bool]:
    """Whether users, keys and their history are still what they were when the fixture was made."""

    def state() -> list[list[tuple[object, ...]]]:
        return [list(model.objects.order_by("pk").values_list()) for model in (User, ApiKey, AccountChange)]

    before = state()
    return lambda: state() == before
