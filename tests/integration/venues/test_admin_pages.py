"""Staff pages of exchange accounts: no key is on any of them, and every deed has a right, a reason and a trace."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import StaffAction, User
from tests.integration.admin.conftest import client_of, staff_member
from tests.support.filled_venues import address_of, fill_venues
from tests.support.told_venue import EVM, KEY, PASSPHRASE, SECRET, connected
from wallet.venues.errors import ExchangeNotSupported
from wallet.venues.models import AddressMark, AddressSyncLog, DepositAddress, ExchangeAccount, SupportedExchange
from wallet.venues.services.exchange_switches import switch_exchange

pytestmark = pytest.mark.django_db
YES = {"_confirmed": "1", "reason": "as the test says"}


@pytest.fixture
def staff() -> User:
    return User.objects.get(username="staff")


@pytest.fixture
def admin(staff: User) -> Client:
    return client_of(staff)


@pytest.fixture
def account(staff: User) -> ExchangeAccount:
    return fill_venues(User.objects.get(username="owner"), staff)


def page(model: str, name: str, key: Any = None) -> str:
    return reverse(f"admin:venues_{model}_{name}", args=[] if key is None else [key])


def test_no_key_is_on_any_page(admin: Client, account: ExchangeAccount) -> None:
    sync = AddressSyncLog.objects.get(account=account)
    pages = [page("exchangeaccount", "change", account.pk), page("addresssynclog", "change", sync.pk)]
    pages += [page("exchangeaccount", "sync_now", account.pk), page("exchangeaccount", "history", account.pk)]
    pages += [page("depositaddress", "change", row.pk) for row in DepositAddress.objects.all()]
    pages += [page("addressactivitylog", "change", row.pk) for row in account.activities.all()]
    models = ("exchangeaccount", "depositaddress", "addressmark", "addresssynclog", "addressactivitylog")
    pages += [page(model, "changelist") for model in models]
    pages += [reverse("admin:exchange_account_figures")]
    stored = bytes(raw_key(account)).hex()
    for path in pages:
        answer = admin.get(path)
        assert answer.status_code == 200, path
        text = answer.content.decode()
        for secret in (KEY, SECRET, PASSPHRASE, stored[:40]):
            assert secret not in text, path
    assert account.key_hint in admin.get(pages[0]).content.decode()


def raw_key(account: ExchangeAccount) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key FROM venues_exchangeaccount WHERE id = %s", [account.pk])
        return cursor.fetchone()[0]


def test_one_finds_rows_by_id_name_and_address(admin: Client, account: ExchangeAccount) -> None:
    address_of(connected(User.objects.get(username="colleague")), EVM[2])

    def found(model: str, term: str) -> int:
        return len(admin.get(page(model, "changelist"), {"q": term}).context["cl"].result_list)

    assert found("depositaddress", "owner") == found("depositaddress", str(account.pk)) == 2
    assert found("depositaddress", EVM[1]) == 1
    assert found("exchangeaccount", "Main") == 2
    assert found("exchangeaccount", "OWNER@example.com") == found("exchangeaccount", str(account.pk)) == 1
    assert found("addresssynclog", "owner") == 1
    assert found("addressactivitylog", "nobody at all") == 0
    assert found("addressmark", EVM[2][:10]) == 1


def test_users_labels_are_theirs(admin: Client, account: ExchangeAccount) -> None:
    assert AddressMark.objects.filter(label="the main one").exists()
    assert "the main one" not in admin.get(page("addressmark", "changelist")).content.decode()


def test_a_sync_is_forced_with_a_reason(admin: Client, staff: User, account: ExchangeAccount) -> None:
    path = page("exchangeaccount", "sync_now", account.pk)
    admin.post(path, {"_confirmed": "1", "reason": ""})
    assert not StaffAction.objects.filter(action="sync").exists()
    assert admin.post(path, YES).status_code == 302
    sync = AddressSyncLog.objects.get(trigger="staff")
    assert (sync.account, sync.type, sync.status) == (account, "full", "queued")
    done = StaffAction.objects.get(action="sync")
    assert (done.by, done.subject, done.reason) == (staff, str(account.pk), YES["reason"])
    again = admin.post(path, YES)
    assert again.status_code == 200
    assert "is being synced already" in again.content.decode()


def test_several_accounts_are_synced_together(admin: Client, account: ExchangeAccount) -> None:
    other = connected(User.objects.get(username="colleague"))
    chosen = {"action": "sync_selected", "_selected_action": [str(account.pk), str(other.pk)]}
    path = page("exchangeaccount", "changelist")
    asked = admin.post(path, chosen)
    assert asked.status_code == 200
    assert not AddressSyncLog.objects.filter(trigger="staff").exists()
    assert admin.post(path, chosen | YES).status_code == 302
    assert AddressSyncLog.objects.filter(trigger="staff").count() == 2


def test_an_address_is_blocked_for_everybody_and_no_longer(
    admin: Client, staff: User, account: ExchangeAccount
) -> None:
    address = DepositAddress.objects.get(account=account, address=EVM[0])
    fields = {"network": "ERC20", "address": EVM[0], "tag": ""}
    admin.post(page("addressmark", "block"), fields | YES | {"reason": ""})
    address.refresh_from_db()
    assert address.is_active
    assert admin.post(page("addressmark", "block"), fields | YES).status_code == 302
    address.refresh_from_db()
    assert not address.is_active
    mark = AddressMark.objects.get(user=None, address=EVM[0])
    assert (mark.listing, mark.reason) == ("blocked", YES["reason"])
    assert StaffAction.objects.filter(action="block", by=staff).count() == 2
    assert admin.post(page("addressmark", "unblock", mark.pk), YES).status_code == 302
    mark.refresh_from_db()
    address.refresh_from_db()
    assert (mark.listing, address.is_active) == ("", False)


def test_an_exchange_is_switched_off_and_on(admin: Client, staff: User, account: ExchangeAccount) -> None:
    exchange = SupportedExchange.objects.get(pk="toldex")
    for name, expected in (("switch_off", False), ("switch_on", True)):
        admin.post(page("supportedexchange", name, exchange.pk), {"_confirmed": "1", "reason": ""})
        exchange.refresh_from_db()
        assert exchange.is_active is not expected
        assert admin.post(page("supportedexchange", name, exchange.pk), YES).status_code == 302
        exchange.refresh_from_db()
        assert exchange.is_active is expected
    assert list(StaffAction.objects.filter(subject="toldex").order_by("pk").values_list("action", flat=True)) == [
        "switch off",
        "switch on",
    ]
    with pytest.raises(ExchangeNotSupported):
        switch_exchange(exchange_id="nowhere", is_active=False, by=staff, reason="x")


def test_deeds_need_their_rights(account: ExchangeAccount) -> None:
    blocked = AddressMark.objects.get(user=None)
    deeds = [
        page("exchangeaccount", "sync_now", account.pk),
        page("supportedexchange", "switch_off", "toldex"),
        page("addressmark", "block"),
        page("addressmark", "unblock", blocked.pk),
    ]
    before = StaffAction.objects.count()
    for group in ("Auditor", "Market operations"):
        client = client_of(staff_member(group.replace(" ", ""), group))
        for deed in deeds:
            assert client.post(deed, YES | {"network": "ERC20", "address": EVM[0]}).status_code in (302, 403), deed
    assert StaffAction.objects.count() == before
    assert AddressSyncLog.objects.filter(trigger="staff").count() == 0
    assert SupportedExchange.objects.get(pk="toldex").is_active
    support = client_of(staff_member("support", "Support"))
    assert support.post(deeds[0], YES).status_code == 302
    assert AddressSyncLog.objects.filter(trigger="staff").count() == 1


def test_figures_are_for_who_may_see_accounts(admin: Client, account: ExchangeAccount) -> None:
    path = reverse("admin:exchange_account_figures")
    text = admin.get(path).content.decode()
    for expected in ("Toldex", "EXCHANGE_TIMEOUT", "Changed, not confirmed", "USDT"):
        assert expected in text
    assert EVM[0] not in text
    assert client_of(staff_member("nobody")).get(path).status_code == 403
    assert client_of(User.objects.get(username="owner")).get(path).status_code == 302
