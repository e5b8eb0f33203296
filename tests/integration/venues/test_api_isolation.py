"""No endpoint shows or changes anything of somebody else; what is not one's own is as if it were not there."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.credentials import forget_credentials
from accounts.models import User
from tests.integration.admin.conftest import client_of, staff_member
from tests.integration.venues.api import ADDRESSES, EXCHANGES, STAFF, ApiClient, told, warm_up
from tests.support.api import error_code
from tests.support.filled_venues import address_of, sync_of
from tests.support.told_venue import BTC, EVM, KEY, PASSPHRASE, SECRET, connected
from wallet.venues.models import (
    AddressActivityLog,
    AddressMark,
    AddressStatus,
    AddressSyncLog,
    DepositAddress,
    ExchangeAccount,
)
from wallet.venues.origin import Origin
from wallet.venues.services.addresses import update_address
from wallet.venues.services.forms import AddressChanges

pytestmark = pytest.mark.django_db
TABLES = (ExchangeAccount, DepositAddress, AddressMark, AddressSyncLog, AddressActivityLog)
PRIVATE = (EVM[0], EVM[1], "owner's treasury", "owner's account", KEY[:3] + "…")


@pytest.fixture(autouse=True)
def clean(db: None) -> Iterator[None]:
    warm_up()
    yield
    forget_credentials()


@pytest.fixture
def account() -> ExchangeAccount:
    """The owner's, with addresses, a label, a sync and a history. The colleague has one of another name."""
    owner, colleague = (User.objects.get(username=name) for name in ("owner", "colleague"))
    account = connected(owner, name="owner's account")
    address = address_of(account)
    address_of(account, EVM[1], status=AddressStatus.CHANGED, replaces=address)
    changes = AddressChanges(label="owner's treasury", description="owner's treasury")
    update_address(user=owner, origin=Origin(actor=owner), address_id=address.pk, changes=changes)
    sync_of(account)
    theirs = connected(colleague, key="key-of-the-colleague-9")
    address_of(theirs, BTC[0], currency="BTC", network="BTC")
    address_of(theirs, EVM[2])
    return account


def rows() -> list[Any]:
    return [list(table._default_manager.order_by("pk").values_list()) for table in TABLES]


def requests(account: ExchangeAccount) -> list[tuple[str, str, Any]]:
    """Every endpoint that names something, with the owner's ids in it."""
    address = DepositAddress.objects.get(account=account, address=EVM[0])
    one, it = f"{EXCHANGES}/{account.pk}", f"{ADDRESSES}/{address.pk}"
    new = {"account_id": str(account.pk), "currency": "USDT", "network": "ERC20"}
    return [
        ("GET", one, None),
        ("PUT", one, {"name": "taken"}),
        ("PUT", one, {"api_key": "x" * 20, "api_secret": "y" * 20}),
        ("DELETE", one, None),
        ("POST", f"{one}/test", None),
        ("GET", it, None),
        ("PUT", it, {"label": "taken"}),
        ("PUT", it, {"confirm": True}),
        ("DELETE", it, None),
        ("PUT", f"{it}/refresh", None),
        ("GET", f"{ADDRESSES}/history/{address.pk}", None),
        ("POST", ADDRESSES, new),
        ("POST", ADDRESSES, new | {"address": EVM[2]}),
        ("POST", f"{ADDRESSES}/sync", {"account_ids": [str(account.pk)]}),
    ]


@pytest.mark.parametrize("who", ["colleague", "outsider"])
def test_what_is_somebody_elses_is_not_there(account: ExchangeAccount, who: str) -> None:
    client, before = ApiClient(who), rows()
    for method, path, body in requests(account):
        answer = client.send(method, path, body)
        assert answer.status_code == 404, (method, path, answer.content)
        assert error_code(answer) in ("EXCHANGE_ACCOUNT_NOT_FOUND", "DEPOSIT_ADDRESS_NOT_FOUND")
        for secret in PRIVATE:
            assert secret not in answer.content.decode()
    assert rows() == before


@pytest.mark.parametrize("who", ["colleague", "outsider"])
def test_many_at_once_do_nothing_to_what_is_somebody_elses(account: ExchangeAccount, who: str) -> None:
    client, before = ApiClient(who), rows()
    ids = [str(pk) for pk in DepositAddress.objects.filter(account=account).values_list("pk", flat=True)]
    new = {"account_id": str(account.pk), "currency": "USDT", "network": "ERC20"}
    bodies: list[dict[str, Any]] = [
        {"action": action, "ids": ids}
        for action in ("activate", "deactivate", "confirm", "allow", "block", "unlist", "delete")
    ]
    bodies.append({"action": "update", "items": [{"id": one, "label": "taken"} for one in ids]})
    bodies.append({"action": "create", "items": [new, new | {"address": EVM[2]}]})
    for body in bodies:
        answer = client.post(f"{ADDRESSES}/bulk", body)
        assert [result["ok"] for result in told(answer)["results"]] == [False, False], body
        for secret in PRIVATE:
            assert secret not in answer.content.decode()
    assert rows() == before


@pytest.mark.parametrize("who", ["colleague", "outsider"])
def test_lists_are_ones_own(account: ExchangeAccount, who: str) -> None:
    client = ApiClient(who)
    queries = ["", "?search=treasury", "?label=owner's treasury", f"?account_id={account.pk}", "?group_by=currency"]
    queries += ["?status=changed", "?exchange=toldex", f"?search={EVM[0]}", "?currency=USDT", "?ordering=address"]
    paths = [f"{ADDRESSES}{query}" for query in queries]
    paths += [f"{ADDRESSES}/by-currency/USDT", f"{EXCHANGES}/supported", f"{EXCHANGES}/toldex/currencies"]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200
        for secret in PRIVATE:
            assert secret not in answer.content.decode(), path
    shown = told(client.get(EXCHANGES))["items"]
    assert [item["addresses"] for item in shown] == ([2] if who == "colleague" else [])
    assert str(account.pk) not in str(shown)


def test_a_list_of_ones_own_is_not_moved_by_the_cursor_of_another(account: ExchangeAccount) -> None:
    cursor = told(ApiClient("owner").get(f"{ADDRESSES}?limit=1"))["next_cursor"]
    answer = ApiClient("outsider").get(f"{ADDRESSES}?cursor={cursor}")
    assert told(answer) == {"items": [], "next_cursor": None}


def test_a_sync_of_all_is_of_ones_own(account: ExchangeAccount) -> None:
    syncs = told(ApiClient("colleague").post(f"{ADDRESSES}/sync", {}), 202)["syncs"]
    assert str(account.pk) not in str(syncs)
    assert len(syncs) == 1
    assert told(ApiClient("outsider").post(f"{ADDRESSES}/sync", {}), 202)["syncs"] == []


def test_labels_of_others_are_not_shown_where_addresses_are_the_same(account: ExchangeAccount) -> None:
    theirs = connected(User.objects.get(username="outsider"))
    same = address_of(theirs)
    shown = told(ApiClient("outsider").get(f"{ADDRESSES}/{same.pk}"))
    assert (shown["label"], shown["listing"], shown["is_blocked"]) == ("", "", False)
    told(ApiClient("outsider").put(f"{ADDRESSES}/{same.pk}", {"listing": "blocked", "label": "mine"}))
    mine = told(ApiClient("owner").get(f"{ADDRESSES}?search={EVM[0]}"))["items"]
    assert [(item["label"], item["is_blocked"], item["is_active"]) for item in mine] == [
        ("owner's treasury", False, True)
    ]


def test_nobody_is_let_in_without_a_signature(account: ExchangeAccount) -> None:
    client, before = ApiClient("owner"), rows()
    client.key = None
    for method, path, body in (*requests(account), ("GET", EXCHANGES, None), ("GET", ADDRESSES, None)):
        assert client.send(method, path, body).status_code == 401, (method, path)
    for path in ("/exchanges", "/sync-status", "/analytics", "/exchanges/analytics"):
        assert client.get(f"{STAFF}{path}").status_code == 401
    assert client.post(f"{STAFF}/sync/force", {}).status_code == 401
    assert rows() == before


STAFF_REQUESTS: list[tuple[str, str]] = [
    ("GET", "/exchanges"),
    ("GET", "/sync-status"),
    ("GET", "/analytics"),
    ("POST", "/sync/force"),
]
LONGER_NAMES = [("GET", "/exchanges/sync-status"), ("GET", "/exchanges/analytics"), ("POST", "/exchanges/sync/force")]


def test_staff_endpoints_answer_no_key_and_no_customer(account: ExchangeAccount) -> None:
    before = rows()
    body = {"account_ids": [str(account.pk)], "reason": "test"}
    key_of_staff, key = ApiClient("staff", "read", "exchanges"), ApiClient("owner")
    customer, nobody = client_of(User.objects.get(username="owner")), client_of(staff_member("nobody"))
    looker = client_of(staff_member("looker", "Auditor"))
    for method, path in (*STAFF_REQUESTS, *LONGER_NAMES):
        for client in (key_of_staff, key):
            answer = client.send(method, f"{STAFF}{path}", body if method == "POST" else None)
            assert (answer.status_code, error_code(answer)) == (403, "SESSION_REQUIRED"), path
        for browser in (customer, nobody):
            answer = browser.generic(
                method, f"{STAFF}{path}", data='{"account_ids": [], "reason": ""}', content_type="application/json"
            )
            assert (answer.status_code, error_code(answer)) == (403, "PERMISSION_DENIED"), path
    refused = looker.post(f"{STAFF}/sync/force", body, content_type="application/json")
    assert (refused.status_code, error_code(refused)) == (403, "PERMISSION_DENIED")
    assert rows() == before


def test_staff_see_how_accounts_stand_and_have_them_synced(account: ExchangeAccount) -> None:
    staff = client_of(User.objects.get(username="staff"))
    pages = [staff.get(f"{STAFF}{path}") for method, path in STAFF_REQUESTS if method == "GET"]
    for page in pages:
        assert page.status_code == 200
        for secret in (KEY, SECRET, PASSPHRASE, EVM[0], EVM[1], "owner's treasury"):
            assert secret not in page.content.decode()
    accounts, status, figures = (page.json() for page in pages)
    assert [item["user"]["username"] for item in accounts["items"]] == ["colleague", "owner"]
    mine = staff.get(
        f"{STAFF}/exchanges?search=OWNER@&exchange=toldex&user_id={account.user_id}&ordering=-sync_status"
    ).json()
    assert [item["id"] for item in mine["items"]] == [str(account.pk)]
    assert (status["partial_24h"], status["recent"][0]["username"]) == (1, "owner")
    assert (figures["accounts"]["total"], figures["addresses"]["by_status"]["changed"]) == (2, 1)
    assert figures["errors"] == [{"exchange": "toldex", "code": "EXCHANGE_TIMEOUT", "count": 1}]
    assert sum(day["partial"] for day in figures["days"]) == 1
    by_name = staff.get(f"{STAFF}/exchanges?ordering=name&limit=1").json()
    rest = staff.get(f"{STAFF}/exchanges?ordering=name&cursor={by_name['next_cursor']}").json()
    assert len(by_name["items"] + rest["items"]) == 2
    for wrong in ("user_id=x", "cursor=x", "ordering=user", "cursor=WyJuYW1lIiwieCIsIngiXQ&ordering=name"):
        assert staff.get(f"{STAFF}/exchanges?{wrong}").status_code == 400, wrong

    def force(body: Any) -> Any:
        return staff.post(f"{STAFF}/sync/force", body, content_type="application/json")

    mistakes: tuple[dict[str, Any], ...] = (
        {"account_ids": [str(account.pk)]},
        {"account_ids": [], "reason": "x"},
        {"account_ids": ["1"]},
    )
    for mistake in mistakes:
        assert force(mistake).status_code == 400
    answer = force({"account_ids": [str(account.pk)], "reason": "the user asked for it"})
    assert answer.status_code == 202
    assert (answer.json()["syncs"][0]["trigger"], answer.json()["syncs"][0]["type"]) == ("staff", "full")
    again = force({"account_ids": [str(account.pk)], "reason": "again"})
    assert (again.status_code, error_code(again)) == (409, "SYNC_RUNNING")
