"""What users do with deposit addresses: add, look after, confirm, list, delete, one by one or many at once.

The exchange is asked before the database transaction that keeps its answer, and under no lock. An answer counts only
if the account still has the keys it was asked with: other keys may be another person's account there.
"""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.errors import FieldInvalid
from accounts.models import User
from kernel.errors import BourseError
from wallet.venues.core.fetched import FetchedAddresses
from wallet.venues.errors import (
    AddressBlocked,
    AddressNotConfirmed,
    AddressPending,
    DepositAddressExists,
    DepositAddressNotFound,
    ExchangeAccountInactive,
    ExchangeApiError,
)
from wallet.venues.models import Activity, AddressStatus, DepositAddress, ExchangeAccount, Listing
from wallet.venues.origin import Origin
from wallet.venues.services.activity import Done, log_account, log_addresses, shown
from wallet.venues.services.adding import LONGEST_DESCRIPTION, read_manual, read_new, read_user_metadata
from wallet.venues.services.alerts import watch_activity
from wallet.venues.services.asking import fetch_addresses
from wallet.venues.services.asking_many import fetch_many
from wallet.venues.services.blocking import block_account
from wallet.venues.services.finding import (
    found_account,
    is_same_owner_of_keys,
    locked_account,
    locked_address,
    require_usable,
)
from wallet.venues.services.forms import AddressChanges, BulkAction, BulkItem, BulkResult, NewAddress
from wallet.venues.services.marks import is_blocked, mark_address, read_line
from wallet.venues.services.reconciling import store_answer


def add_address(*, user: User, origin: Origin, account_id: UUID, new: NewAddress) -> DepositAddress:
    """Add an address by hand, or have the exchange give it: within 2 seconds, or with the reason why not.

    One that was deleted comes back. If the exchange gives another one than it did, the answer is the changed one.

    Raises ExchangeAccountNotFound, ExchangeAccountInactive (the exchange would have to be asked), DepositAddressExists,
    AddressBlocked, AddressInvalid, TagRequired, CurrencyNotSupported, ExchangeNetworkNotSupported, AddressPending,
    FieldInvalid, and what the exchange's failure is (`wallet.venues.errors`).
    """
    account = found_account(user_id=user.pk, account_id=account_id)
    new = read_new(new, account)
    if new.address.strip():
        return _add_by_hand(user=user, origin=origin, account_id=account_id, new=new)
    if new.tag.strip():
        raise FieldInvalid(details={"tag": ["It comes with an address."]})
    require_usable(account)
    try:
        fetched = _ask(account, origin=origin, currency=new.currency, network=new.network)
        return _add_given(account, fetched, origin=origin, new=new)
    except BourseError as error:
        _log_refused(account, new, error, origin=origin)
        raise


def update_address(*, user: User, origin: Origin, address_id: UUID, changes: AddressChanges) -> DepositAddress:
    """Change what is given. A changed address is active only once it is confirmed; a blocked one never.

    Raises DepositAddressNotFound, AddressNotConfirmed, AddressBlocked, FieldInvalid.
    """
    with transaction.atomic():
        account, row = locked_address(user_id=user.pk, address_id=address_id)
        before = _kept(row)
        mark_address(row, origin=origin, label=changes.label, listing=changes.listing)
        row.refresh_from_db(fields=["is_active"])
        if changes.description is not None:
            row.description = read_line(changes.description, "description", LONGEST_DESCRIPTION)
        if changes.user_metadata is not None:
            row.user_metadata = read_user_metadata(changes.user_metadata)
        log = [_confirm(row)] if changes.confirm and row.status != AddressStatus.CURRENT else []
        if changes.is_active is not None:
            if changes.is_active and row.status != AddressStatus.CURRENT:
                raise _not_current(row)
            row.is_active = changes.is_active
        wants_use = changes.confirm or changes.is_active
        if wants_use and is_blocked(user_id=row.user_id, network=row.network, address=row.address, tag=row.tag):
            raise AddressBlocked
        row.save(update_fields=["description", "user_metadata", "status", "is_active", "updated_at"])
        after = _kept(row)
        changed = [name for name in after if after[name] != before[name] and not (log and name == "status")]
        if changed and not (log and changed == ["is_active"]):
            old, now = {name: before[name] for name in changed}, {name: after[name] for name in changed}
            log.append(Done(Activity.ADDRESS_UPDATED, row, old=old, new=now))
        log_addresses(account, log, origin=origin)
        if changes.confirm and log:
            watch_activity(account.user, at=timezone.now())
    return row


def delete_address(*, user: User, origin: Origin, address_id: UUID) -> DepositAddress:
    """Take an address out of every list until it is added again: no sync brings it back.

    Raises DepositAddressNotFound.
    """
    with transaction.atomic():
        account, row = locked_address(user_id=user.pk, address_id=address_id)
        old = shown(row)
        row.deleted_at, row.is_active = timezone.now(), False
        row.save(update_fields=["deleted_at", "is_active", "updated_at"])
        log_addresses(account, [Done(Activity.ADDRESS_DELETED, row, old=old)], origin=origin)
        watch_activity(account.user, at=row.deleted_at)
    return row


def refresh_address(*, user: User, origin: Origin, address_id: UUID) -> DepositAddress:
    """Ask the exchange for an address again, within 2 seconds; the answer is that address as it stands now.

    Raises DepositAddressNotFound, ExchangeAccountInactive, and what the exchange's failure is.
    """
    known = DepositAddress.objects.filter(pk=address_id, user_id=user.pk, deleted_at=None).first()
    if known is None:
        raise DepositAddressNotFound
    account = found_account(user_id=user.pk, account_id=known.account_id)
    require_usable(account)
    try:
        fetched = _ask(account, origin=origin, currency=known.currency, network=known.network)
    except BourseError as error:
        with transaction.atomic():
            done = Done(Activity.ADDRESS_VERIFIED, known, new={"error": error.code})
            log_addresses(account, [done], origin=origin)
        raise
    with transaction.atomic():
        locked = _locked_for_answer(account)
        found = store_answer(
            locked,
            currency=known.currency,
            networks=[known.network],
            fetched=fetched,
            origin=origin,
            at=timezone.now(),
        )
        _, row = locked_address(user_id=user.pk, address_id=address_id)
        is_given = any(given.pk == row.pk for given in found.rows)
        new = {"given": is_given, "status": row.status}
        log_addresses(locked, [Done(Activity.ADDRESS_VERIFIED, row, new=new)], origin=origin)
    return row


def change_addresses(*, user: User, origin: Origin, action: BulkAction, items: Sequence[BulkItem]) -> list[BulkResult]:
    """Do one thing to many addresses; each has a result of its own, in their order, and fails alone.

    Raises FieldInvalid for more than `VENUE_MOST_AT_ONCE`, or for an item that is not of the action.
    """
    if len(items) > settings.VENUE_MOST_AT_ONCE:
        raise FieldInvalid(details={"items": [f"At most {settings.VENUE_MOST_AT_ONCE}."]})
    if action is BulkAction.CREATE:
        return _add_many(user=user, origin=origin, items=items)
    return [_change_one(user, origin, action, item) for item in items]


def _change_one(user: User, origin: Origin, action: BulkAction, item: BulkItem) -> BulkResult:
    if item.address_id is None:
        raise FieldInvalid(details={"ids": ["Each item names an address."]})
    try:
        if action is BulkAction.DELETE:
            row = delete_address(user=user, origin=origin, address_id=item.address_id)
        else:
            changes = item.changes if action is BulkAction.UPDATE else _CHANGES[action]
            row = update_address(user=user, origin=origin, address_id=item.address_id, changes=changes)
    except BourseError as error:
        return BulkResult(item.address_id, error=error)
    return BulkResult(row.pk, row)


_CHANGES = {
    BulkAction.ACTIVATE: AddressChanges(is_active=True),
    BulkAction.DEACTIVATE: AddressChanges(is_active=False),
    BulkAction.CONFIRM: AddressChanges(confirm=True),
    BulkAction.ALLOW: AddressChanges(listing=Listing.ALLOWED),
    BulkAction.BLOCK: AddressChanges(listing=Listing.BLOCKED),
    BulkAction.UNLIST: AddressChanges(listing=Listing.NONE),
}


def _add_many(*, user: User, origin: Origin, items: Sequence[BulkItem]) -> list[BulkResult]:
    """Those by hand at once; of the others each account is asked for all of its own, side by side."""
    results: list[BulkResult | None] = [None] * len(items)
    asked: dict[UUID, list[tuple[int, NewAddress]]] = {}
    accounts: dict[UUID, ExchangeAccount] = {}
    for position, item in enumerate(items):
        if item.account_id is None or item.new is None:
            raise FieldInvalid(details={"items": ["Each item names an account, a currency and a network."]})
        try:
            if item.new.address.strip():
                row = add_address(user=user, origin=origin, account_id=item.account_id, new=item.new)
                results[position] = BulkResult(row.pk, row)
                continue
            account = accounts.get(item.account_id) or found_account(user_id=user.pk, account_id=item.account_id)
            new = read_new(item.new, account)
            require_usable(account)
            accounts[item.account_id] = account
            asked.setdefault(item.account_id, []).append((position, new))
        except BourseError as error:
            results[position] = BulkResult(None, error=error)
    for account_id, wanted in asked.items():
        account = accounts[account_id]
        answers = fetch_many(account, [(new.currency, new.network) for _, new in wanted])
        for (position, new), answer in zip(wanted, answers, strict=True):
            try:
                if isinstance(answer, BourseError):
                    raise answer
                row = _add_given(account, answer, origin=origin, new=new)
                results[position] = BulkResult(row.pk, row)
            except BourseError as error:
                _note_refusal(account, error, origin=origin)
                _log_refused(account, new, error, origin=origin)
                results[position] = BulkResult(None, error=error)
    return [result for result in results if result is not None]


def _add_by_hand(*, user: User, origin: Origin, account_id: UUID, new: NewAddress) -> DepositAddress:
    given = read_manual(new)
    at = timezone.now()
    with transaction.atomic():
        account = locked_account(user_id=user.pk, account_id=account_id)
        if is_blocked(user_id=user.pk, network=given.network, address=given.address, tag=given.tag):
            raise AddressBlocked
        same = DepositAddress.objects.select_for_update(no_key=True).filter(
            account=account, currency=given.currency, network=given.network, address=given.address, tag=given.tag
        )
        row = same.first()
        if row is not None and row.deleted_at is None:
            raise DepositAddressExists(details={"address_id": str(row.pk)})
        if row is None:
            row = DepositAddress(
                account=account,
                user_id=account.user_id,
                exchange_id=account.exchange_id,
                currency=given.currency,
                network=given.network,
                address=given.address,
                tag=given.tag,
                type=account.kind,
                is_manual=True,
                is_format_checked=given.is_format_checked,
                first_seen_at=at,
            )
            action = Activity.ADDRESS_ADDED
        else:
            # Whoever enters an address with their own hands has compared it.
            row.deleted_at, row.status, row.is_active = None, AddressStatus.CURRENT, True
            action = Activity.ADDRESS_RESTORED
        row.description, row.user_metadata = new.description, dict(new.user_metadata)
        row.save()
        log_addresses(account, [Done(action, row, new=shown(row))], origin=origin)
        if new.label:
            mark_address(row, origin=origin, label=new.label)
    return row


def _add_given(
    asked_with: ExchangeAccount, fetched: FetchedAddresses, *, origin: Origin, new: NewAddress
) -> DepositAddress:
    """Keep what the exchange gave for a currency and a network; the address that somebody wanted to have."""
    if new.network in fetched.failed:
        raise fetched.failed[new.network]
    with transaction.atomic():
        account = _locked_for_answer(asked_with)
        here = DepositAddress.objects.filter(account=account, currency=new.currency, network=new.network)
        known = set(here.filter(deleted_at=None).values_list("pk", flat=True))
        found = store_answer(
            account,
            currency=new.currency,
            networks=[new.network],
            fetched=fetched,
            origin=origin,
            at=timezone.now(),
            restore=True,
        )
        fresh = [row for row in found.rows if row.pk not in known]
        row = next(iter(fresh), None)
        if row is not None:
            if new.description or new.user_metadata:
                row.description, row.user_metadata = new.description, dict(new.user_metadata)
                row.save(update_fields=["description", "user_metadata", "updated_at"])
            if new.label:
                mark_address(row, origin=origin, label=new.label)
    # What was learned is kept in any case: an address that changed is no reason to forget that it did.
    if row is not None:
        return row
    if found.rows:
        raise DepositAddressExists(details={"address_id": str(found.rows[0].pk)})
    raise AddressPending.at(asked_with.exchange_id, currency=new.currency)


def _ask(account: ExchangeAccount, *, origin: Origin, currency: str, network: str) -> FetchedAddresses:
    try:
        fetched = fetch_addresses(account, currency=currency, network=network)
    except ExchangeApiError as error:
        _note_refusal(account, error, origin=origin)
        raise
    if network in fetched.failed:
        _note_refusal(account, fetched.failed[network], origin=origin)
        raise fetched.failed[network]
    return fetched


def _log_refused(account: ExchangeAccount, new: NewAddress, error: BourseError, *, origin: Origin) -> None:
    """The log has what somebody wanted to add and did not get."""
    wanted = {"currency": new.currency, "network": new.network, "error": error.code}
    with transaction.atomic():
        log_account(account, Activity.ADDRESS_ADDED, origin=origin, new=wanted)


def _note_refusal(asked_with: ExchangeAccount, error: BourseError, *, origin: Origin) -> None:
    if not isinstance(error, ExchangeApiError) or not error.blocks_account:
        return
    with transaction.atomic():
        account = locked_account(user_id=asked_with.user_id, account_id=asked_with.pk)
        if is_same_owner_of_keys(asked_with, account):
            block_account(account, error=error, origin=origin, at=timezone.now())


def _locked_for_answer(asked_with: ExchangeAccount) -> ExchangeAccount:
    """The account under lock, if an answer that was fetched with these keys still is its own."""
    account = locked_account(user_id=asked_with.user_id, account_id=asked_with.pk)
    if not is_same_owner_of_keys(asked_with, account):
        raise ExchangeAccountInactive
    return account


def _confirm(row: DepositAddress) -> Done:
    if row.status != AddressStatus.CHANGED:
        raise _not_current(row)
    old = {"status": row.status, "is_active": row.is_active}
    row.status, row.is_active = AddressStatus.CURRENT, True
    return Done(Activity.ADDRESS_CONFIRMED, row, old=old, new={"status": row.status, "is_active": True})


def _not_current(row: DepositAddress) -> AddressNotConfirmed:
    if row.status == AddressStatus.CHANGED:
        return AddressNotConfirmed()
    return AddressNotConfirmed("The exchange no longer gives this address, so it cannot be used.")


def _kept(row: DepositAddress) -> dict[str, object]:
    return {
        "description": row.description,
        "user_metadata": row.user_metadata,
        "status": row.status,
        "is_active": row.is_active,
    }
