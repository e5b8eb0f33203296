"""Money on the staff pages: assets, balances, the journal and the checks of it."""

from ledger.admin.assets import AssetAdmin
from ledger.admin.balances import AccountAdmin, BalanceAdmin, WriterAdmin
from ledger.admin.journal import ChainLinkAdmin, JournalEntryAdmin, PostingAdmin
from ledger.admin.verification import VerificationRunAdmin

__all__ = [
    "AccountAdmin",
    "AssetAdmin",
    "BalanceAdmin",
    "ChainLinkAdmin",
    "JournalEntryAdmin",
    "PostingAdmin",
    "VerificationRunAdmin",
    "WriterAdmin",
]
