"""What clients ask for, as services take it. None leaves a thing as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from kernel.errors import BourseError
from wallet.venues.core.fetched import Credentials
from wallet.venues.models import DepositAddress, Listing


class Unset(Enum):
    """For a field where "nothing" is a value of its own."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, slots=True)
class AccountChanges:
    """What is to be changed about an account."""

    name: str | None = None
    is_active: bool | None = None
    credentials: Credentials | None = None
    """Other keys; the account is asked anew with them, and what blocked it is over."""
    keys_expire_at: datetime | Unset | None = UNSET
    """None: they do not expire. Left out with other keys, the old keys' end does not hold for the new ones."""
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address to be added: entered by hand, or with an empty `address` asked from the exchange."""

    currency: str
    network: str
    address: str = ""
    tag: str = ""
    label: str = ""
    description: str = ""
    user_metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddressChanges:
    """What is to be changed about an address. Label and listing hold wherever the same address occurs."""

    label: str | None = None
    description: str | None = None
    user_metadata: Mapping[str, Any] | None = None
    is_active: bool | None = None
    listing: Listing | None = None
    confirm: bool = False
    """The user has compared a changed address with what the exchange shows."""


class BulkAction(Enum):
    """What is done to many addresses at once."""

    CREATE = "create"
    UPDATE = "update"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    CONFIRM = "confirm"
    ALLOW = "allow"
    BLOCK = "block"
    UNLIST = "unlist"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One of many: an address that is there (`address_id`), or one to be added to an account."""

    address_id: UUID | None = None
    changes: AddressChanges = field(default_factory=AddressChanges)
    account_id: UUID | None = None
    new: NewAddress | None = None


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of one item: either the address as it is now, or why not."""

    address_id: UUID | None
    address: DepositAddress | None = None
    error: BourseError | None = None
