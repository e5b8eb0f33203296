"""Which accounts trade for the exchange itself. A trade between two of them is a house trade."""

from ledger.models import Account
from matching.selectors.cache import ShortCache

KEEP_SECONDS = 2.0
"""How long a changed mark may go unnoticed by a process."""

_cache: ShortCache[frozenset[int]] = ShortCache(seconds=KEEP_SECONDS)


def house_account_ids() -> frozenset[int]:
    """The accounts of all house users."""
    return _cache.get("house", _read)


def forget_house_accounts() -> None:
    """Ask the database at the next question."""
    _cache.forget()


def _read() -> frozenset[int]:
    return frozenset(Account.objects.filter(user__is_house=True).values_list("pk", flat=True))
