"""Refusals about proofs of what the exchange owes and holds."""

from kernel.errors import BourseError


class LiabilitySnapshotMissing(BourseError):
    """No such snapshot of liabilities; right after the start there is none at all."""

    code = "LIABILITY_SNAPSHOT_MISSING"
    status = 404
    message = "There is no such proof of liabilities."
