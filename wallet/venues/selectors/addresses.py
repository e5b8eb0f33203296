"""Every read of deposit addresses, with what the user and staff say of them wherever they occur."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from wallet.venues.core.networks import needs_tag
from wallet.venues.errors import DepositAddressNotFound
from wallet.venues.models import (
    AddressActivityLog,
    AddressMark,
    AddressStatus,
    DepositAddress,
    ExchangeAccount,
    Listing,
)
from wallet.venues.selectors.paging import PageOf, PageRequest, read_page
from wallet.venues.selectors.warnings import Warning, address_warnings

ORDERINGS = {
    "created_at": "created_at",
    "updated_at": "updated_at",
    "currency": "currency",
    "network": "network",
    "exchange": "exchange_id",
    "address": "address",
}
_OF_ACCOUNT = {"id", "name", "is_sandbox"}
_NOT_SHOWN = [
    f"account__{field.attname}" for field in ExchangeAccount._meta.concrete_fields if field.attname not in _OF_ACCOUNT
]
_NO_MARK = ("", "")
# Read with every page and every address: to put it together anew each time took longer than to answer it.
_MARKS = """
    SELECT user_id, network, address, tag, label, listing
    FROM venues_addressmark
    WHERE address = ANY(%s) AND (user_id = ANY(%s) OR user_id IS NULL)
"""
MOST_GROUPED = 2_000
"""Addresses in an answer that is not cut into pages."""


@dataclass(frozen=True, slots=True)
class AddressFilter:
    """Which addresses; None leaves a thing open."""

    currency: str | None = None
    network: str | None = None
    exchange_id: str | None = None
    account_id: UUID | None = None
    status: AddressStatus | None = None
    is_active: bool | None = None
    label: str | None = None
    """The whole label."""
    search: str | None = None
    """A part of address, tag, currency, description or label."""


@dataclass(frozen=True, slots=True)
class AddressView:
    """An address and what is said of it; of its account, what is shown with it was read along."""

    address: DepositAddress
    label: str
    listing: str
    """The user's own word: "", "allowed" or "blocked"."""
    is_blocked: bool
    """By the user or by staff."""
    needs_tag: bool
    replaced_by: UUID | None
    warnings: list[Warning]


@dataclass(frozen=True, slots=True)
class AddressGroup:
    """A user's addresses of a currency on a network, at all exchanges."""

    currency: str
    network: str
    addresses: list[AddressView]


def list_addresses(*, user_id: int, wanted: AddressFilter, page: PageRequest) -> PageOf[AddressView]:
    """A user's addresses. Raises FieldInvalid for another ordering or cursor."""
    found = read_page(_wanted(user_id, wanted), page, ORDERINGS)
    return PageOf(views_of_addresses(found.items), found.next_cursor)


def get_address(*, user_id: int, address_id: UUID) -> AddressView:
    """Raises DepositAddressNotFound, also for somebody else's."""
    found = next(iter(_of_user(user_id).filter(pk=address_id).order_by()), None)
    if found is None:
        raise DepositAddressNotFound
    return views_of_addresses([found])[0]


def address_history(*, user_id: int, address_id: UUID, page: PageRequest) -> PageOf[AddressActivityLog]:
    """What was done to an address, newest first; of a deleted one too. Raises DepositAddressNotFound, FieldInvalid."""
    if not DepositAddress.objects.filter(pk=address_id, user_id=user_id).exists():
        raise DepositAddressNotFound
    rows = AddressActivityLog.objects.filter(user_id=user_id, address_id=address_id).select_related("actor")
    return read_page(rows, PageRequest(page.limit, page.cursor, "-at"), {"at": "at"})


def addresses_by_currency(*, user_id: int, currency: str) -> list[AddressGroup]:
    """A currency's addresses at all exchanges, by network."""
    return grouped_addresses(user_id=user_id, wanted=AddressFilter(currency=currency))


def grouped_addresses(*, user_id: int, wanted: AddressFilter | None = None) -> list[AddressGroup]:
    """Addresses across exchanges, by currency and network; at most `MOST_GROUPED` of them."""
    rows = _wanted(user_id, wanted or AddressFilter()).order_by("currency", "network", "exchange_id", "created_at")
    groups: dict[tuple[str, str], list[AddressView]] = defaultdict(list)
    for row in views_of_addresses(rows[:MOST_GROUPED]):
        groups[row.address.currency, row.address.network].append(row)
    return [AddressGroup(currency, network, held) for (currency, network), held in groups.items()]


def views_of_addresses(addresses: Iterable[DepositAddress]) -> list[AddressView]:
    """What the API shows of addresses, in their order."""
    shown = list(addresses)
    marks = _marks(shown)
    replacements = _replacements([row for row in shown if row.status != AddressStatus.CURRENT])
    views = []
    for row in shown:
        place = (row.network, row.address, row.tag)
        label, listing = marks.get((row.user_id, *place), _NO_MARK)
        _, of_staff = marks.get((None, *place), _NO_MARK)
        is_blocked = Listing.BLOCKED in (listing, of_staff)
        tag_needed = needs_tag(row.currency, row.network)
        views.append(
            AddressView(
                address=row,
                label=label,
                listing=listing,
                is_blocked=is_blocked,
                needs_tag=tag_needed or bool(row.tag),
                replaced_by=replacements.get(row.pk),
                warnings=address_warnings(row, is_blocked=is_blocked, needs_tag=tag_needed),
            )
        )
    return views


def _marks(rows: list[DepositAddress]) -> dict[tuple[int | None, str, str, str], tuple[str, str]]:
    """Label and list of each place, by user; without one, the word of staff."""
    if not rows:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, [list({row.address for row in rows}), list({row.user_id for row in rows})])
        return {tuple(place): (label, listing) for *place, label, listing in cursor.fetchall()}


def _replacements(rows: list[DepositAddress]) -> dict[UUID, UUID]:
    """What came in place of each, if anything has."""
    if not rows:
        return {}
    later = DepositAddress.objects.filter(replaces__in=[row.pk for row in rows], deleted_at=None)
    found = later.order_by("created_at").values_list("replaces", "pk")
    return {replaced: by for replaced, by in found if replaced is not None}


def _wanted(user_id: int, wanted: AddressFilter) -> QuerySet[DepositAddress]:
    rows = _of_user(user_id)
    exact = {
        "currency": wanted.currency.upper() if wanted.currency else None,
        "network": wanted.network,
        "exchange_id": wanted.exchange_id,
        "account_id": wanted.account_id,
        "status": wanted.status,
        "is_active": wanted.is_active,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.label is not None:
        rows = rows.filter(Exists(_own_marks(user_id).filter(label=wanted.label)))
    if wanted.search:
        text = wanted.search
        places = Q(address__icontains=text) | Q(tag__icontains=text) | Q(description__icontains=text)
        is_labelled = Exists(_own_marks(user_id).filter(label__icontains=text))
        rows = rows.filter(places | Q(currency__iexact=text) | Q(is_labelled))
    return rows


def _own_marks(user_id: int) -> QuerySet[AddressMark]:
    """The user's word about the address of an outer query."""
    return AddressMark.objects.filter(
        user_id=user_id, network=OuterRef("network"), address=OuterRef("address"), tag=OuterRef("tag")
    )


def _of_user(user_id: int) -> QuerySet[DepositAddress]:
    return _shown().filter(user_id=user_id)


@cache
def _shown() -> QuerySet[DepositAddress]:
    """Addresses that are not deleted; never read itself, so that it can be kept and narrowed down."""
    # A page is fifty rows: what is not shown of their accounts would be most of what is read.
    return DepositAddress.objects.filter(deleted_at=None).select_related("account").defer(*_NOT_SHOWN)
