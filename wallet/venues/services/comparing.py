"""What an exchange's answer about one network means for the addresses known of it. Decides, and stores nothing.

An exchange may give several addresses for a currency on a network, so it is their set that counts:

- a current address that is still in the set is verified, and others beside it are simply new;
- a current address that is missing from a set with something unknown in it has been *replaced*, and what came in its
  place is *changed*: nobody may use either before the user has confirmed the new one;
- one that is missing from a set in which nothing is unknown is *gone*;
- one that comes back after it was gone is current again; after it was replaced only if what replaced it was never
  confirmed. Whatever else comes back, or is new where nothing trusted is left, is changed.

Addresses that were entered by hand and never seen say nothing about what the exchange gave before. They stay as they
are, unless they are all that is known of the network and the exchange names others: then they are replaced like any.
A deleted address neither comes back nor counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from wallet.venues.core.fetched import FetchedAddress
from wallet.venues.models import AddressStatus, DepositAddress

Place = tuple[str, str]
"""Address and tag."""


@dataclass(frozen=True, slots=True)
class NewAddressFound:
    """An address nobody knew; what it replaces, if anything."""

    fetched: FetchedAddress
    status: AddressStatus
    replaces: DepositAddress | None = None


@dataclass(slots=True)
class Verdict:
    """What is to be done with the addresses of one network."""

    verified: list[DepositAddress] = field(default_factory=list)
    returned: list[DepositAddress] = field(default_factory=list)
    """Current again."""
    disputed: list[tuple[DepositAddress, DepositAddress | None]] = field(default_factory=list)
    """Back, and changed until they are confirmed; with what they replace."""
    new: list[NewAddressFound] = field(default_factory=list)
    replaced: list[DepositAddress] = field(default_factory=list)
    gone: list[DepositAddress] = field(default_factory=list)

    @property
    def has_changed(self) -> bool:
        return bool(self.disputed) or any(one.status == AddressStatus.CHANGED for one in self.new)


def compare(
    *,
    known: Sequence[DepositAddress],
    stood: Mapping[UUID, str],
    deleted: frozenset[Place],
    given: Sequence[FetchedAddress],
) -> Verdict:
    """`known`: not deleted, oldest first. `stood`: the status of those replaced or gone, before they were."""
    verdict = Verdict()
    by_place = {(one.address, one.tag): one for one in given}
    present = [row for row in known if place_of(row) in by_place]
    places = {place_of(row) for row in known}
    unknown = [one for place, one in by_place.items() if place not in places and place not in deleted]
    verdict.verified = [row for row in present if row.status in (AddressStatus.CURRENT, AddressStatus.CHANGED)]
    is_trusted_there = any(row.status == AddressStatus.CURRENT for row in present)
    missing = [row for row in known if place_of(row) not in by_place and _counts(row, is_trusted_there, bool(unknown))]
    trusted_missing = [row for row in missing if row.status == AddressStatus.CURRENT]
    for row in present:
        if row.status in (AddressStatus.CURRENT, AddressStatus.CHANGED):
            continue
        is_superseded = row.status == AddressStatus.REPLACED and is_trusted_there
        if stood.get(row.pk) == AddressStatus.CURRENT and not trusted_missing and not is_superseded:
            verdict.returned.append(row)
        else:
            verdict.disputed.append((row, trusted_missing[0] if trusted_missing else None))
    is_calm = not trusted_missing and (is_trusted_there or bool(verdict.returned) or not known)
    stands_for = trusted_missing or missing or list(known[-1:])
    for position, fetched in enumerate(unknown):
        if is_calm:
            verdict.new.append(NewAddressFound(fetched, AddressStatus.CURRENT))
        else:
            replaces = stands_for[min(position, len(stands_for) - 1)]
            verdict.new.append(NewAddressFound(fetched, AddressStatus.CHANGED, replaces))
    has_successor = bool(unknown or verdict.disputed or verdict.returned)
    (verdict.replaced if has_successor else verdict.gone).extend(missing)
    return verdict


def place_of(row: DepositAddress) -> Place:
    return row.address, row.tag


def _counts(row: DepositAddress, is_trusted_there: bool, is_anything_unknown: bool) -> bool:
    """Whether it means something that the exchange did not give this one."""
    if row.status not in (AddressStatus.CURRENT, AddressStatus.CHANGED):
        return False
    if row.is_manual:
        return is_anything_unknown and not is_trusted_there
    return True
