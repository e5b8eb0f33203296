"""Drives the processor until nothing is pending, and survives what fails."""

import logging
import time
from collections.abc import Callable

from wallet.processor.parking import DATABASE_AWAY, run_isolated
from wallet.processor.processor import BalanceProcessor

log = logging.getLogger(__name__)

SECONDS_APART = 0.05
"""Far below what anybody who waits for a deposit notices, and some tens of operations in one commit in a busy time."""


class Pace:
    """Keeps batches apart from each other, so that what comes in meanwhile is one of them.

    A batch of few costs hardly less than one of many, in time on the cores and on the disk that trading needs as well.
    The first one after a quiet time does not wait, and of full ones none: they take longer than that.
    """

    def __init__(
        self,
        seconds: float = SECONDS_APART,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`seconds` from the beginning of a batch to that of the next one."""
        self._seconds = seconds
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def run(self, batch: Callable[[], int]) -> int:
        """Wait for the time of this batch and run it; what it returns is how much it did, and nothing sets no pace."""
        wait = self._next - self._clock()
        if wait > 0:
            self._sleep(wait)
        began = self._clock()
        done = batch()
        if done:
            self._next = began + self._seconds
        return done


def process_pending(processor: BalanceProcessor | None = None, *, pace: Pace | None = None) -> int:
    """Apply everything that is pending; returns how many operations that was.

    A failing operation is parked and the others go on. Raises what the database raises when it is away; nothing is
    lost then, the next call goes on where the last commit was.
    """
    processor = processor or BalanceProcessor()
    pace = pace or Pace(0)
    total = 0
    while True:
        try:
            applied = pace.run(processor.run_once)
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception("a batch of funds failed; looking for the operation that is to blame")
            applied = run_isolated(processor, processor.pending())
        total += applied
        if not applied:
            return total
