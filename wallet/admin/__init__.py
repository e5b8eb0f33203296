"""Funds on the staff pages."""

from wallet.admin.controls import KillSwitchAdmin, ReferencePriceAdmin, SavedAddressAdmin, WithdrawalLimitAdmin
from wallet.admin.proofs import LiabilitySnapshotAdmin
from wallet.admin.withdrawals import WithdrawalAdmin

__all__ = [
    "KillSwitchAdmin",
    "LiabilitySnapshotAdmin",
    "ReferencePriceAdmin",
    "SavedAddressAdmin",
    "WithdrawalAdmin",
    "WithdrawalLimitAdmin",
]
