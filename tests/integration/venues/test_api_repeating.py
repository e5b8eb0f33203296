"""POST requests with an Idempotency-Key: a repeat has the first result, whatever became of it since."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.credentials import forget_credentials
from accounts.models import User
from storage.session_locks import only_one
from tests.integration.venues.api import ADDRESSES, EXCHANGES, ApiClient, told, warm_up
from tests.support.api import error_code
from tests.support.told_venue import EVM, KEY, PASSPHRASE, SECRET, ToldVenue, an_exchange, connected
from wallet.venues.models import AddressSyncLog, DepositAddress, ExchangeAccount, GivenAnswer
from wallet.venues.services.repeating import ANSWERING, KEPT_FOR, forget_answers

NEW = {"exchange": "toldex", "name": "Main", "api_key": KEY, "api_secret": SECRET, "passphrase": PASSPHRASE}


@pytest.fixture(autouse=True)
def clean(db: None) -> Iterator[None]:
    warm_up()
    an_exchange()
    yield
    forget_credentials()


@pytest.fixture
def mine() -> ApiClient:
    return ApiClient("owner")


def post(client: ApiClient, path: str, payload: Any, key: str) -> Any:
    body = json.dumps(payload).encode()
    return client.post(path, raw=body, headers=client.headers("POST", path, body) | {"Idempotency-Key": key})


def test_an_account_is_connected_once(mine: ApiClient) -> None:
    first = post(mine, EXCHANGES, NEW, "connect-1")
    made = told(first, 201)
    again = post(mine, EXCHANGES, NEW, "connect-1")
    assert (again.status_code, again.content) == (201, first.content)
    told(mine.delete(f"{EXCHANGES}/{made['id']}"))
    assert post(mine, EXCHANGES, NEW, "connect-1").content == first.content, "also when it is gone"
    assert ExchangeAccount.objects.count() == 1


@pytest.mark.parametrize("changed", [{"name": "Other"}, {"api_secret": "another-secret-0123456789"}])
def test_other_content_under_the_key_is_refused(mine: ApiClient, changed: dict[str, str]) -> None:
    told(post(mine, EXCHANGES, NEW, "connect-1"), 201)
    answer = post(mine, EXCHANGES, NEW | changed, "connect-1")
    assert (answer.status_code, error_code(answer)) == (409, "IDEMPOTENCY_CONFLICT")
    answer = post(mine, f"{ADDRESSES}/sync", {}, "connect-1")
    assert (answer.status_code, error_code(answer)) == (409, "IDEMPOTENCY_CONFLICT")
    assert (ExchangeAccount.objects.count(), AddressSyncLog.objects.count()) == (1, 0)


def test_keys_are_each_users_own(mine: ApiClient) -> None:
    told(post(mine, EXCHANGES, NEW, "connect-1"), 201)
    theirs = told(post(ApiClient("outsider"), EXCHANGES, NEW, "connect-1"), 201)
    assert ExchangeAccount.objects.get(pk=theirs["id"]).user.username == "outsider"


def test_what_was_refused_is_tried_anew(mine: ApiClient) -> None:
    connected(User.objects.get(username="owner"))
    answer = post(mine, EXCHANGES, NEW, "connect-1")
    assert (answer.status_code, error_code(answer)) == (409, "EXCHANGE_ACCOUNT_EXISTS")
    assert not GivenAnswer.objects.exists()
    told(mine.delete(f"{EXCHANGES}/{ExchangeAccount.objects.get().pk}"))
    told(post(mine, EXCHANGES, NEW, "connect-1"), 201)


def test_a_request_that_is_under_way_is_not_carried_out_twice(mine: ApiClient) -> None:
    owner = User.objects.get(username="owner")
    locked, done = threading.Event(), threading.Event()

    def at_work() -> None:
        try:
            with only_one(ANSWERING, f"{owner.pk} connect-1"):
                locked.set()
                done.wait(20)
        finally:
            connection.close()

    other = threading.Thread(target=at_work)
    other.start()
    try:
        assert locked.wait(20)
        answer = post(mine, EXCHANGES, NEW, "connect-1")
    finally:
        done.set()
        other.join()
    assert (answer.status_code, error_code(answer)) == (409, "REQUEST_UNDER_WAY")
    assert not ExchangeAccount.objects.exists()
    told(post(mine, EXCHANGES, NEW, "connect-1"), 201)


def test_no_secret_is_kept_for_it(mine: ApiClient) -> None:
    told(post(mine, EXCHANGES, NEW, "connect-1"), 201)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(a)::text FROM venues_givenanswer a")
        ((kept,),) = cursor.fetchall()
    for secret in (KEY, SECRET, PASSPHRASE):
        assert secret not in kept
        assert secret.encode().hex() not in kept


def test_addresses_are_added_and_synced_once(venue: ToldVenue, mine: ApiClient) -> None:
    account = connected(User.objects.get(username="owner"))
    venue.gives("USDT", "ERC20", EVM[0])
    new = {"account_id": str(account.pk), "currency": "USDT", "network": "ERC20"}
    first = post(mine, ADDRESSES, new, "add-1")
    assert post(mine, ADDRESSES, new, "add-1").content == first.content
    assert (first.status_code, DepositAddress.objects.count(), len(venue.asked)) == (201, 1, 1)

    bulk = {"action": "create", "items": [new | {"network": "TRC20"}, new | {"address": EVM[1]}]}
    first = post(mine, f"{ADDRESSES}/bulk", bulk, "bulk-1")
    assert [result["ok"] for result in told(first)["results"]] == [False, True]
    assert post(mine, f"{ADDRESSES}/bulk", bulk, "bulk-1").content == first.content
    assert (DepositAddress.objects.count(), len(venue.asked)) == (2, 2)

    first = post(mine, f"{ADDRESSES}/sync", {}, "sync-1")
    again = post(mine, f"{ADDRESSES}/sync", {}, "sync-1")
    assert (again.status_code, again.content) == (202, first.content)
    assert AddressSyncLog.objects.count() == 1


def test_a_key_is_a_short_word(mine: ApiClient) -> None:
    for wrong in ("", "two words", "x" * 101):
        assert post(mine, EXCHANGES, NEW, wrong).status_code == 400, wrong
    assert not ExchangeAccount.objects.exists()


def test_answers_are_forgotten_after_some_days(mine: ApiClient) -> None:
    told(post(mine, EXCHANGES, NEW, "connect-1"), 201)
    now = timezone.now()
    assert forget_answers(at=now + KEPT_FOR - timedelta(minutes=1)) == 0
    assert forget_answers(at=now + KEPT_FOR + timedelta(minutes=1)) == 1
