"""Transfers with other users, as either side sees them: read from the account's postings and the log of funds."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from ledger.history import PostingFilter, list_postings
from ledger.models import Account, EntryKind
from wallet.core.decoding import read_message
from wallet.core.operations import InternalTransfer, Message
from wallet.models import BalanceOperation


@dataclass(frozen=True, slots=True)
class TransferView:
    """A transfer that was carried out; `amount` in units, positive in both directions."""

    id: int
    posting_id: int
    """What a page of them goes by."""
    asset: str
    amount: Decimal
    is_received: bool
    counterparty: str
    """The user name of the other side."""
    note: str
    at: datetime


def list_transfers(*, account_id: int, wanted: PostingFilter, limit: int) -> list[TransferView]:
    """The newest `limit` of those whose postings are wanted, of whatever kind that filter says."""
    postings = list_postings(account_id=account_id, wanted=replace(wanted, kind=EntryKind.TRANSFER), limit=limit)
    operations = BalanceOperation.objects.in_bulk([posting.entry_id for posting in postings])
    transfers = {pk: _transfer(read_message(row.request_id, row.message)) for pk, row in operations.items()}
    sides = {side for transfer in transfers.values() for side in (transfer.account_id, transfer.to_account_id)}
    names = dict(Account.objects.filter(pk__in=sides).values_list("pk", "user__username"))
    views = []
    for posting in postings:
        transfer = transfers[posting.entry_id]
        is_received = transfer.to_account_id == account_id
        views.append(
            TransferView(
                id=posting.entry_id,
                posting_id=posting.id,
                asset=posting.asset,
                amount=transfer.amount,
                is_received=is_received,
                counterparty=names[transfer.account_id if is_received else transfer.to_account_id],
                note=transfer.note,
                at=posting.posted_at,
            )
        )
    return views


def _transfer(message: Message) -> InternalTransfer:
    assert isinstance(message, InternalTransfer)  # what the journal calls a transfer was asked for as one
    return message
