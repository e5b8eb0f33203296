"""Every read of deposit addresses, with what the user and staff say of them wherever they occur."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wallet.venues.errors import DepositAddressNotFound
from wallet.venues.models import AddressActivityLog, AddressStatus, DepositAddress
from wallet.venues.selectors.address_rows import AddressView, Conditions, read_addresses
from wallet.venues.selectors.paging import (
    PageOf,
    PageRequest,
    Place,
    is_moment,
    place_of,
    read_page,
    write_cursor,
)

ORDERINGS = {
    "created_at": "created_at",
    "updated_at": "updated_at",
    "currency": "currency",
    "network": "network",
    "exchange": "exchange_id",
    "address": "address",
}
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
class AddressGroup:
    """A user's addresses of a currency on a network, at all exchanges."""

    currency: str
    network: str
    addresses: list[AddressView]


def list_addresses(*, user_id: int, wanted: AddressFilter, page: PageRequest) -> PageOf[AddressView]:
    """A user's addresses. Raises FieldInvalid for another ordering or cursor."""
    place = place_of(page, ORDERINGS)
    direction = "DESC" if place.is_descending else "ASC"
    found = read_addresses(
        _wanted(user_id, wanted) & _beyond(place),
        order_by=f"d.{place.field} {direction}, d.id {direction}",
        limit=page.limit + 1,
    )
    items = found[: page.limit]
    has_more = len(found) > page.limit
    return PageOf(items, _cursor_after(items[-1], place.field, page.ordering) if has_more else None)


def get_address(*, user_id: int, address_id: UUID) -> AddressView:
    """Raises DepositAddressNotFound, also for somebody else's."""
    found = read_addresses(_of_user(user_id) & Conditions("d.id = %s", (address_id,)), order_by="d.id", limit=1)
    if not found:
        raise DepositAddressNotFound
    return found[0]


def get_addresses(address_ids: Iterable[UUID]) -> dict[UUID, AddressView]:
    """Whoever's they are, and deleted ones too: for what was done with them just now."""
    ids = list(address_ids)
    found = read_addresses(Conditions("d.id = ANY(%s)", (ids,)), order_by="d.id", limit=len(ids))
    return {view.id: view for view in found}


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
    groups: dict[tuple[str, str], list[AddressView]] = defaultdict(list)
    for view in read_addresses(
        _wanted(user_id, wanted or AddressFilter()),
        order_by="d.currency, d.network, d.exchange_id, d.created_at",
        limit=MOST_GROUPED,
    ):
        groups[view.currency, view.network].append(view)
    return [AddressGroup(currency, network, held) for (currency, network), held in groups.items()]


def _wanted(user_id: int, wanted: AddressFilter) -> Conditions:
    found = _of_user(user_id)
    for condition, value in (
        ("d.currency = %s", wanted.currency.upper() if wanted.currency else None),
        ("d.network = %s", wanted.network),
        ("d.exchange_id = %s", wanted.exchange_id),
        ("d.account_id = %s", wanted.account_id),
        ("d.status = %s", wanted.status),
    ):
        if value is not None:
            found &= Conditions(condition, (value,))
    if wanted.is_active is not None:
        # Not as a parameter: the index of what is active serves only who asks for nothing else.
        found &= Conditions("d.is_active" if wanted.is_active else "NOT d.is_active", ())
    if wanted.label is not None:
        found &= Conditions(f"{_IS_MARKED} AND label = %s)", (user_id, wanted.label))
    if wanted.search:
        text = _pattern(wanted.search)
        found &= Conditions(_HAS_TEXT, (text, wanted.search, user_id, text))
    return found


_IS_MARKED = "(d.network, d.address, d.tag) IN (SELECT network, address, tag FROM venues_addressmark WHERE user_id = %s"
"""Begins a condition about the user's own word."""
_HAS_TEXT = f"""(
    upper(d.address || E'\n' || d.tag || E'\n' || d.description) LIKE upper(%s) OR upper(d.currency) = upper(%s)
    OR {_IS_MARKED} AND upper(label) LIKE upper(%s))
)"""
"""The text is of one line, so it is not found across two of the three."""


def _pattern(text: str) -> str:
    """What holds the text, for LIKE."""
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def _of_user(user_id: int) -> Conditions:
    return Conditions("d.user_id = %s AND d.deleted_at IS NULL", (user_id,))


def _beyond(place: Place) -> Conditions:
    """After the page before."""
    if place.after is None:
        return Conditions("true", ())
    return Conditions(f"(d.{place.field}, d.id) {'<' if place.is_descending else '>'} (%s, %s)", place.after)


def _cursor_after(last: AddressView, field: str, ordering: str) -> str:
    value: str = getattr(last, field)
    return write_cursor(ordering, datetime.fromisoformat(value) if is_moment(field) else value, last.id)
