"""Storing what an exchange said about the addresses of one currency: all of it in one commit, or nothing.

The account is locked by the caller, so answers about it are taken one after the other; the same answer twice changes
nothing the second time but `last_verified_at`.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from wallet.venues.core.fetched import FetchedAddress, FetchedAddresses
from wallet.venues.metrics import ADDRESSES
from wallet.venues.models import (
    Activity,
    AddressActivityLog,
    AddressMark,
    AddressStatus,
    DepositAddress,
    ExchangeAccount,
    Listing,
)
from wallet.venues.origin import Origin
from wallet.venues.services.activity import Done, log_addresses, shown
from wallet.venues.services.alerts import raise_blocked, raise_changed, watch_activity
from wallet.venues.services.comparing import Place, Verdict, compare, place_of
from wallet.venues.services.telling import tell_changed


@dataclass(slots=True)
class Findings:
    """What an answer changed."""

    added: int = 0
    updated: int = 0
    removed: int = 0
    changed: int = 0
    rows: list[DepositAddress] = field(default_factory=list)
    """What the exchange gives now and nobody deleted, the new ones first."""


def store_answer(
    account: ExchangeAccount,
    *,
    currency: str,
    networks: Collection[str],
    fetched: FetchedAddresses,
    origin: Origin,
    at: datetime,
    restore: bool = False,
) -> Findings:
    """Keep what an exchange said of a currency. `account` is locked, and its user and exchange were read along.

    `networks`: which were asked for, by our names; none: all, and then nothing is concluded of those without an answer.
    `restore`: deleted addresses that are given come back, because somebody asked for them.
    """
    found = Findings()
    by_network: dict[str, list[FetchedAddress]] = defaultdict(list)
    for one in fetched.addresses:
        # What was not asked for is never stored, whoever says it.
        if one.currency == currency and (not networks or one.network in networks):
            by_network[one.network].append(one)
    for network in sorted((set(networks) | by_network.keys()) - fetched.failed.keys()):
        _store_network(
            account, currency, network, by_network.get(network, []), found, origin=origin, at=at, restore=restore
        )
    return found


def _store_network(
    account: ExchangeAccount,
    currency: str,
    network: str,
    given: Sequence[FetchedAddress],
    found: Findings,
    *,
    origin: Origin,
    at: datetime,
    restore: bool,
) -> None:
    stored = DepositAddress.objects.select_for_update(no_key=True).filter(
        account=account, currency=currency, network=network
    )
    rows = list(stored.order_by("first_seen_at", "pk"))
    by_place = {(one.address, one.tag): one for one in given}
    log: list[Done] = []
    if restore:
        for row in rows:
            if row.deleted_at is not None and place_of(row) in by_place:
                row.deleted_at = None
                row.is_active = row.status == AddressStatus.CURRENT
                row.save(update_fields=["deleted_at", "is_active", "updated_at"])
                log.append(Done(Activity.ADDRESS_RESTORED, row, new=shown(row)))
    known = [row for row in rows if row.deleted_at is None]
    deleted = frozenset(place_of(row) for row in rows if row.deleted_at is not None)
    before = _as_they_stood([row for row in known if row.status in (AddressStatus.REPLACED, AddressStatus.GONE)])
    verdict = compare(
        known=known, stood={pk: status for pk, (status, _) in before.items()}, deleted=deleted, given=given
    )
    blocked = _blocked_places(account.user_id, network, by_place.keys())
    # What is deleted in the same answer that brings it back stays as it is told: first what goes, then what comes.
    for row, status in (
        *((row, AddressStatus.REPLACED) for row in verdict.replaced),
        *((row, AddressStatus.GONE) for row in verdict.gone),
    ):
        log.append(_go(row, status))
    came = [_come_back(row, AddressStatus.CURRENT, None, before, blocked, log) for row in verdict.returned]
    came += [
        _come_back(row, AddressStatus.CHANGED, replaces, before, blocked, log) for row, replaces in verdict.disputed
    ]
    new = _create(account, currency, network, verdict, blocked, log, at=at)
    _verify(verdict.verified + came, by_place, found, at=at)
    log_addresses(account, log, origin=origin)
    _alert(account, verdict, came, new, blocked, origin=origin, at=at)
    found.added += len(new)
    found.updated += len(came)
    found.removed += len(verdict.gone)
    found.changed += sum(row.status == AddressStatus.CHANGED for row in [*new, *came])
    found.rows += [*new, *came, *verdict.verified]
    for finding, count in (("added", len(new)), ("removed", len(verdict.gone)), ("replaced", len(verdict.replaced))):
        if count:
            ADDRESSES.labels(account.exchange_id, finding).inc(count)


def _go(row: DepositAddress, status: AddressStatus) -> Done:
    old = {"status": row.status, "is_active": row.is_active}
    row.status, row.is_active = status, False
    row.save(update_fields=["status", "is_active", "updated_at"])
    action = Activity.ADDRESS_REPLACED if status == AddressStatus.REPLACED else Activity.ADDRESS_GONE
    return Done(action, row, old=old, new={"status": row.status, "is_active": False})


def _come_back(
    row: DepositAddress,
    status: AddressStatus,
    replaces: DepositAddress | None,
    before: dict[UUID, tuple[str, bool]],
    blocked: Collection[Place],
    log: list[Done],
) -> DepositAddress:
    old = {"status": row.status, "is_active": row.is_active}
    row.status = status
    was_active = before.get(row.pk, ("", False))[1]
    row.is_active = status == AddressStatus.CURRENT and was_active and place_of(row) not in blocked
    if replaces is not None:
        row.replaces = replaces
    row.save(update_fields=["status", "is_active", "replaces", "updated_at"])
    action = Activity.ADDRESS_RESTORED if status == AddressStatus.CURRENT else Activity.ADDRESS_CHANGED
    log.append(Done(action, row, old=old, new=shown(row)))
    return row


def _create(
    account: ExchangeAccount,
    currency: str,
    network: str,
    verdict: Verdict,
    blocked: Collection[Place],
    log: list[Done],
    *,
    at: datetime,
) -> list[DepositAddress]:
    created = []
    for one in verdict.new:
        is_blocked = (one.fetched.address, one.fetched.tag) in blocked
        row = DepositAddress.objects.create(
            account=account,
            user_id=account.user_id,
            exchange_id=account.exchange_id,
            currency=currency,
            network=network,
            address=one.fetched.address,
            tag=one.fetched.tag,
            type=account.kind,
            status=one.status,
            is_active=one.status == AddressStatus.CURRENT and not is_blocked,
            is_format_checked=one.fetched.is_format_checked,
            replaces=one.replaces,
            first_seen_at=at,
            last_verified_at=at,
            exchange_metadata=dict(one.fetched.metadata),
        )
        is_changed = one.status == AddressStatus.CHANGED
        log.append(Done(Activity.ADDRESS_CHANGED if is_changed else Activity.ADDRESS_ADDED, row, new=shown(row)))
        created.append(row)
    return created


def _verify(
    rows: Sequence[DepositAddress], by_place: dict[Place, FetchedAddress], found: Findings, *, at: datetime
) -> None:
    """The exchange has just given these."""
    plain = []
    for row in rows:
        fetched = by_place[place_of(row)]
        row.last_verified_at = at
        news = (False, fetched.is_format_checked, dict(fetched.metadata))
        if news == (row.is_manual, row.is_format_checked, row.exchange_metadata):
            plain.append(row.pk)
            continue
        row.is_manual, row.is_format_checked, row.exchange_metadata = news
        row.save(
            update_fields=["is_manual", "is_format_checked", "exchange_metadata", "last_verified_at", "updated_at"]
        )
        found.updated += 1
    DepositAddress.objects.filter(pk__in=plain).update(last_verified_at=at)


def _alert(
    account: ExchangeAccount,
    verdict: Verdict,
    came: Sequence[DepositAddress],
    new: Sequence[DepositAddress],
    blocked: Collection[Place],
    *,
    origin: Origin,
    at: datetime,
) -> None:
    for row in [*new, *came]:
        if place_of(row) in blocked:
            raise_blocked(account, row, at=at)
            ADDRESSES.labels(account.exchange_id, "blocked").inc()
    changed = [row for row in [*new, *came] if row.status == AddressStatus.CHANGED]
    if not changed:
        return
    replaced = list({row.replaces_id: row.replaces for row in changed if row.replaces is not None}.values())
    # The moment of each network is its own: what is not younger than the last is no news to a risk event.
    raise_changed(account, old=[*verdict.replaced] or [row for row in replaced if row], new=changed, at=timezone.now())
    tell_changed(account, changed, origin=origin)
    watch_activity(account.user, at=at)


def _as_they_stood(rows: Sequence[DepositAddress]) -> dict[UUID, tuple[str, bool]]:
    """Status and activity of addresses before they were replaced or gone: the log knows."""
    last = (
        AddressActivityLog.objects.filter(
            address__in=[row.pk for row in rows], action__in=(Activity.ADDRESS_REPLACED, Activity.ADDRESS_GONE)
        )
        .order_by("address_id", "-at", "-id")
        .distinct("address_id")
        .values_list("address_id", "old_values")
        if rows
        else []
    )
    return {pk: (str(old.get("status")), bool(old.get("is_active"))) for pk, old in last}


def _blocked_places(user_id: int, network: str, places: Collection[Place]) -> set[Place]:
    """Which of these the user, or staff, do not want used."""
    if not places:
        return set()
    marks = AddressMark.objects.filter(
        Q(user_id=user_id) | Q(user=None),
        network=network,
        listing=Listing.BLOCKED,
        address__in={address for address, _ in places},
    )
    return set(marks.values_list("address", "tag")) & set(places)
