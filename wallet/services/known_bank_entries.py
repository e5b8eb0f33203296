"""What a file says about entries that an earlier file has brought: they have to be what they were.

An entry is known by the bank's id. The same id with another amount, day or direction, or the same booking in other
parts, would be money that is left out or counts twice: such a file is refused. Where only the words are others, as
when a bank tells more later, the entry stays as it came first, and staff are told.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils import timezone

from risk.models import RiskEventType, Severity
from risk.services import record_risk_event
from wallet.core.bank_statements import StatementInvalid, other_id
from wallet.models import BankEntry, Rail

_MONEY = ("asset_id", "amount", "booked_on", "is_reversal")
_WORDS = ("remittance", "payout_id", "counterparty", "counterparty_account")


def known_entries(rail: Rail, told: Sequence[BankEntry]) -> set[str]:
    """The ids of those entries of a file that the rail has; call it with the rail locked. Raises StatementInvalid."""
    ids = {name for row in told for name in (row.external_id, other_id(row.external_id))}
    earlier = {row.external_id: row for row in BankEntry.objects.filter(rail=rail, external_id__in=ids)}
    known, retold = set(), []
    for row in told:
        first = earlier.get(row.external_id) or _under_the_other_id(row, earlier)
        if first is None:
            continue
        if any(getattr(first, name) != getattr(row, name) for name in _MONEY):
            raise StatementInvalid("An earlier file had another entry of this id.", place=row.external_id)
        known.add(row.external_id)
        if any(getattr(first, name) != getattr(row, name) for name in _WORDS):
            retold.append(row.external_id)
    _require_same_parts(rail, told, known)
    if retold:
        _tell_retold(rail, retold)
    return known


def _under_the_other_id(row: BankEntry, earlier: dict[str, BankEntry]) -> BankEntry | None:
    """An entry and what takes it back go opposite ways. Where both go the same way they are one entry, told twice."""
    first = earlier.get(other_id(row.external_id))
    return first if first is not None and (first.amount > 0) == (row.amount > 0) else None


def _require_same_parts(rail: Rail, told: Iterable[BankEntry], known: set[str]) -> None:
    bookings: defaultdict[str, set[str]] = defaultdict(set)
    for row in told:
        if row.booking_id:
            bookings[row.booking_id].add(row.external_id)
    for first in BankEntry.objects.filter(Q(booking_id__in=bookings) | _kept_without_booking(bookings), rail=rail):
        booking = first.booking_id
        if not booking:
            booking = first.external_id if first.external_id in bookings else first.external_id.removesuffix("/1")
        if first.external_id not in bookings[booking] or not bookings[booking] <= known:
            raise StatementInvalid(
                "An earlier file had this booking in other parts. What else is new in the file, bring in as CSV.",
                place=booking,
            )


def _kept_without_booking(bookings: Iterable[str]) -> Q:
    """Of entries that came before bookings were kept: all of the booking, or the first of its parts."""
    return Q(booking_id="", external_id__in=[name for booking in bookings for name in (booking, f"{booking}/1")])


def _tell_retold(rail: Rail, ids: list[str]) -> None:
    at = timezone.now()
    record_risk_event(
        event_type=RiskEventType.DEPOSIT,
        severity=Severity.MEDIUM,
        fingerprint=f"bank entries retold:{rail.code}",
        description=f"{rail.name} tells known entries in other words than before; see whether money can be assigned",
        metadata={"rail": rail.code, "external_ids": ids[:500]},
        first_seen_at=at,
        last_seen_at=at,
    )
