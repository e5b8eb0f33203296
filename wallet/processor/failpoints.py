"""Where a test may kill the balance processor: see `matching.worker.failpoints`."""

from enum import StrEnum


class FundsFailpoint(StrEnum):
    """The steps of a batch, in the order they are passed."""

    BATCH_BEGUN = "funds_batch_begun"
    OPERATIONS_READ = "funds_operations_read"
    APPLIED = "funds_applied"
    JOURNAL_WRITTEN = "funds_journal_written"
    OUTCOMES_WRITTEN = "funds_outcomes_written"
    STATE_WRITTEN = "funds_state_written"
    BALANCES_LOCKED = "funds_balances_locked"
    BALANCES_WRITTEN = "funds_balances_written"
    COMMITTED = "funds_committed"
    ANNOUNCED = "funds_announced"
