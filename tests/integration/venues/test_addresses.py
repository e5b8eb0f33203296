"""Deposit addresses one by one and many at once: added, refreshed, confirmed, listed, deleted, brought back."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.errors import FieldInvalid, ReasonMissing
from accounts.models import StaffAction, User
from risk.models import RiskEvent, Severity
from tests.support.told_venue import BTC, EVM, KEY, TRON, ToldVenue, connected
from wallet.core.addresses import AddressInvalid
from wallet.errors import TagRequired
from wallet.models import FundsMail
from wallet.venues.errors import (
    AddressBlocked,
    AddressNotConfirmed,
    AddressPending,
    CurrencyNotSupported,
    DepositAddressExists,
    DepositAddressNotFound,
    ExchangeNetworkMismatch,
    ExchangeNetworkNotSupported,
    ExchangeRateLimited,
    ExchangeTimeout,
)
from wallet.venues.models import (
    Activity,
    AddressActivityLog,
    AddressStatus,
    DepositAddress,
    ExchangeAccount,
    Listing,
)
from wallet.venues.origin import Origin
from wallet.venues.selectors.addresses import (
    AddressFilter,
    address_history,
    addresses_by_currency,
    get_address,
    grouped_addresses,
    list_addresses,
)
from wallet.venues.selectors.paging import PageRequest
from wallet.venues.services import addresses, asking
from wallet.venues.services.forms import AddressChanges, BulkAction, BulkItem, NewAddress
from wallet.venues.services.marks import block_for_everybody

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(owner: User) -> ExchangeAccount:
    return connected(owner)


def add(account: ExchangeAccount, currency: str = "BTC", network: str = "BTC", **fields: str) -> DepositAddress:
    new = NewAddress(currency, network, **fields)  # type: ignore[arg-type]
    return addresses.add_address(user=account.user, origin=Origin(account.user), account_id=account.pk, new=new)


def refresh(row: DepositAddress) -> DepositAddress:
    return addresses.refresh_address(user=row.user, origin=Origin(row.user), address_id=row.pk)


def change(row: DepositAddress, **fields: object) -> DepositAddress:
    return addresses.update_address(
        user=row.user,
        origin=Origin(row.user),
        address_id=row.pk,
        changes=AddressChanges(**fields),  # type: ignore[arg-type]
    )


def delete(row: DepositAddress) -> DepositAddress:
    return addresses.delete_address(user=row.user, origin=Origin(row.user), address_id=row.pk)


def history(row: DepositAddress) -> list[str]:
    found = address_history(user_id=row.user_id, address_id=row.pk, page=PageRequest())
    return [entry.action for entry in reversed(found.items)]


def mine(user: User, **wanted: object) -> list[str]:
    found = list_addresses(user_id=user.pk, wanted=AddressFilter(**wanted), page=PageRequest())  # type: ignore[arg-type]
    return [view.address for view in found.items]


def test_an_address_from_the_exchange(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("USDT", "TRC20", TRON[0])
    venue.gives("USDT", "ERC20", EVM[0])
    row = add(account, "usdt", "tron", label="Rent", description="for rent")
    assert (row.currency, row.network, row.address, row.status) == ("USDT", "TRC20", TRON[0], AddressStatus.CURRENT)
    assert (row.is_active, row.is_manual, row.is_format_checked, row.type) == (True, False, True, "spot")
    assert row.last_verified_at is not None
    assert venue.asked == [(KEY, "USDT", ("TRC20",))]
    view = get_address(user_id=account.user_id, address_id=row.pk)
    assert (view.label, view.description, view.listing) == ("Rent", "for rent", "")
    assert history(row) == [Activity.ADDRESS_ADDED, Activity.ADDRESS_MARKED]
    with pytest.raises(DepositAddressExists) as raised:
        add(account, "USDT", "TRC20")
    assert raised.value.details == {"address_id": str(row.pk)}


@pytest.mark.parametrize(
    ("currency", "network", "address", "tag", "error"),
    [
        ("", "BTC", "", "", FieldInvalid),
        ("B T", "BTC", "", "", FieldInvalid),
        ("BTC", "", "", "", FieldInvalid),
        ("BTC", "!", "", "", FieldInvalid),
        ("NOPE", "BTC", "", "", CurrencyNotSupported),
        ("BTC", "TRC20", "", "", ExchangeNetworkNotSupported),
        ("BTC", "BTC", "1BoatSLRHtKNngkdXEeobR76b53LETtpyX", "", AddressInvalid),
        ("BTC", "BTC", EVM[0], "", AddressInvalid),
        ("BTC", "BTC", "", "17", FieldInvalid),
        ("XRP", "XRP", "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh", "", TagRequired),
        ("XRP", "XRP", "rEb8TK3gBgk5auZkwc6sHnwrGVJH8DuaLh", "abc", AddressInvalid),
    ],
)
def test_what_cannot_be_added(
    venue: ToldVenue,
    account: ExchangeAccount,
    currency: str,
    network: str,
    address: str,
    tag: str,
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        add(account, currency, network, address=address, tag=tag)
    assert not DepositAddress.objects.filter(account=account).exists()
    assert venue.asked == []


def test_an_address_by_hand_is_not_seen_until_the_exchange_gives_it(venue: ToldVenue, account: ExchangeAccount) -> None:
    row = add(account, "ETH", "ERC20", address=EVM[0].lower())
    assert row.address == EVM[0], "kept in its one spelling"
    assert (row.is_manual, row.is_format_checked, row.last_verified_at) == (True, True, None)
    assert venue.asked == []
    venue.gives("ETH", "ERC20", EVM[0])
    fresh = refresh(row)
    assert (fresh.pk, fresh.is_manual) == (row.pk, False)
    assert fresh.last_verified_at is not None


def test_what_is_refused_of_one_network_keeps_nothing(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.errors["USDT", "TRC20"] = ExchangeNetworkMismatch.at("toldex", currency="USDT")
    with pytest.raises(ExchangeNetworkMismatch):
        add(account, "USDT", "TRC20")
    venue.errors["USDT", "TRC20"] = ExchangeRateLimited.at("toldex", currency="USDT", retry_after=7)
    with pytest.raises(ExchangeRateLimited) as raised:
        add(account, "USDT", "TRC20")
    assert raised.value.retry_after == 7
    venue.errors.clear()
    with pytest.raises(AddressPending):
        add(account, "USDT", "TRC20")
    assert not DepositAddress.objects.filter(account=account).exists()
    refused = AddressActivityLog.objects.filter(account=account, action=Activity.ADDRESS_ADDED).order_by("at")
    assert [entry.new_values for entry in refused] == [
        {"currency": "USDT", "network": "TRC20", "error": code}
        for code in ("EXCHANGE_NETWORK_MISMATCH", "EXCHANGE_RATE_LIMITED", "ADDRESS_PENDING")
    ]


def test_one_currency_within_its_time(
    venue: ToldVenue, account: ExchangeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "CURRENCY_SECONDS", 0.1)
    venue.seconds = 120
    began = timezone.now()
    with pytest.raises(ExchangeTimeout):
        add(account)
    assert timezone.now() - began < timedelta(seconds=60)


def test_refreshing_is_logged_even_where_nothing_is_new(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    row = add(account)
    before = row.last_verified_at
    fresh = refresh(row)
    assert before is not None
    assert fresh.last_verified_at is not None
    assert fresh.last_verified_at > before
    venue.errors["BTC", ""] = ExchangeRateLimited.at("toldex")
    with pytest.raises(ExchangeRateLimited):
        refresh(row)
    assert history(row) == [Activity.ADDRESS_ADDED, Activity.ADDRESS_VERIFIED, Activity.ADDRESS_VERIFIED]
    newest = AddressActivityLog.objects.filter(address=row).latest("at")
    assert newest.new_values == {"error": "EXCHANGE_RATE_LIMITED"}


def test_an_address_that_changed_waits_for_its_user(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    old = add(account)
    venue.gives("BTC", "BTC", BTC[1])
    assert refresh(old).status == AddressStatus.REPLACED
    new = DepositAddress.objects.get(account=account, address=BTC[1])
    old.refresh_from_db()
    assert (old.is_active, new.is_active, new.status, new.replaces) == (False, False, AddressStatus.CHANGED, old)
    assert get_address(user_id=account.user_id, address_id=old.pk).replaced_by == new.pk
    event = RiskEvent.objects.get(user=account.user)
    assert event.severity == Severity.HIGH
    assert event.metadata["new_addresses"] == [BTC[1]]
    assert event.metadata["old_addresses"] == [BTC[0]]
    mail = FundsMail.objects.get(user=account.user, template="exchange_addresses_changed")
    assert mail.context["changes"] == [{"currency": "BTC", "network": "BTC", "old": BTC[0], "new": BTC[1]}]
    for row in (old, new):
        with pytest.raises(AddressNotConfirmed):
            change(row, is_active=True)
        assert not DepositAddress.objects.get(pk=row.pk).is_active
    with pytest.raises(AddressNotConfirmed):
        change(old, confirm=True)
    confirmed = change(new, confirm=True)
    assert (confirmed.status, confirmed.is_active) == (AddressStatus.CURRENT, True)
    assert history(new) == [Activity.ADDRESS_CHANGED, Activity.ADDRESS_CONFIRMED]
    assert history(old)[1] == Activity.ADDRESS_REPLACED
    assert refresh(new).status == AddressStatus.CURRENT
    assert FundsMail.objects.filter(template="exchange_addresses_changed").count() == 1, "told once"


def test_asking_for_an_address_shows_that_it_changed(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    old = add(account)
    venue.gives("BTC", "BTC", BTC[1])
    new = add(account)
    assert (new.address, new.status, new.is_active) == (BTC[1], AddressStatus.CHANGED, False)
    old.refresh_from_db()
    assert old.status == AddressStatus.REPLACED


def test_an_address_that_is_back_is_as_it_was(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    row = add(account)
    change(row, is_active=False)
    venue.gives("BTC", "BTC")
    assert refresh(row).status == AddressStatus.GONE
    venue.gives("BTC", "BTC", BTC[0])
    back = refresh(row)
    assert (back.status, back.is_active) == (AddressStatus.CURRENT, False), "its user had switched it off"
    change(row, is_active=True)
    venue.gives("BTC", "BTC")
    refresh(row)
    venue.gives("BTC", "BTC", BTC[0])
    assert refresh(row).is_active


def test_a_deleted_address_comes_back_only_when_it_is_added(venue: ToldVenue, account: ExchangeAccount) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    row = add(account)
    delete(row)
    assert mine(account.user) == []
    for work in (delete, refresh, lambda gone: change(gone, is_active=True)):
        with pytest.raises(DepositAddressNotFound):
            work(row)
    again = add(account)
    assert (again.pk, again.is_active, again.deleted_at) == (row.pk, True, None)
    delete(again)
    by_hand = add(account, address=BTC[0])
    assert (by_hand.pk, by_hand.is_active) == (row.pk, True)
    assert history(row) == [
        *(Activity.ADDRESS_ADDED, Activity.ADDRESS_DELETED, Activity.ADDRESS_RESTORED),
        *(Activity.ADDRESS_DELETED, Activity.ADDRESS_RESTORED),
    ]


def test_labels_and_lists_hold_at_all_exchanges(venue: ToldVenue, owner: User, outsider: User) -> None:
    rows = []
    for user, exchange in ((owner, "toldex"), (owner, "otherex"), (outsider, "toldex")):
        rows.append(add(connected(user, exchange=exchange), address=BTC[0]))
    change(rows[0], label="Savings", listing=Listing.BLOCKED)
    views = [get_address(user_id=row.user_id, address_id=row.pk) for row in rows]
    assert [view.label for view in views] == ["Savings", "Savings", ""]
    assert [view.is_blocked for view in views] == [True, True, False]
    assert [view.is_active for view in views] == [False, False, True]
    with pytest.raises(AddressBlocked):
        change(rows[1], is_active=True)
    with pytest.raises(AddressBlocked):
        add(connected(owner, name="third"), address=BTC[0])
    change(rows[1], listing=Listing.ALLOWED)
    assert get_address(user_id=owner.pk, address_id=rows[0].pk).listing == "allowed"
    assert change(rows[0], is_active=True).is_active
    assert mine(owner, label="Savings") == [BTC[0], BTC[0]]
    assert mine(outsider, label="Savings") == []


def test_what_staff_block_is_blocked_for_everybody(venue: ToldVenue, owner: User, outsider: User) -> None:
    staff = User.objects.get(email="staff@example.com")
    rows = [add(connected(user), address=BTC[0]) for user in (owner, outsider)]
    with pytest.raises(ReasonMissing):
        block_for_everybody(staff=staff, network="BTC", address=BTC[0], reason=" ")
    block_for_everybody(staff=staff, network="BTC", address=BTC[0], reason="stolen coins")
    for row in rows:
        view = get_address(user_id=row.user_id, address_id=row.pk)
        assert (view.is_blocked, view.listing, view.is_active) == (True, "", False)
        with pytest.raises(AddressBlocked):
            change(row, is_active=True)
        change(row, listing=Listing.ALLOWED)
        with pytest.raises(AddressBlocked):
            change(row, is_active=True)
    action = StaffAction.objects.get(by=staff)
    assert (action.action, action.reason, action.new["addresses"]) == ("block", "stolen coins", 2)
    block_for_everybody(staff=staff, network="BTC", address=BTC[0], listing=Listing.NONE, reason="a mistake")
    assert change(rows[0], is_active=True).is_active


def test_an_exchange_that_gives_a_blocked_address(venue: ToldVenue, account: ExchangeAccount) -> None:
    other = add(connected(account.user, name="other"), address=BTC[0])
    change(other, listing=Listing.BLOCKED)
    venue.gives("BTC", "BTC", BTC[0])
    row = add(account)
    assert (row.status, row.is_active) == (AddressStatus.CURRENT, False)
    assert RiskEvent.objects.filter(user=account.user, fingerprint=f"venues:blocked:{row.pk}").exists()


def test_many_at_once_each_with_its_own_result(venue: ToldVenue, account: ExchangeAccount, outsider: User) -> None:
    venue.gives("BTC", "BTC", BTC[0])
    venue.gives("USDT", "TRC20", TRON[0])
    venue.errors["USDT", "ERC20"] = ExchangeRateLimited.at("toldex")
    theirs = connected(outsider)
    items = [
        BulkItem(account_id=account.pk, new=NewAddress("BTC", "BTC")),
        BulkItem(account_id=account.pk, new=NewAddress("USDT", "TRC20")),
        BulkItem(account_id=account.pk, new=NewAddress("USDT", "ERC20")),
        BulkItem(account_id=account.pk, new=NewAddress("ETH", "ERC20", address=EVM[0])),
        BulkItem(account_id=theirs.pk, new=NewAddress("BTC", "BTC")),
        BulkItem(account_id=account.pk, new=NewAddress("NOPE", "BTC")),
    ]
    results = many(account.user, BulkAction.CREATE, items)
    assert [getattr(result.error, "code", None) for result in results] == [
        *(None, None, "EXCHANGE_RATE_LIMITED", None),
        *("EXCHANGE_ACCOUNT_NOT_FOUND", "CURRENCY_NOT_SUPPORTED"),
    ]
    made = [result.address for result in results if result.address is not None]
    assert [row.address for row in made] == [BTC[0], TRON[0], EVM[0]]
    not_mine = add(theirs, address=BTC[1])
    ids = [BulkItem(address_id=pk) for pk in (made[0].pk, not_mine.pk, uuid4())]
    for action, is_active in ((BulkAction.DEACTIVATE, False), (BulkAction.ACTIVATE, True), (BulkAction.BLOCK, False)):
        done = many(account.user, action, ids)
        assert [getattr(result.error, "code", "") for result in done] == ["", *["DEPOSIT_ADDRESS_NOT_FOUND"] * 2]
        assert DepositAddress.objects.get(pk=made[0].pk).is_active is is_active
    many(account.user, BulkAction.UPDATE, [BulkItem(address_id=made[1].pk, changes=AddressChanges(label="Rent"))])
    assert get_address(user_id=account.user_id, address_id=made[1].pk).label == "Rent"
    many(account.user, BulkAction.DELETE, [BulkItem(address_id=row.pk) for row in made])
    assert mine(account.user) == []
    assert DepositAddress.objects.get(pk=not_mine.pk).is_active
    with pytest.raises(FieldInvalid):
        many(account.user, BulkAction.DELETE, ids * 34)


def many(user: User, action: BulkAction, items: Sequence[BulkItem]):
    return addresses.change_addresses(user=user, origin=Origin(user), action=action, items=items)


def test_unusual_activity_is_told_to_staff(venue: ToldVenue, account: ExchangeAccount, settings: Settings) -> None:
    settings.VENUE_UNUSUAL_CHANGES = 3
    for address in BTC:
        delete(add(account, address=address))
    event = RiskEvent.objects.get(user=account.user)
    assert event.fingerprint == f"venues:activity:{account.user_id}"


def test_groups_across_exchanges(venue: ToldVenue, owner: User, outsider: User) -> None:
    first, second = connected(owner), connected(owner, exchange="otherex")
    add(first, "USDT", "TRC20", address=TRON[0])
    add(second, "USDT", "TRC20", address=TRON[1])
    add(second, "USDT", "ERC20", address=EVM[0])
    add(first, address=BTC[0])
    add(connected(outsider), "USDT", "TRC20", address=TRON[0])
    found = addresses_by_currency(user_id=owner.pk, currency="usdt")
    assert [(group.currency, group.network, len(group.addresses)) for group in found] == [
        *(("USDT", "ERC20", 1), ("USDT", "TRC20", 2)),
    ]
    assert [group.currency for group in grouped_addresses(user_id=owner.pk)] == ["BTC", "USDT", "USDT"]


def test_pages_in_every_order(venue: ToldVenue, account: ExchangeAccount) -> None:
    for currency, network, address in (
        *(("BTC", "BTC", one) for one in BTC),
        *(("ETH", "ERC20", one) for one in EVM),
    ):
        add(account, currency, network, address=address)
    for ordering in ("created_at", "-created_at", "currency", "-currency", "address", "-updated_at"):
        seen: list[str] = []
        cursor = None
        while True:
            page = list_addresses(
                user_id=account.user_id, wanted=AddressFilter(), page=PageRequest(4, cursor, ordering)
            )
            seen += [view.address for view in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert sorted(seen) == sorted([*BTC, *EVM])
    for bad in (PageRequest(4, "nonsense"), PageRequest(4, None, "user"), PageRequest(4, "W10", "created_at")):
        with pytest.raises(FieldInvalid):
            list_addresses(user_id=account.user_id, wanted=AddressFilter(), page=bad)


def test_searching(venue: ToldVenue, account: ExchangeAccount) -> None:
    row = add(account, address=BTC[0], label="Holiday fund")
    add(account, "ETH", "ERC20", address=EVM[0])
    assert mine(account.user, search="holiday") == [BTC[0]]
    assert mine(account.user, search=EVM[0][:8]) == [EVM[0]]
    assert mine(account.user, currency="btc", is_active=True) == [BTC[0]]
    change(row, is_active=False)
    assert mine(account.user, currency="BTC", is_active=True) == []


def test_nobody_elses_address_is_there(venue: ToldVenue, account: ExchangeAccount, outsider: User) -> None:
    row = add(account, address=BTC[0])
    before = AddressActivityLog.objects.count()
    for work in (
        lambda: get_address(user_id=outsider.pk, address_id=row.pk),
        lambda: address_history(user_id=outsider.pk, address_id=row.pk, page=PageRequest()),
        lambda: addresses.update_address(
            user=outsider, origin=Origin(outsider), address_id=row.pk, changes=AddressChanges(label="Mine")
        ),
        lambda: addresses.refresh_address(user=outsider, origin=Origin(outsider), address_id=row.pk),
        lambda: addresses.delete_address(user=outsider, origin=Origin(outsider), address_id=row.pk),
    ):
        with pytest.raises(DepositAddressNotFound) as raised:
            work()
        assert raised.value.details == {}
    assert AddressActivityLog.objects.count() == before
    assert mine(outsider) == []
    assert grouped_addresses(user_id=outsider.pk) == []
    assert venue.asked == []
