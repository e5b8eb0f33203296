from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.urls import clear_url_caches, set_urlconf
from pytest_django import Settings

from tests.support.api_fixtures import (
    colleague,
    nothing_changed,
    nothing_remembered,
    outsider,
    owner,
    owner_client,
    staff,
)
from tests.support.private_redis import PrivateRedis, private_redis

__all__ = ["colleague", "nothing_changed", "nothing_remembered", "outsider", "owner", "owner_client", "staff"]


@pytest.fixture(autouse=True)
def _probe_addresses(settings: Settings) -> Iterator[None]:
    settings.ROOT_URLCONF = "tests.integration.api_foundation.probe_urls"
    clear_url_caches()
    set_urlconf(None)
    yield
    clear_url_caches()


def rows_written() -> int:
    """How many rows the probe view has written."""
    return Group.objects.filter(name__regex="^(written|deleted) ").count()


@pytest.fixture
def own_redis(settings: Settings) -> Iterator[PrivateRedis]:
    """The edge of this test talks to a Redis that the test may kill; it is old enough to be trusted."""
    with private_redis() as server:
        settings.REDIS_URL = server.url
        yield server
