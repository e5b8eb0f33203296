"""A balance processor in a process of its own, for tests that kill it: `python -m tests.support.funds_process`.

It does what the Celery task does, again and again; only Celery is left out, which takes seconds to start.
"""

import sys
import time

from tests.support.child_process import start
from tests.support.worker_process import WorkerProcess

PAUSE_SECONDS = 0.01


class FundsProcess(WorkerProcess):
    """Starts the process; use it as a context manager, so that it never outlives its test."""

    def __init__(self, database: str, *, failpoint: str = "", batch_limit: int = 2_000) -> None:
        self.process = start("tests.support.funds_process", str(batch_limit), database=database, failpoint=failpoint)


def main() -> None:
    import django

    django.setup()
    from wallet.processor.processor import BalanceProcessor
    from wallet.processor.running import process_pending

    processor = BalanceProcessor(batch_limit=int(sys.argv[1]))
    while True:
        process_pending(processor)
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
