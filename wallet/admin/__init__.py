"""Funds on the staff pages."""

from wallet.admin.proofs import LiabilitySnapshotAdmin

__all__ = ["LiabilitySnapshotAdmin"]
