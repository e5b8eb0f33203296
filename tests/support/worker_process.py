"""A matching worker in a process of its own, for tests that kill it: `python -m tests.support.worker_process`.

The loop is the one the Celery worker runs; only Celery is left out, which takes seconds to start.
"""

import signal
import sys
import time
from types import TracebackType

from tests.support.child_process import start


class WorkerProcess:
    """Starts the process; use it as a context manager, so that it never outlives its test."""

    def __init__(self, database: str, *, failpoint: str = "", batch_limit: int = 500) -> None:
        self.process = start("tests.support.worker_process", str(batch_limit), database=database, failpoint=failpoint)

    def wait(self, seconds: float = 120) -> int:
        """The exit code; minus the signal where one ended it."""
        return self.process.wait(seconds)

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> "WorkerProcess":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.kill()


def eventually(condition: object, *, seconds: float = 60, every: float = 0.02) -> None:
    """Wait until the callable returns something true; fail loudly if it never does."""
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(every)


def main() -> None:
    import django

    django.setup()
    import redis
    from django.conf import settings

    from matching.worker.batch_writers import configured_batch_writers
    from matching.worker.loop import MatchingLoop
    from matching.worker.publishing import Publisher
    from matching.worker.worker import MatchingWorker

    client = redis.Redis.from_url(settings.REDIS_URL)
    worker = MatchingWorker(
        shard_name="main",
        publisher=Publisher(client),
        batch_limit=int(sys.argv[1]),
        batch_writers=configured_batch_writers(),
    )
    loop = MatchingLoop(worker=worker, client=client, checkpoint_every=0)
    signal.signal(signal.SIGTERM, lambda *_: loop.stop())
    loop.run()


if __name__ == "__main__":
    main()
