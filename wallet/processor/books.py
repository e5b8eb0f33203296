"""What a batch works on: everything its operations name, locked, and the balances they move.

`Books` is filled in two steps. First what the operations name is read and their deposits and withdrawals are locked;
then each operation says which balances it needs (`needs`), these are locked in one statement, and the operations are
applied one after the other. Because everything is locked before anything is decided, no batch has to be run again.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from kernel.errors import invariant
from kernel.units import from_atoms, plain, to_atoms
from ledger.core.journal import JournalBatch
from ledger.journal import Scales
from ledger.locks import LockedRow
from ledger.models import AccountKind
from matching.worker.moments import datetime_of
from matching.worker.working_copy import WorkingBalance, WorkingCopy
from wallet.models import Withdrawal
from wallet.processor.deposit_rows import DepositRows
from wallet.processor.reading import AccountFacts, AssetFacts, Facts
from wallet.processor.refusals import (
    ACCOUNT_CLOSED,
    INSUFFICIENT_BALANCE,
    UNKNOWN_ACCOUNT,
    UNKNOWN_RAIL,
    Refused,
)
from wallet.processor.results import Collected

Pair = tuple[int, int]
"""Account and asset."""

INCOMING = "incoming"
HOT = "hot"


class SystemAccountMissing(Exception):
    """The funds writer has no such account yet; it is made in a database transaction of its own."""

    def __init__(self, kind: AccountKind, purpose: str) -> None:
        self.kind = kind
        self.purpose = purpose
        super().__init__(f"{kind}:{purpose}")


class Books:
    """The state of one batch."""

    def __init__(
        self,
        *,
        facts: Facts,
        deposits: DepositRows,
        withdrawals: dict[int, Withdrawal],
        directory: dict[Pair, int],
        at_us: int,
    ) -> None:
        self.assets = facts.assets
        self.accounts = facts.accounts
        self.rails = facts.rails
        self.deposits = deposits
        self.withdrawals = withdrawals
        self.copy = WorkingCopy(directory)
        self.collected = Collected()
        self.at_us = at_us
        self.at = datetime_of(at_us)
        self.last_entry_id = 0
        """The last entry of the batch so far."""
        self.scales = Scales({asset.id: asset.scale for asset in facts.assets.values()})
        self._system_accounts = facts.system_accounts
        self._custody: dict[tuple[str, str], int] = {}

    # --- what is known -------------------------------------------------------------------------------------------

    def user(self, account_id: int) -> AccountFacts:
        """Raises Refused unless it is the account of a user."""
        account = self.accounts.get(account_id)
        if account is None or account.user_id is None:
            raise Refused(UNKNOWN_ACCOUNT, account=str(account_id))
        return account

    def is_of_a_user(self, account_id: int) -> bool:
        account = self.accounts.get(account_id)
        return account is not None and account.user_id is not None

    def open_user(self, account_id: int) -> AccountFacts:
        """Raises Refused unless it is the account of a user and is not closed."""
        account = self.user(account_id)
        if is_closed(account):
            raise Refused(ACCOUNT_CLOSED, account=str(account_id))
        return account

    def require_rail(self, code: str) -> None:
        if code not in self.rails:
            raise Refused(UNKNOWN_RAIL, rail=code)

    def system(self, kind: AccountKind, purpose: str = "") -> int:
        """Raises SystemAccountMissing."""
        account_id = self._system_accounts.get((kind, purpose))
        if account_id is None:
            raise SystemAccountMissing(kind, purpose)
        return account_id

    def custody(self, rail: str, wallet: str) -> int:
        """The account that stands against one of a rail's wallets: what is there is below zero here."""
        account_id = self._custody.get((rail, wallet))
        if account_id is None:
            self.require_rail(rail)
            account_id = self._custody[rail, wallet] = self.system(AccountKind.CUSTODY, f"{rail}:{wallet}")
        return account_id

    # --- amounts -------------------------------------------------------------------------------------------------

    def atoms(self, amount: Decimal, asset: AssetFacts) -> int:
        return to_atoms(amount, asset.scale)

    def text(self, atoms: int, asset: AssetFacts) -> str:
        return plain(from_atoms(atoms, asset.scale))

    # --- what moves ----------------------------------------------------------------------------------------------

    def load_balances(self, pairs: Mapping[int, Pair], rows: Iterable[LockedRow]) -> None:
        """Balances under their locks; `pairs`: which they are, by their primary keys."""
        for row in rows:
            balance = self.copy.balance(*pairs[row.balance_id])
            scale = self.scales.by_asset[balance.asset_id]
            balance.start, balance.start_locked = to_atoms(row.available, scale), to_atoms(row.locked, scale)

    def available(self, account_id: int, asset: AssetFacts) -> int:
        balance = self.copy.balance(account_id, asset.id)
        return balance.start + balance.available_delta

    def locked(self, account_id: int, asset: AssetFacts) -> int:
        balance = self.copy.balance(account_id, asset.id)
        return balance.start_locked + balance.locked_delta

    def require_available(self, account_id: int, asset: AssetFacts, atoms: int) -> None:
        available = self.available(account_id, asset)
        if available < atoms:
            raise Refused(
                INSUFFICIENT_BALANCE,
                asset=asset.symbol,
                required=self.text(atoms, asset),
                available=self.text(available, asset),
            )

    def require_locked(self, account_id: int, asset: AssetFacts, atoms: int) -> None:
        """What the state of a row says is locked is locked; anything else is a broken invariant, not a refusal."""
        invariant(self.locked(account_id, asset) >= atoms, "what is to be unlocked is locked", account=account_id)

    def post(self, operation_id: int, kind: int, asset: AssetFacts, *moves: tuple[int, int, int]) -> None:
        """One entry: (account, available, locked) in atoms; where nothing moves nothing is written."""
        copy, asset_id, total = self.copy, asset.id, 0
        # A plain number: that of an enumeration is slow to write down.
        copy.open_entry(operation_id, int(kind))
        for account_id, available, locked in moves:
            total += available + locked
            copy.move(copy.balance(account_id, asset_id), available, locked)
        invariant(total == 0, "an entry sums to zero")
        copy.close_entry()

    def moved(self) -> list[WorkingBalance]:
        """The balances that are other than they were at the start of the batch."""
        return [balance for balance in self.copy.touched() if balance.available_delta or balance.locked_delta]

    def take_journal(self) -> JournalBatch:
        """The entries posted since the last call. Raises EntryUnbalanced."""
        self.copy.require_balanced()
        taken, self.copy.journal = self.copy.journal, JournalBatch()
        if taken.entry_ids:
            self.last_entry_id = taken.entry_ids[-1]
        return taken


def is_closed(account: AccountFacts) -> bool:
    return account.state == "closed" or not account.is_active
