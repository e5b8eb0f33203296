"""The addresses a user sends to. Money goes to an address of the book and nowhere else.

A new entry can be used after 24 hours, so that whoever gets into an account cannot empty it at once and its owner, who
gets a mail, has time to notice. The very first entry of a newcomer can be used at once: there is nothing to protect
yet, and everything else about the withdrawal is checked all the same. An account that is older than that has money
whose owner may not be looking, so there the first entry waits like any other. Deleting an entry and saving it again
begins its 24 hours anew.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.selectors import is_newcomer
from wallet.core.addresses import AddressInvalid, Destination, format_named
from wallet.errors import AddressBookFull, AddressSavedAlready, SavedAddressNotFound, TagRequired, UnknownNetwork
from wallet.models import RailAsset, SavedAddress
from wallet.notices import mail_user

MAX_ADDRESSES = 100
MAX_LABEL_LENGTH = 60
FIRST_LABEL = "First withdrawal"


def terms_of_network(*, asset: str, network: str) -> RailAsset:
    """What a rail does with an asset on the network of that public name. Raises UnknownNetwork."""
    found = RailAsset.objects.select_related("rail", "asset").filter(asset__symbol=asset, network=network).first()
    if found is None:
        raise UnknownNetwork(details={"asset": asset[:20], "network": network[:20]})
    return found


def read_destination(terms: RailAsset, *, address: str, tag: str) -> Destination:
    """The one spelling of an address and a tag. Raises AddressInvalid, TagRequired."""
    if terms.needs_tag and not tag.strip():
        raise TagRequired(details={"network": terms.network})
    if terms.address_format:
        return format_named(terms.address_format).read(address, tag)
    address, tag = address.strip(), tag.strip()
    is_sound = 0 < len(address) <= 128 and len(tag) <= 64 and f"{address}{tag}".isascii()
    if not is_sound or not f"{address}{tag}".isprintable():
        raise AddressInvalid(details={"format": "", "reason": "Letters, digits and signs without accents."})
    return Destination(address, tag, is_checked=False)


def save_address(
    *,
    user: User,
    account_id: int,
    asset: str,
    network: str,
    label: str,
    address: str,
    tag: str = "",
    beneficiary: Mapping[str, object] | None = None,
) -> SavedAddress:
    """Add an address to the book; it is checked for that asset and network and serves all assets of the same rail.

    Raises UnknownNetwork, AddressInvalid, TagRequired, AddressSavedAlready, AddressBookFull.
    """
    terms = terms_of_network(asset=asset, network=network)
    destination = read_destination(terms, address=address, tag=tag)
    with transaction.atomic():
        return _save(
            user=user,
            account_id=account_id,
            terms=terms,
            label=label.strip()[:MAX_LABEL_LENGTH] or destination.address[:MAX_LABEL_LENGTH],
            destination=destination,
            beneficiary=beneficiary or {},
            at=timezone.now(),
        )


def delete_address(*, account_id: int, address_id: int) -> SavedAddress:
    """Take an address out of the book; what is on its way to it goes on. Raises SavedAddressNotFound."""
    with transaction.atomic():
        saved = (
            SavedAddress.objects.select_for_update(no_key=True)
            .filter(pk=address_id, account_id=account_id, deleted_at=None)
            .first()
        )
        if saved is None:
            raise SavedAddressNotFound
        saved.deleted_at = timezone.now()
        saved.save(update_fields=["deleted_at"])
    return saved


def find_or_save_first(
    *, user: User, account_id: int, terms: RailAsset, destination: Destination, at: datetime
) -> SavedAddress | None:
    """The entry of the book for a destination; for a newcomer who never had an entry it is made. None: not saved.

    Called in the database transaction of the withdrawal.
    """
    entries = SavedAddress.objects.filter(account_id=account_id)
    wanted = entries.filter(rail_id=terms.rail_id, address=destination.address, tag=destination.tag, deleted_at=None)
    found = wanted.first()
    if found is not None or not is_newcomer(user, at=at):
        return found
    _lock_book(user)
    # What the same request, sent twice at once, has saved is seen behind the lock only.
    found = wanted.first()
    if found is not None or entries.exists():
        return found
    return _save(
        user=user,
        account_id=account_id,
        terms=terms,
        label=FIRST_LABEL,
        destination=destination,
        beneficiary={},
        at=at,
    )


def cooling_off(*, user: User, account_id: int, at: datetime) -> timedelta:
    """How long an address that is saved now has to wait before it can be used."""
    if is_newcomer(user, at=at) and not SavedAddress.objects.filter(account_id=account_id).exists():
        return timedelta()
    return timedelta(hours=settings.WITHDRAWAL_ADDRESS_COOLING_HOURS)


def _lock_book(user: User) -> None:
    """Make two simultaneous requests see each other's entry: only one is an account's first."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)


def _save(
    *,
    user: User,
    account_id: int,
    terms: RailAsset,
    label: str,
    destination: Destination,
    beneficiary: Mapping[str, object],
    at: datetime,
) -> SavedAddress:
    _lock_book(user)
    if SavedAddress.objects.filter(account_id=account_id, deleted_at=None).count() >= MAX_ADDRESSES:
        raise AddressBookFull(details={"maximum": MAX_ADDRESSES})
    try:
        with transaction.atomic():
            saved = SavedAddress.objects.create(
                account_id=account_id,
                rail_id=terms.rail_id,
                label=label,
                address=destination.address,
                tag=destination.tag,
                beneficiary=dict(beneficiary),
                created_at=at,
                usable_at=at + cooling_off(user=user, account_id=account_id, at=at),
            )
    except IntegrityError as error:
        raise AddressSavedAlready from error
    mail_user(
        user=user,
        template="address_added",
        context={
            "label": saved.label,
            "address": saved.address,
            "tag": saved.tag,
            "network": terms.network,
            "usable_at": saved.usable_at.isoformat(timespec="minutes"),
        },
    )
    return saved
