"""Drives the processor until nothing is pending, and survives what fails."""

import logging

from wallet.processor.parking import DATABASE_AWAY, run_isolated
from wallet.processor.processor import BalanceProcessor

log = logging.getLogger(__name__)


def process_pending(processor: BalanceProcessor | None = None) -> int:
    """Apply everything that is pending; returns how many operations that was.

    A failing operation is parked and the others go on. Raises what the database raises when it is away; nothing is
    lost then, the next call goes on where the last commit was.
    """
    processor = processor or BalanceProcessor()
    total = 0
    while True:
        try:
            applied = processor.run_once()
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception("a batch of funds failed; looking for the operation that is to blame")
            applied = run_isolated(processor, processor.pending())
        total += applied
        if not applied:
            return total
