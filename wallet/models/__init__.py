"""The tables of the funds: rails and networks, operations, deposits, withdrawals, their controls and their proofs."""

from wallet.models.bank import BankEntry, BankPayout, BankPayoutState, BankStatementImport, PaymentFile
from wallet.models.controls import KillSwitch, ReferencePrice, WithdrawalLimit
from wallet.models.deposits import Deposit, ReceivingAddress
from wallet.models.ingest import IngestReport
from wallet.models.notices import FundsEventCounter, FundsMail
from wallet.models.operations import BalanceOperation, FundsProcessor, OperationLink, OperationOutcome
from wallet.models.parking import ParkedOperation
from wallet.models.proofs import LiabilityLeaf, LiabilitySnapshot, LiabilityTree
from wallet.models.rails import IngestGrant, Rail, RailAsset, RailCredential, RailKind
from wallet.models.reconciliation import Adjustment, Reconciliation, ReconciliationDifference, SweepProposal
from wallet.models.resolutions import ClaimState, DepositClaim, SuspenseResolution
from wallet.models.withdrawals import (
    PayoutStatement,
    SavedAddress,
    Withdrawal,
    WithdrawalDecision,
    WithdrawalTransition,
)

__all__ = [
    "Adjustment",
    "BalanceOperation",
    "BankEntry",
    "BankPayout",
    "BankPayoutState",
    "BankStatementImport",
    "ClaimState",
    "Deposit",
    "DepositClaim",
    "FundsEventCounter",
    "FundsMail",
    "FundsProcessor",
    "IngestGrant",
    "IngestReport",
    "KillSwitch",
    "LiabilityLeaf",
    "LiabilitySnapshot",
    "LiabilityTree",
    "OperationLink",
    "OperationOutcome",
    "ParkedOperation",
    "PaymentFile",
    "PayoutStatement",
    "Rail",
    "RailAsset",
    "RailCredential",
    "RailKind",
    "ReceivingAddress",
    "Reconciliation",
    "ReconciliationDifference",
    "ReferencePrice",
    "SavedAddress",
    "SuspenseResolution",
    "SweepProposal",
    "Withdrawal",
    "WithdrawalDecision",
    "WithdrawalLimit",
    "WithdrawalTransition",
]
