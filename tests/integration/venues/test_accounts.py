"""Connecting accounts at other exchanges: keys, names, limits, tests, and letting go."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.errors import FieldInvalid
from accounts.models import AccountState, User
from tests.support.told_venue import BTC, KEY, PASSPHRASE, SECRET, ToldVenue, an_exchange, connected
from wallet.models import FundsMail
from wallet.venues.core.fetched import Credentials, KeyPermissions
from wallet.venues.errors import (
    ExchangeAccountExists,
    ExchangeAccountInactive,
    ExchangeAccountNotFound,
    ExchangeApiError,
    ExchangeCredentialsInvalid,
    ExchangeFeatureMissing,
    ExchangeKeysExpired,
    ExchangeNotSupported,
    ExchangePermissionMissing,
    ExchangeTimeout,
    ExchangeUnavailable,
    TooManyExchangeAccounts,
)
from wallet.venues.models import (
    AccountKind,
    Activity,
    AddressActivityLog,
    DepositAddress,
    ExchangeAccount,
    SyncStatus,
)
from wallet.venues.origin import Origin
from wallet.venues.selectors.accounts import Purpose, get_account, permitted_account
from wallet.venues.services import accounts, asking
from wallet.venues.services.addresses import add_address
from wallet.venues.services.forms import AccountChanges, NewAddress
from wallet.venues.services.syncing import queue_due_syncs
from wallet.venues.services.watching import watch_credentials

pytestmark = pytest.mark.django_db


def actions(account: ExchangeAccount) -> list[str]:
    return list(
        AddressActivityLog.objects.filter(account=account).order_by("at", "id").values_list("action", flat=True)
    )


def test_keys_are_ciphertext_in_the_database_and_shown_nowhere(venue: ToldVenue, owner: User) -> None:
    account = connected(owner)
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key, api_secret, passphrase FROM venues_exchangeaccount WHERE id = %s", [account.pk])
        stored = [bytes(value) for value in cursor.fetchone()]
    for plain, cipher in zip((KEY, SECRET, PASSPHRASE), stored, strict=True):
        assert plain.encode() not in cipher
    fresh = ExchangeAccount.objects.get(pk=account.pk)
    assert (fresh.api_key, fresh.api_secret, fresh.passphrase) == (KEY, SECRET, PASSPHRASE)
    for text in (repr(fresh), str(fresh), repr(Credentials(KEY, SECRET, PASSPHRASE)), fresh.key_hint):
        assert not any(secret in text for secret in (KEY, SECRET, PASSPHRASE))
    assert fresh.key_hint == "key…001"
    shown = get_account(user_id=owner.pk, account_id=account.pk)
    assert {"api_key", "api_secret", "passphrase"} <= shown.account.get_deferred_fields()
    log = str(list(AddressActivityLog.objects.filter(account=account).values()))
    mails = str(list(FundsMail.objects.filter(user=owner).values()))
    assert not any(secret in log + mails for secret in (KEY, SECRET, PASSPHRASE))


def test_connecting_is_logged_with_who_and_from_where_and_mailed(venue: ToldVenue, owner: User) -> None:
    account = connected(owner)
    entry = AddressActivityLog.objects.get(account=account)
    assert (entry.action, entry.actor, entry.ip_address, entry.user_agent) == (
        *(Activity.ACCOUNT_CREATED, owner),
        *("203.0.113.9", "tests"),
    )
    assert FundsMail.objects.filter(user=owner, template="exchange_account_connected").count() == 1
    assert account.next_sync_at is not None
    assert account.next_sync_at <= timezone.now()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"exchange_id": "nowhere"}, ExchangeNotSupported),
        ({"name": ""}, FieldInvalid),
        ({"name": "x" * 61}, FieldInvalid),
        ({"name": f"my {SECRET}"}, FieldInvalid),
        ({"metadata": {"note": KEY}}, FieldInvalid),
        ({"metadata": {"note": "x" * 5000}}, FieldInvalid),
        ({"credentials": Credentials("", SECRET)}, FieldInvalid),
        ({"credentials": Credentials(KEY, " ")}, FieldInvalid),
        ({"credentials": Credentials(KEY, "schlüssel")}, FieldInvalid),
        ({"keys_expire_at": timezone.now() - timedelta(days=1)}, FieldInvalid),
        ({"exchange_id": "plainex", "kind": AccountKind.FUTURES}, ExchangeFeatureMissing),
        ({"exchange_id": "plainex", "is_sandbox": True}, ExchangeFeatureMissing),
    ],
)
def test_what_cannot_be_connected(
    owner: User, settings: Settings, changed: dict[str, object], error: type[Exception]
) -> None:
    settings.VENUE_SANDBOX_URL = ""
    an_exchange()
    plain = an_exchange("plainex")
    plain.has_futures = plain.has_sandbox = False
    plain.save()
    fields = {"exchange_id": "toldex", "name": "Main", "credentials": Credentials(KEY, SECRET)}
    with pytest.raises(error) as raised:
        accounts.connect_account(user=owner, origin=Origin(owner), **(fields | changed))  # type: ignore[arg-type]
    assert not any(secret in repr(raised.value) + str(raised.value) for secret in (KEY, SECRET))
    assert not ExchangeAccount.objects.filter(user=owner).exists()
    assert not AddressActivityLog.objects.filter(user=owner).exists()


def test_a_passphrase_where_the_exchange_needs_one(owner: User) -> None:
    exchange = an_exchange()
    exchange.needs_passphrase = True
    exchange.save()
    with pytest.raises(FieldInvalid) as raised:
        accounts.connect_account(
            user=owner, origin=Origin(owner), exchange_id="toldex", name="Main", credentials=Credentials(KEY, SECRET)
        )
    assert "passphrase" in raised.value.details


def test_a_name_is_unique_at_an_exchange_and_free_again_after_deleting(owner: User, outsider: User) -> None:
    account = connected(owner)
    with pytest.raises(ExchangeAccountExists):
        connected(owner)
    connected(outsider)
    connected(owner, exchange="otherex")
    accounts.delete_account(user=owner, origin=Origin(owner), account_id=account.pk)
    connected(owner)


def test_there_is_a_limit(owner: User, settings: Settings) -> None:
    settings.VENUE_MAX_ACCOUNTS = 2
    connected(owner, name="1")
    connected(owner, name="2")
    with pytest.raises(TooManyExchangeAccounts) as raised:
        connected(owner, name="3")
    assert raised.value.details == {"limit": 2}


def test_other_keys_begin_anew(venue: ToldVenue, owner: User) -> None:
    account = connected(owner, keys_expire_at=timezone.now() + timedelta(days=3))
    ExchangeAccount.objects.filter(pk=account.pk).update(
        permissions={"read": True}, sync_status=SyncStatus.BLOCKED, error_code="X", failures=3, next_sync_at=None
    )
    changed = accounts.update_account(
        user=owner,
        origin=Origin(owner),
        account_id=account.pk,
        changes=AccountChanges(credentials=Credentials("another-key-0123456789", "another-secret-0123")),
    )
    assert (changed.sync_status, changed.error_code, changed.failures) == (SyncStatus.NEVER, "", 0)
    assert (changed.permissions, changed.keys_expire_at) == ({}, None)
    assert changed.next_sync_at is not None
    assert changed.key_hint == "ano…789"
    assert actions(account)[-1] == Activity.ACCOUNT_KEYS_CHANGED
    assert FundsMail.objects.filter(user=owner, template="exchange_keys_changed").exists()
    kept = ExchangeAccount.objects.get(pk=account.pk)
    assert (kept.api_key, kept.api_secret, kept.passphrase) == ("another-key-0123456789", "another-secret-0123", "")


def test_changes_are_logged_with_old_and_new(owner: User) -> None:
    account = connected(owner)
    accounts.update_account(
        user=owner,
        origin=Origin(owner),
        account_id=account.pk,
        changes=AccountChanges(name="Savings", is_active=False, metadata={"for": "taxes"}),
    )
    entry = AddressActivityLog.objects.get(account=account, action=Activity.ACCOUNT_UPDATED)
    assert entry.old_values == {"name": "Main", "is_active": True, "metadata": {}}
    assert entry.new_values == {"name": "Savings", "is_active": False, "metadata": {"for": "taxes"}}
    connected(owner)
    with pytest.raises(ExchangeAccountExists):
        accounts.update_account(
            user=owner, origin=Origin(owner), account_id=account.pk, changes=AccountChanges(name="Main")
        )


def test_deleting_wipes_the_keys_and_takes_the_addresses_along(venue: ToldVenue, owner: User) -> None:
    account = connected(owner)
    venue.gives("BTC", "BTC", BTC[0])
    add_address(user=owner, origin=Origin(owner), account_id=account.pk, new=NewAddress("BTC", "BTC"))
    accounts.delete_account(user=owner, origin=Origin(owner), account_id=account.pk)
    row = ExchangeAccount.objects.get(pk=account.pk)
    assert (row.api_key, row.api_secret, row.passphrase) == ("", "", "")
    assert row.deleted_at is not None
    assert not row.is_active
    address = DepositAddress.objects.get(account=account)
    assert address.deleted_at is not None
    assert not address.is_active
    assert actions(account)[-2:] == [Activity.ACCOUNT_DELETED, Activity.ADDRESS_DELETED]
    for work in (
        lambda: accounts.delete_account(user=owner, origin=Origin(owner), account_id=account.pk),
        lambda: accounts.test_account(user=owner, origin=Origin(owner), account_id=account.pk),
        lambda: get_account(user_id=owner.pk, account_id=account.pk),
        lambda: permitted_account(user_id=owner.pk, account_id=account.pk),
    ):
        with pytest.raises(ExchangeAccountNotFound):
            work()


def test_a_test_keeps_what_the_key_may_do(venue: ToldVenue, owner: User) -> None:
    account = connected(owner)
    venue.permissions = KeyPermissions(True, True, False)
    report = accounts.test_account(user=owner, origin=Origin(owner), account_id=account.pk)
    assert (report.latency_ms, report.server_skew_ms) == (12, 3)
    shown = get_account(user_id=owner.pk, account_id=account.pk)
    assert shown.account.permissions == {"read": True, "trade": True, "withdraw": False}
    assert [warning.code for warning in shown.warnings] == ["KEY_MAY_TRADE"]
    assert actions(account)[-1] == Activity.ACCOUNT_TESTED
    assert venue.owners == {owner.pk}


def test_wrong_keys_block_the_account_until_a_test_succeeds(venue: ToldVenue, owner: User) -> None:
    account = connected(owner)
    venue.errors["", ""] = ExchangeCredentialsInvalid.at("toldex")
    with pytest.raises(ExchangeCredentialsInvalid):
        accounts.test_account(user=owner, origin=Origin(owner), account_id=account.pk)
    row = ExchangeAccount.objects.get(pk=account.pk)
    assert (row.sync_status, row.error_code, row.next_sync_at) == (
        *(SyncStatus.BLOCKED, "EXCHANGE_CREDENTIALS_INVALID"),
        None,
    )
    assert actions(account)[-2:] == [Activity.ACCOUNT_TESTED, Activity.ACCOUNT_BLOCKED]
    with pytest.raises(ExchangeAccountInactive):
        permitted_account(user_id=owner.pk, account_id=account.pk)
    asked = len(venue.asked)
    with pytest.raises(ExchangeAccountInactive):
        add_address(user=owner, origin=Origin(owner), account_id=account.pk, new=NewAddress("BTC", "BTC"))
    assert len(venue.asked) == asked
    assert FundsMail.objects.filter(user=owner, template="exchange_account_blocked").count() == 1
    venue.errors.clear()
    accounts.test_account(user=owner, origin=Origin(owner), account_id=account.pk)
    row.refresh_from_db()
    assert (row.sync_status, row.error_code) == (SyncStatus.NEVER, "")
    assert row.next_sync_at is not None


def test_trouble_at_the_exchange_blocks_nothing(venue: ToldVenue, owner: User) -> None:
    account = connected(owner)
    venue.errors["", ""] = ExchangeUnavailable.at("toldex")
    with pytest.raises(ExchangeUnavailable):
        accounts.test_account(user=owner, origin=Origin(owner), account_id=account.pk)
    assert ExchangeAccount.objects.get(pk=account.pk).sync_status == SyncStatus.NEVER
    assert AddressActivityLog.objects.filter(account=account).latest("at").new_values == {
        "error": "EXCHANGE_UNAVAILABLE"
    }


def test_a_test_says_in_time_why_not(venue: ToldVenue, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "TEST_SECONDS", 0.1)
    venue.seconds = 120
    account = connected(owner)
    began = timezone.now()
    with pytest.raises(ExchangeTimeout):
        accounts.test_account(user=owner, origin=Origin(owner), account_id=account.pk)
    assert timezone.now() - began < timedelta(seconds=60)


def test_a_failure_of_the_client_itself_shows_nothing_of_the_keys(venue: ToldVenue, owner: User) -> None:
    account = connected(owner)

    def fail(_: str) -> None:
        raise ValueError(f"signing with {SECRET} failed")

    venue.hook = fail
    with pytest.raises(ExchangeApiError) as raised:
        add_address(user=owner, origin=Origin(owner), account_id=account.pk, new=NewAddress("BTC", "BTC"))
    error: BaseException | None = raised.value
    assert getattr(error, "code", "") == "EXCHANGE_API_ERROR"
    assert error is not None
    assert error.__cause__ is None
    assert error.__suppress_context__
    assert SECRET not in str(error)
    assert SECRET not in repr(error)


def test_answers_fetched_with_other_keys_do_not_count(venue: ToldVenue, owner: User) -> None:
    account = connected(owner)

    def exchange_keys() -> None:
        ExchangeAccount.objects.filter(pk=account.pk).update(keys_changed_at=timezone.now())

    probe = asking.probe_connection

    def probe_and_change(asked_with: ExchangeAccount) -> object:
        report = probe(asked_with)
        exchange_keys()
        return report

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "probe_connection", probe_and_change)
        accounts.test_account(user=owner, origin=Origin(owner), account_id=account.pk)
    assert ExchangeAccount.objects.get(pk=account.pk).permissions == {}


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("known", [True, False, None])
def test_what_is_permitted(owner: User, purpose: Purpose, known: bool | None) -> None:
    account = connected(owner)
    ExchangeAccount.objects.filter(pk=account.pk).update(permissions={purpose.value: known})
    if known or (purpose is Purpose.READ and known is None):
        found = permitted_account(user_id=owner.pk, account_id=account.pk, purpose=purpose)
        assert found == account
        assert "api_secret" in found.get_deferred_fields()
    else:
        with pytest.raises(ExchangePermissionMissing):
            permitted_account(user_id=owner.pk, account_id=account.pk, purpose=purpose)


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"sync_status": SyncStatus.BLOCKED},
        {"keys_expire_at": timezone.now() - timedelta(seconds=1)},
    ],
)
def test_what_is_not_active_is_not_permitted(owner: User, change: dict[str, object]) -> None:
    account = connected(owner)
    ExchangeAccount.objects.filter(pk=account.pk).update(permissions={"read": True, "trade": True}, **change)
    with pytest.raises(ExchangeAccountInactive):
        permitted_account(user_id=owner.pk, account_id=account.pk)


def test_an_exchange_that_is_switched_off_takes_its_accounts_along(owner: User) -> None:
    account = connected(owner)
    account.exchange.is_active = False
    account.exchange.save()
    with pytest.raises(ExchangeAccountInactive):
        permitted_account(user_id=owner.pk, account_id=account.pk)


def test_nobody_elses_account_is_there(venue: ToldVenue, owner: User, outsider: User) -> None:
    account = connected(owner)
    before = AddressActivityLog.objects.count()
    for account_id in (account.pk, uuid4()):
        for work in (
            lambda at=account_id: get_account(user_id=outsider.pk, account_id=at),
            lambda at=account_id: permitted_account(user_id=outsider.pk, account_id=at),
            lambda at=account_id: accounts.test_account(user=outsider, origin=Origin(outsider), account_id=at),
            lambda at=account_id: accounts.delete_account(user=outsider, origin=Origin(outsider), account_id=at),
            lambda at=account_id: accounts.update_account(
                user=outsider, origin=Origin(outsider), account_id=at, changes=AccountChanges(name="Mine")
            ),
            lambda at=account_id: add_address(
                user=outsider, origin=Origin(outsider), account_id=at, new=NewAddress("BTC", "BTC")
            ),
        ):
            with pytest.raises(ExchangeAccountNotFound) as raised:
                work()
            assert raised.value.details == {}
    assert AddressActivityLog.objects.count() == before
    assert ExchangeAccount.objects.get(pk=account.pk).name == "Main"


def test_keys_that_expire_are_warned_of_and_then_stopped(venue: ToldVenue, owner: User) -> None:
    at = timezone.now()
    account = connected(owner, keys_expire_at=at + timedelta(days=20))
    told = []
    for days_before in (15, 14, 13, 8, 7, 6, 2, 1, 0.5):
        now = at + timedelta(days=20 - days_before)
        told.append(watch_credentials(at=now))
        assert watch_credentials(at=now) == 0
    assert told == [0, 1, 0, 0, 1, 0, 0, 1, 0]
    mails = FundsMail.objects.filter(user=owner, template="exchange_keys_expire").order_by("pk")
    assert [mail.context["days"] for mail in mails] == [14, 7, 1]
    assert watch_credentials(at=at + timedelta(days=20)) == 1
    row = ExchangeAccount.objects.get(pk=account.pk)
    assert (row.sync_status, row.error_code) == (SyncStatus.BLOCKED, "EXCHANGE_KEYS_EXPIRED")
    ExchangeAccount.objects.filter(pk=account.pk).update(keys_expire_at=at - timedelta(days=1))
    with pytest.raises(ExchangeKeysExpired):
        accounts.test_account(user=owner, origin=Origin(owner), account_id=account.pk)
    later = accounts.update_account(
        user=owner,
        origin=Origin(owner),
        account_id=account.pk,
        changes=AccountChanges(keys_expire_at=at + timedelta(days=90)),
    )
    assert (later.sync_status, later.error_code) == (SyncStatus.NEVER, "")
    assert later.next_sync_at is not None


@pytest.mark.parametrize(
    ("state", "barred"),
    [
        (AccountState.ACTIVE, set()),
        (AccountState.TRADE_FROZEN, {Purpose.TRADE}),
        (AccountState.WITHDRAW_FROZEN, {Purpose.WITHDRAW}),
        (AccountState.CLOSED, set(Purpose)),
    ],
)
def test_what_is_frozen_here_is_not_permitted_elsewhere(owner: User, state: AccountState, barred: set[Purpose]) -> None:
    account = connected(owner)
    ExchangeAccount.objects.filter(pk=account.pk).update(permissions={"read": True, "trade": True, "withdraw": True})
    User.objects.filter(pk=owner.pk).update(state=state)
    for purpose in Purpose:
        if purpose in barred:
            with pytest.raises(ExchangeAccountInactive):
                permitted_account(user_id=owner.pk, account_id=account.pk, purpose=purpose)
        else:
            assert permitted_account(user_id=owner.pk, account_id=account.pk, purpose=purpose) == account
    assert queue_due_syncs(at=timezone.now()) == (state != AccountState.CLOSED)
