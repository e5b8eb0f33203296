"""Labels and lists: what users and staff say of an address, at whichever exchange it occurs."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.errors import FieldInvalid, ReasonMissing
from accounts.models import User
from accounts.staff import record_staff_action
from wallet.venues.models import Activity, AddressMark, DepositAddress, ExchangeAccount, Listing
from wallet.venues.origin import Origin
from wallet.venues.services.activity import Done, log_addresses

LONGEST_LABEL = 60


def mark_address(
    address: DepositAddress, *, origin: Origin, label: str | None = None, listing: Listing | None = None
) -> None:
    """Say something of an address, for its user, at all of their exchanges. A blocked one is active nowhere.

    Called in a database transaction, with the address's account locked. Raises FieldInvalid.
    """
    if label is None and listing is None:
        return
    mark, _ = AddressMark.objects.select_for_update(no_key=True).get_or_create(
        user_id=address.user_id, network=address.network, address=address.address, tag=address.tag
    )
    old = {"label": mark.label, "listing": mark.listing}
    if label is not None:
        mark.label = read_line(label, "label", LONGEST_LABEL)
    if listing is not None:
        mark.listing = listing.value
    new = {"label": mark.label, "listing": mark.listing}
    changed = [name for name in new if new[name] != old[name]]
    if not changed:
        return
    mark.save()
    old, new = {name: old[name] for name in changed}, {name: new[name] for name in changed}
    same = _everywhere(network=address.network, address=address.address, tag=address.tag, user_id=address.user_id)
    if listing == Listing.BLOCKED:
        _switch_off(same)
    _log(same, origin=origin, old=old, new=new)


def block_for_everybody(
    *, staff: User, network: str, address: str, tag: str = "", listing: Listing = Listing.BLOCKED, reason: str
) -> AddressMark:
    """The word of staff about an address: it is blocked for everybody, and switched off wherever it is; or no longer.

    Users' own lists stay as they are, and what was switched off is switched on again by its users alone. Raises
    ReasonMissing, FieldInvalid for an allow list, which staff have none of.
    """
    if not reason.strip():
        raise ReasonMissing
    if listing == Listing.ALLOWED:
        raise FieldInvalid(details={"listing": ["Staff block addresses, or do not."]})
    with transaction.atomic():
        mark, _ = AddressMark.objects.select_for_update(no_key=True).get_or_create(
            user=None, network=network.strip(), address=address.strip(), tag=tag.strip()
        )
        old = mark.listing
        mark.listing, mark.reason = listing.value, reason.strip()[:200]
        mark.save()
        same = _everywhere(network=mark.network, address=mark.address, tag=mark.tag)
        if listing == Listing.BLOCKED:
            _switch_off(same)
        _log(same, origin=Origin(actor=staff), old={"listing_of_staff": old}, new={"listing_of_staff": mark.listing})
        record_staff_action(
            by=staff,
            subject_kind="deposit address",
            subject=f"{mark.network} {mark.address}"[:60],
            action="block" if listing == Listing.BLOCKED else "unblock",
            old={"listing": old},
            new={"listing": mark.listing, "addresses": len(same)},
            reason=reason,
        )
    return mark


def is_blocked(*, user_id: int, network: str, address: str, tag: str) -> bool:
    """Whether the user, or staff, do not want an address used."""
    return AddressMark.objects.filter(
        Q(user_id=user_id) | Q(user=None), network=network, address=address, tag=tag, listing=Listing.BLOCKED
    ).exists()


def read_line(text: str, field: str, longest: int) -> str:
    """One line of text. Raises FieldInvalid."""
    text = text.strip()
    if len(text) > longest or not text.isprintable():
        raise FieldInvalid(details={field: [f"One line of at most {longest} characters."]})
    return text


def _everywhere(*, network: str, address: str, tag: str, user_id: int | None = None) -> list[DepositAddress]:
    rows = DepositAddress.objects.select_for_update(no_key=True, of=("self",)).filter(
        network=network, address=address, tag=tag, deleted_at=None
    )
    if user_id is not None:
        rows = rows.filter(user_id=user_id)
    return list(rows.order_by("pk"))


def _switch_off(rows: list[DepositAddress]) -> None:
    active = [row.pk for row in rows if row.is_active]
    DepositAddress.objects.filter(pk__in=active).update(is_active=False, updated_at=timezone.now())


def _log(rows: list[DepositAddress], *, origin: Origin, old: dict[str, str], new: dict[str, str]) -> None:
    accounts = ExchangeAccount.objects.only("pk", "user_id").in_bulk({row.account_id for row in rows})
    for row in rows:
        done = Done(Activity.ADDRESS_MARKED, row, old=old, new=new)
        log_addresses(accounts[row.account_id], [done], origin=origin)
