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
    """This and the other moments as the API writes them: the database does that in a fraction of our time."""
    last_verified_at: str | None
    created_at: str
    updated_at: str
    exchange_metadata_json: str | None
    """None where there is nothing in it; so is the next."""
    user_metadata_json: str | None
    replaces: UUID | None
    replaced_by: UUID | None
    label: str
    listing: str
    """The user's own word: "", "allowed" or "blocked"."""
    is_blocked: bool
    """By the user or by staff."""

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
        return json.loads(self.exchange_metadata_json) if self.exchange_metadata_json else {}

    @property
    def user_metadata(self) -> dict[str, Any]:
        return json.loads(self.user_metadata_json) if self.user_metadata_json else {}


@dataclass(frozen=True, slots=True)
class Conditions:
    """What addresses have to fulfil: SQL about `d` without anything that a client wrote, and its parameters."""

    sql: str
    parameters: tuple[object, ...]

    def __and__(self, other: "Conditions") -> "Conditions":
        return Conditions(f"{self.sql} AND {other.sql}", self.parameters + other.parameters)


def _moment(column: str) -> str:
    return f"""to_char(d.{column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


_SELECT = f"""
    SELECT d.id, d.account_id, account.name, account.is_sandbox, d.exchange_id, d.currency, d.network, d.address, d.tag,
           d.type, d.description, d.status, d.is_active, d.is_manual, d.is_format_checked,
           {_moment("first_seen_at")}, {_moment("last_verified_at")}, {_moment("created_at")}, {_moment("updated_at")},
           nullif(d.exchange_metadata, '{{}}')::text, nullif(d.user_metadata, '{{}}')::text, d.replaces_id,
           CASE WHEN d.status <> '{AddressStatus.CURRENT}' THEN (
               SELECT later.id FROM venues_depositaddress later
               WHERE later.replaces_id = d.id AND later.deleted_at IS NULL ORDER BY later.created_at DESC LIMIT 1
           ) END,
           coalesce(own.label, ''), coalesce(own.listing, ''),
           coalesce(own.listing = '{Listing.BLOCKED}', false) OR coalesce(staff.listing = '{Listing.BLOCKED}', false)
"""  # noqa: S608  constants only
_JOINED = """
    JOIN venues_exchangeaccount account ON account.id = d.account_id
    LEFT JOIN venues_addressmark own ON own.user_id = d.user_id
         AND (own.network, own.address, own.tag) = (d.network, d.address, d.tag)
    LEFT JOIN venues_addressmark staff ON staff.user_id IS NULL
         AND (staff.network, staff.address, staff.tag) = (d.network, d.address, d.tag)
"""


def read_addresses(wanted: Conditions, *, order_by: str, limit: int) -> list[AddressView]:
    """`order_by` is SQL, too."""
    # What is shown along is looked up for the page alone. The limit is a parameter so that the server plans for few
    # rows: it then reads along the index of the order.
    statement = f"""
        {_SELECT}
        FROM (SELECT * FROM venues_depositaddress d WHERE {wanted.sql} ORDER BY {order_by} LIMIT %s) d
        {_JOINED} ORDER BY {order_by}
    """  # noqa: S608  nothing that a client wrote
    found = database_cursor().execute(statement, (*wanted.parameters, limit))
    return [AddressView._make(row) for row in found.fetchall()]
