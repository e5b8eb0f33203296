"""Deposit addresses as rows of one statement, with what is shown along with them: account, labels, lists, successor.

A page is fifty of them, so each is the tuple that the database gave, and the statement is prepared by the server:
to put it together, to plan it and to make models of its rows took longer than everything else.
"""

import json
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from storage.connections import database_cursor
from wallet.venues.core.networks import needs_tag
from wallet.venues.models import AddressStatus, Listing
from wallet.venues.selectors.warnings import Warning, address_warnings


class AddressView(NamedTuple):
    """An address and what is said of it. Fields are the columns of `_SELECT`, in its order."""

    id: UUID
    account_id: UUID
    account_name: str
    is_sandbox: bool
    exchange_id: str
    currency: str
    network: str
    address: str
    tag: str
    type: str
    description: str
    status: str
    is_active: bool
    is_manual: bool
    is_format_checked: bool
    first_seen_at: str
    """This and the other moments: UTC as the database writes it, for `rfc3339_of`."""
    last_verified_at: str | None
    created_at: str
    updated_at: str
    exchange_metadata_json: str
    user_metadata_json: str
    replaces: UUID | None
    replaced_by: UUID | None
    own_label: str | None
    own_listing: str | None
    """The user's word; None where there is none."""
    listing_of_staff: str | None

    @property
    def label(self) -> str:
        return self.own_label or ""

    @property
    def listing(self) -> str:
        """The user's own word: "", "allowed" or "blocked"."""
        return self.own_listing or ""

    @property
    def is_blocked(self) -> bool:
        """By the user or by staff."""
        return Listing.BLOCKED in (self.own_listing, self.listing_of_staff)

    @property
    def needs_tag(self) -> bool:
        return bool(self.tag) or needs_tag(self.currency, self.network)

    @property
    def warnings(self) -> tuple[Warning, ...]:
        """What to heed before coins are sent there, the gravest first."""
        return address_warnings(
            self.status,
            self.is_active,
            self.is_blocked,
            self.is_sandbox,
            bool(self.tag),
            self.needs_tag,
            self.is_manual,
            self.is_format_checked,
        )

    @property
    def exchange_metadata(self) -> dict[str, Any]:
        return _object(self.exchange_metadata_json)

    @property
    def user_metadata(self) -> dict[str, Any]:
        return _object(self.user_metadata_json)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What addresses have to fulfil: SQL about `d` without anything that a client wrote, and its parameters."""

    sql: str
    parameters: tuple[object, ...]

    def __and__(self, other: "Conditions") -> "Conditions":
        return Conditions(f"{self.sql} AND {other.sql}", self.parameters + other.parameters)


_SELECT = f"""
    SELECT d.id, d.account_id, account.name, account.is_sandbox, d.exchange_id, d.currency, d.network, d.address, d.tag,
           d.type, d.description, d.status, d.is_active, d.is_manual, d.is_format_checked,
           (d.first_seen_at AT TIME ZONE 'UTC')::text, (d.last_verified_at AT TIME ZONE 'UTC')::text,
           (d.created_at AT TIME ZONE 'UTC')::text, (d.updated_at AT TIME ZONE 'UTC')::text,
           d.exchange_metadata::text, d.user_metadata::text, d.replaces_id,
           CASE WHEN d.status <> '{AddressStatus.CURRENT}' THEN (
               SELECT later.id FROM venues_depositaddress later
               WHERE later.replaces_id = d.id AND later.deleted_at IS NULL ORDER BY later.created_at DESC LIMIT 1
           ) END,
           own.label, own.listing, staff.listing
    FROM venues_depositaddress d
    JOIN venues_exchangeaccount account ON account.id = d.account_id
    LEFT JOIN venues_addressmark own ON own.user_id = d.user_id
         AND (own.network, own.address, own.tag) = (d.network, d.address, d.tag)
    LEFT JOIN venues_addressmark staff ON staff.user_id IS NULL
         AND (staff.network, staff.address, staff.tag) = (d.network, d.address, d.tag)
"""  # noqa: S608  constants only


def read_addresses(wanted: Conditions, *, order_by: str, limit: int) -> list[AddressView]:
    """`order_by` is SQL, too."""
    # The limit is a parameter so that the server plans for few rows: it then reads along the index of the order.
    statement = f"{_SELECT} WHERE {wanted.sql} ORDER BY {order_by} LIMIT %s"
    found = database_cursor().execute(statement, (*wanted.parameters, limit))
    return [AddressView._make(row) for row in found.fetchall()]


def _object(text: str) -> dict[str, Any]:
    """Most are empty."""
    return {} if text == "{}" else json.loads(text)
