"""Money that stays inside: from user to user, from wallet to wallet, and corrections.

Entries (rail `sim`):

    INTERNAL_TRANSFER  sender available   -amount                  receiver available  +amount
    SWEEP              custody of source  +(amount + network fee)  custody of goal     -amount   expenses -network fee
    ADJUSTMENT         whatever two people agreed to; no balance that may not be below zero gets there
"""

from collections.abc import Iterator
from decimal import Decimal

from kernel.units import plain
from ledger.models import AccountKind, EntryKind
from ledger.verification import needed_of
from storage.connections import database_cursor
from wallet.core.operations import Adjustment, InternalTransfer, Sweep
from wallet.processor.books import Books, Pair
from wallet.processor.reading import AssetFacts, PendingOperation
from wallet.processor.refusals import (
    INSUFFICIENT_BALANCE,
    LOCK_NOT_NEEDED,
    UNKNOWN_ACCOUNT,
    WITHDRAWALS_FROZEN,
    Refused,
)
from wallet.processor.results import TRANSFER_EVENT, Mail

Detail = dict[str, str]
_MAY_BE_BELOW_ZERO = frozenset(map(str, (AccountKind.OPENING, AccountKind.CUSTODY, AccountKind.EXPENSES)))


def transfer_needs(message: InternalTransfer, books: Books) -> Iterator[Pair]:
    asset = books.assets[message.asset]
    yield books.user(message.account_id).id, asset.id
    yield books.user(message.to_account_id).id, asset.id


def apply_transfer(operation: PendingOperation, message: InternalTransfer, books: Books) -> Detail:
    asset = books.assets[message.asset]
    sender, receiver = books.open_user(message.account_id), books.open_user(message.to_account_id)
    if sender.state == "withdraw_frozen":
        raise Refused(WITHDRAWALS_FROZEN)
    atoms = books.atoms(message.amount, asset)
    books.require_available(sender.id, asset, atoms)
    books.post(operation.operation_id, EntryKind.TRANSFER, asset, (sender.id, -atoms, 0), (receiver.id, atoms, 0))
    for account, other, direction in ((sender, receiver, "sent"), (receiver, sender, "received")):
        content = {
            "id": str(operation.operation_id),
            "asset": asset.symbol,
            "amount": plain(message.amount),
            "direction": direction,
            "counterparty": other.username,
            "note": message.note,
        }
        books.collected.tell(account.id, operation.operation_id, TRANSFER_EVENT, **content)
        if account.user_id is not None and not account.is_house:
            books.collected.mails.append(Mail(account.user_id, f"transfer_{direction}", content))
    return {}


def sweep_needs(message: Sweep, books: Books) -> Iterator[Pair]:
    asset = books.assets[message.asset]
    books.require_rail(message.rail)
    yield books.system(AccountKind.CUSTODY, message.from_purpose), asset.id
    yield books.system(AccountKind.CUSTODY, message.to_purpose), asset.id
    yield books.system(AccountKind.EXPENSES), asset.id


def apply_sweep(operation: PendingOperation, message: Sweep, books: Books) -> Detail:
    asset = books.assets[message.asset]
    books.require_rail(message.rail)
    amount, network_fee = books.atoms(message.amount, asset), books.atoms(message.network_fee, asset)
    books.post(
        operation.operation_id,
        EntryKind.SWEEP,
        asset,
        (books.system(AccountKind.CUSTODY, message.from_purpose), amount + network_fee, 0),
        (books.system(AccountKind.CUSTODY, message.to_purpose), -amount, 0),
        (books.system(AccountKind.EXPENSES), -network_fee, 0),
    )
    return {}


def adjustment_needs(message: Adjustment, books: Books) -> Iterator[Pair]:
    asset = books.assets[message.asset]
    for account_id, _, _ in message.lines:
        if account_id not in books.accounts:
            raise Refused(UNKNOWN_ACCOUNT, account=str(account_id))
        yield account_id, asset.id


def apply_adjustment(operation: PendingOperation, message: Adjustment, books: Books) -> Detail:
    """Raises Refused where a balance that may not be below zero would be.

    Of a user's money stays locked what orders, withdrawals and held deposits need, whatever two people agree to.
    """
    asset = books.assets[message.asset]
    moves = [
        (account_id, books.atoms(Decimal(available), asset), books.atoms(Decimal(locked), asset))
        for account_id, available, locked in message.lines
    ]
    for account_id, available, locked in moves:
        if account_id not in books.accounts:
            raise Refused(UNKNOWN_ACCOUNT, account=str(account_id))
        after = books.available(account_id, asset) + available, books.locked(account_id, asset) + locked
        if min(after) < 0 and books.accounts[account_id].kind not in _MAY_BE_BELOW_ZERO:
            raise Refused(INSUFFICIENT_BALANCE, account=str(account_id), asset=asset.symbol)
        if locked and books.is_of_a_user(account_id):
            _require_needed(account_id, asset, after[1], books)
    books.post(operation.operation_id, EntryKind.ADJUSTMENT, asset, *moves)
    for account_id, available, locked in moves:
        account = books.accounts[account_id]
        if account.user_id is not None:
            content = {
                "id": str(operation.operation_id),
                "asset": asset.symbol,
                "amount": books.text(available + locked, asset),
                "direction": "adjustment",
                "reason": message.reason,
            }
            books.collected.tell(account_id, operation.operation_id, TRANSFER_EVENT, **content)
            books.collected.mails.append(Mail(account.user_id, "balance_adjusted", content))
    return {}


def _require_needed(account_id: int, asset: AssetFacts, locked: int, books: Books) -> None:
    """Raises Refused where something else than this has to be locked."""
    # The database is asked, so it has to know what this batch did: withdrawals are in their rows already.
    books.deposits.write(database_cursor(), at=books.at)
    needed = books.atoms(needed_of(account_id=account_id, asset_id=asset.id), asset)
    if locked != needed:
        raise Refused(
            LOCK_NOT_NEEDED,
            account=str(account_id),
            asset=asset.symbol,
            locked=books.text(locked, asset),
            needed=books.text(needed, asset),
        )
