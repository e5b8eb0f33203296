"""Exchange accounts over the API: keys go in and never come out, lists are one's own, refusals change nothing."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.credentials import forget_credentials
from accounts.models import User
from tests.integration.venues.api import EXCHANGES, NO_IDS, NOWHERE, ApiClient, told, warm_up
from tests.support.api import error_code
from tests.support.filled_venues import address_of, sync_of
from tests.support.told_venue import KEY, PASSPHRASE, SECRET, an_exchange, connected
from wallet.venues.models import AddressActivityLog, ExchangeAccount

SECRETS = (KEY, SECRET, PASSPHRASE)


@pytest.fixture(autouse=True)
def clean(db: None) -> Iterator[None]:
    warm_up()
    an_exchange()
    yield
    forget_credentials()


def body(**fields: Any) -> dict[str, Any]:
    keys = {"api_key": KEY, "api_secret": SECRET, "passphrase": PASSPHRASE}
    return {"exchange": "toldex", "name": "Main"} | keys | fields


def test_an_account_is_connected_and_its_keys_are_never_seen_again() -> None:
    mine = ApiClient("owner")
    answer = mine.post(EXCHANGES, body(metadata={"desk": "a"}), headers=None)
    made = told(answer, 201)
    assert (made["exchange"], made["exchange_name"], made["name"], made["kind"]) == ("toldex", "Toldex", "Main", "spot")
    assert (made["is_active"], made["is_sandbox"], made["sync_status"], made["sync"]) == (True, False, "never", None)
    assert made["permissions"] == {"read": None, "trade": None, "withdraw": None}
    assert (made["metadata"], made["addresses"], made["error"]) == ({"desk": "a"}, 0, None)
    pages = [answer, mine.get(EXCHANGES), mine.get(f"{EXCHANGES}/{made['id']}")]
    pages += [mine.put(f"{EXCHANGES}/{made['id']}", {"name": "Other"}), mine.delete(f"{EXCHANGES}/{made['id']}")]
    for page in pages:
        assert page.status_code in (200, 201)
        for secret in SECRETS:
            assert secret not in page.content.decode()
    assert AddressActivityLog.objects.filter(account_id=made["id"], ip_address="127.0.0.1").count() == 3
    assert told(mine.get(EXCHANGES))["items"] == []
    assert mine.get(f"{EXCHANGES}/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"exchange": "nowhere"}, 404, "EXCHANGE_NOT_SUPPORTED"),
        ({"exchange": "../admin"}, 400, "FIELD_INVALID"),
        ({"api_key": "two words"}, 400, "FIELD_INVALID"),
        ({"api_key": "schlüssel"}, 400, "FIELD_INVALID"),
        ({"api_secret": ""}, 400, "FIELD_INVALID"),
        ({"name": "line\nbreak"}, 400, "FIELD_INVALID"),
        ({"name": f"mine {KEY}"}, 400, "FIELD_INVALID"),
        ({"kind": "margin"}, 400, "FIELD_INVALID"),
        ({"metadata": {"much": "x" * 5_000}}, 400, "FIELD_INVALID"),
        ({"metadata": {"secret": SECRET}}, 400, "FIELD_INVALID"),
        ({"metadata": [1]}, 400, "FIELD_INVALID"),
        ({"keys_expire_at": "2001-01-01T00:00:00Z"}, 400, "FIELD_INVALID"),
        ({"owner": "me"}, 400, "UNKNOWN_FIELD"),
    ],
)
def test_what_is_refused_is_not_kept_and_not_repeated(changed: dict[str, Any], status: int, code: str) -> None:
    answer = ApiClient("owner").post(EXCHANGES, body(**changed))
    assert (answer.status_code, error_code(answer)) == (status, code)
    for secret in SECRETS:
        assert secret not in answer.content.decode()
    assert not ExchangeAccount.objects.exists()


def test_a_name_is_used_once_at_an_exchange() -> None:
    mine = ApiClient("owner")
    told(mine.post(EXCHANGES, body()), 201)
    answer = mine.post(EXCHANGES, body())
    assert (answer.status_code, error_code(answer)) == (409, "EXCHANGE_ACCOUNT_EXISTS")
    told(mine.post(EXCHANGES, body(name="Second")), 201)
    told(ApiClient("colleague").post(EXCHANGES, body()), 201)
    assert ExchangeAccount.objects.count() == 3


def test_lists_have_pages_filters_and_orderings() -> None:
    user = User.objects.get(username="owner")
    an_exchange("other")
    made = [connected(user, name=name, exchange=at) for name, at in (("b", "toldex"), ("a", "other"), ("c", "toldex"))]
    connected(User.objects.get(username="colleague"), name="theirs")
    mine = ApiClient("owner")

    def names(query: str) -> list[str]:
        return [item["name"] for item in told(mine.get(f"{EXCHANGES}?{query}"))["items"]]

    first = told(mine.get(f"{EXCHANGES}?limit=2"))
    assert [item["name"] for item in first["items"]] == ["c", "a"]
    assert names(f"limit=2&cursor={first['next_cursor']}") == ["b"]
    assert names("ordering=name") == ["a", "b", "c"]
    assert names("ordering=-name") == ["c", "b", "a"]
    assert names("exchange=toldex&ordering=created_at") == ["b", "c"]
    assert names("search=A") == ["a"]
    ExchangeAccount.objects.filter(pk=made[0].pk).update(is_active=False, sync_status="failed")
    assert names("is_active=false") == names("status=failed") == ["b"]
    by_name = told(mine.get(f"{EXCHANGES}?limit=1&ordering=name"))["next_cursor"]
    for wrong in (
        "cursor=x", f"cursor={by_name}", "limit=0", "limit=501", "ordering=api_key", "is_active=maybe", "status=x",
        "search=%00", "exchange=%00", "color=red",
    ):  # fmt: skip
        assert mine.get(f"{EXCHANGES}?{wrong}").status_code == 400, wrong


def test_an_account_shows_its_latest_sync_how_many_addresses_it_has_and_what_to_heed() -> None:
    account = connected(User.objects.get(username="owner"), keys_expire_at=timezone.now() + timedelta(days=3))
    address_of(account)
    sync_of(account, started_at=timezone.now() - timedelta(hours=1))
    latest = sync_of(account)
    shown = told(ApiClient("owner").get(f"{EXCHANGES}/{account.pk}"))
    assert (shown["addresses"], shown["sync"]["id"]) == (1, str(latest.pk))
    assert shown["sync"]["errors"] == [
        {"currency": "XRP", "code": "EXCHANGE_TIMEOUT", "message": "The exchange took too long to answer."}
    ]
    assert "KEY_EXPIRES_SOON" in [warning["code"] for warning in shown["warnings"]]


def test_keys_are_given_together() -> None:
    account = connected(User.objects.get(username="owner"))
    mine = ApiClient("owner")
    path = f"{EXCHANGES}/{account.pk}"
    for wrong in ({"api_key": "x" * 20}, {"api_secret": "x" * 20}, {"passphrase": "x"}, {"exchange": "toldex"}):
        assert mine.put(path, wrong).status_code == 400
    account.refresh_from_db()
    assert account.api_key == KEY
    changed = told(mine.put(path, {"api_key": "x" * 20, "api_secret": "y" * 20, "name": "New"}))
    assert (changed["name"], changed["key_hint"]) == ("New", "xxx…xxx")
    account.refresh_from_db()
    assert (account.api_key, account.api_secret) == ("x" * 20, "y" * 20)
    assert told(mine.put(path, {"is_active": False}))["is_active"] is False


def test_ids_that_cannot_be_are_not_there() -> None:
    mine = ApiClient("owner")
    for wrong in (*NO_IDS, NOWHERE):
        for answer in (
            mine.get(f"{EXCHANGES}/{wrong}"),
            mine.put(f"{EXCHANGES}/{wrong}", {"name": "x"}),
            mine.delete(f"{EXCHANGES}/{wrong}"),
            mine.post(f"{EXCHANGES}/{wrong}/test"),
        ):
            assert (answer.status_code, error_code(answer)) == (404, "EXCHANGE_ACCOUNT_NOT_FOUND"), wrong
    for wrong in ("nowhere", "%00", "x" * 300):
        for part in ("currencies", "info"):
            answer = mine.get(f"{EXCHANGES}/{wrong}/{part}")
            assert (answer.status_code, error_code(answer)) == (404, "EXCHANGE_NOT_SUPPORTED"), wrong


def test_what_can_be_connected() -> None:
    mine = ApiClient("owner", "read")
    known = {item["id"]: item for item in told(mine.get(f"{EXCHANGES}/supported"))["items"]}
    eight = {"binance", "coinbase", "kraken", "bitfinex", "htx", "kucoin", "bybit", "okx"}
    assert known.keys() >= {"toldex", *eight}
    assert known["toldex"]["currencies"] == 4
    assert told(mine.get(f"{EXCHANGES}/toldex/info"))["id"] == "toldex"
    page = told(mine.get(f"{EXCHANGES}/toldex/currencies?limit=2"))
    assert [item["code"] for item in page["items"]] == ["BTC", "ETH"]
    rest = told(mine.get(f"{EXCHANGES}/toldex/currencies?cursor={page['next_cursor']}"))
    assert [item["code"] for item in rest["items"]] == ["USDT", "XRP"]
    assert [network["network"] for network in rest["items"][0]["networks"]] == ["ERC20", "TRC20"]
    one = told(mine.get(f"{EXCHANGES}/toldex/currencies?network=TRC20&currency=usdt"))
    assert [item["code"] for item in one["items"]] == ["USDT"]


def test_writes_need_their_own_scope() -> None:
    account = connected(User.objects.get(username="owner"))
    path = f"{EXCHANGES}/{account.pk}"
    for scopes in (("read",), ("read", "trade", "withdraw")):
        client = ApiClient("owner", *scopes)
        assert client.get(path).status_code == 200
        for answer in (
            client.post(EXCHANGES, body(name="Second")),
            client.put(path, {"name": "x"}),
            client.delete(path),
            client.post(f"{path}/test"),
        ):
            assert (answer.status_code, error_code(answer)) == (403, "SCOPE_MISSING")
            assert json.loads(answer.content)["error"]["details"] == {"scope": "exchanges"}
    assert ApiClient("owner", "exchanges").get(path).status_code == 403
    account.refresh_from_db()
    assert (account.name, account.deleted_at) == ("Main", None)
