"""Funds on the staff pages."""

from wallet.admin.bank import BankEntryAdmin, BankPayoutAdmin, BankStatementImportAdmin, PaymentFileAdmin
from wallet.admin.controls import KillSwitchAdmin, ReferencePriceAdmin, SavedAddressAdmin, WithdrawalLimitAdmin
from wallet.admin.deposits import DepositAdmin, DepositClaimAdmin, ReceivingAddressAdmin, SuspenseResolutionAdmin
from wallet.admin.moves import SweepProposalAdmin
from wallet.admin.operations import BalanceOperationAdmin, ParkedOperationAdmin
from wallet.admin.proofs import LiabilitySnapshotAdmin
from wallet.admin.rails import IngestGrantAdmin, RailAdmin, RailAssetAdmin
from wallet.admin.reconciliation import AdjustmentAdmin, ReconciliationAdmin, ReconciliationDifferenceAdmin
from wallet.admin.withdrawals import WithdrawalAdmin

__all__ = [
    "AdjustmentAdmin",
    "BalanceOperationAdmin",
    "BankEntryAdmin",
    "BankPayoutAdmin",
    "BankStatementImportAdmin",
    "DepositAdmin",
    "DepositClaimAdmin",
    "IngestGrantAdmin",
    "KillSwitchAdmin",
    "LiabilitySnapshotAdmin",
    "ParkedOperationAdmin",
    "PaymentFileAdmin",
    "RailAdmin",
    "RailAssetAdmin",
    "ReceivingAddressAdmin",
    "ReconciliationAdmin",
    "ReconciliationDifferenceAdmin",
    "ReferencePriceAdmin",
    "SavedAddressAdmin",
    "SuspenseResolutionAdmin",
    "SweepProposalAdmin",
    "WithdrawalAdmin",
    "WithdrawalLimitAdmin",
]
