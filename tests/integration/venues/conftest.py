"""An exchange that is told what to say, and the people who have accounts there."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from tests.support.told_venue import ToldVenue, told_venue
from wallet.venues.services import asking, asking_many, catalogue

PATIENT_SECONDS = 60.0


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A good answer is none too late because the machine stood still. Tests of the time limits name theirs."""
    for module, limit in (
        (asking, "TEST_SECONDS"),
        (asking, "CURRENCY_SECONDS"),
        (catalogue, "CURRENCY_SECONDS"),
        (asking_many, "BULK_SECONDS"),
    ):
        monkeypatch.setattr(module, limit, PATIENT_SECONDS)


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
