"""An exchange that is told what to say, and the people who have accounts there."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from tests.support.told_venue import ToldVenue, told_venue


@pytest.fixture
def venue() -> Iterator[ToldVenue]:
    with told_venue() as told:
        yield told


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.get(username="owner")


@pytest.fixture
def outsider(db: None) -> User:
    return User.objects.get(username="outsider")
