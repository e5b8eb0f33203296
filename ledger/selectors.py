"""What people may read of the books: their account and their balances. Postings are in `ledger.history`."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import connections

from kernel.errors import BourseError
from ledger.errors import UnknownAsset
from ledger.models import Account, Asset, Balance, ChainLink, JournalEntry, VerificationRun

NIGHT_BEGINS, NIGHT_HOURS = 3, 3
"""UTC. All of the books are checked when few people trade."""
LONGEST_WITHOUT_FULL_CHECK = timedelta(hours=26)
"""Then they are checked at any time of the day."""


class AccountMissing(BourseError):
    """The user has no ledger account, and so nothing to trade with: staff, for instance."""

    code = "ACCOUNT_MISSING"
    status = 403
    message = "This user has no trading account."


@dataclass(frozen=True, slots=True)
class BalanceView:
    """What an account holds of one asset, in units."""

    asset: str
    available: Decimal
    locked: Decimal
    version: int


_account_ids: dict[tuple[object, int], int] = {}
"""(database, user) to account. A user's account never changes, so a process keeps it for good."""

_MAX_KEPT_ACCOUNTS = 200_000


def account_id_of(user_id: int) -> int:
    """The ledger account of a user. Raises AccountMissing for a user who has none yet."""
    place = (connections.databases["default"]["NAME"], user_id)
    account_id = _account_ids.get(place)
    if account_id is None:
        account_id = Account.objects.filter(user_id=user_id).values_list("id", flat=True).first()
        if account_id is None:
            raise AccountMissing
        if len(_account_ids) >= _MAX_KEPT_ACCOUNTS:
            _account_ids.clear()
        _account_ids[place] = account_id
    return account_id


def asset_by_symbol(symbol: str) -> Asset:
    """Raises UnknownAsset."""
    asset = Asset.objects.filter(symbol=symbol).first() if symbol.isalnum() else None
    if asset is None:
        raise UnknownAsset(details={"asset": symbol[:20]})
    return asset


def list_balances(*, account_id: int) -> list[BalanceView]:
    """All balances of the account, by asset; assets it never held are left out."""
    rows = Balance.objects.filter(account_id=account_id).order_by("asset__symbol")
    return [BalanceView(*row) for row in rows.values_list("asset__symbol", "available", "locked", "version")]


def available_balance(*, account_id: int, asset_id: int) -> Decimal:
    """What the account can spend of an asset right now, in units."""
    row = Balance.objects.filter(account_id=account_id, asset_id=asset_id).values_list("available", flat=True)
    return row.first() or Decimal(0)


def posting_range_of_entry(*, entry_id: int) -> tuple[int, int] | None:
    """Between which ids the entry's postings lie: those of its link in the chain. None where there is no such entry.

    Postings are not indexed by entry; within this range of the primary key few are left to look at.
    """
    entry = JournalEntry.objects.filter(pk=entry_id).values("writer_id", "sequence").first()
    if entry is None:
        return None
    links = ChainLink.objects.filter(writer_id=entry["writer_id"], first_sequence__lte=entry["sequence"])
    return links.order_by("-first_sequence").values_list("first_posting_id", "last_posting_id").first()


def decisive_check() -> VerificationRun | None:
    """The check of the books that counts: one that found something, the full one or that of the last changes, else the
    last one. None where none was made yet."""
    newest = VerificationRun.objects.order_by("-pk")
    last_of_each = list(newest.filter(is_full=True)[:1].union(newest.filter(is_full=False)[:1], all=True))
    wrong = [run for run in last_of_each if not run.is_consistent]
    return max(wrong or last_of_each, key=lambda run: run.pk, default=None)


def last_full_check() -> VerificationRun | None:
    """The last check of everything; None where none was made yet."""
    return VerificationRun.objects.filter(is_full=True).order_by("-pk").first()


def is_full_check_due(*, at: datetime) -> bool:
    """Whether all of the books are to be checked now: once a night; at once where that was missed, or never done."""
    last = last_full_check()
    if last is None or at - last.started_at > LONGEST_WITHOUT_FULL_CHECK:
        return True
    night = at.astimezone(UTC).replace(hour=NIGHT_BEGINS, minute=0, second=0, microsecond=0)
    return last.started_at < night <= at < night + timedelta(hours=NIGHT_HOURS)
