"""Counted by key and by address before anything is written."""

import time

import pytest
import redis
from pytest_django import Settings

from accounts.models import User
from tests.integration.api_foundation.conftest import rows_written
from tests.support.api import SignedClient, error_code, make_key

URL = "/api/v1/probe"


@pytest.fixture(autouse=True)
def _small_limits(settings: Settings) -> None:
    settings.RATE_LIMITS = {
        "orders": {"key": "5/10minute", "address": "8/10minute"},
        "reads": {"key": "7/10minute", "address": "10/10minute"},
    }


def statuses(client: SignedClient, method: str, count: int) -> list[int]:
    return [client.send(method, URL, {} if method == "POST" else None).status_code for _ in range(count)]


def test_a_key_gets_what_its_limit_allows(owner_client: SignedClient) -> None:
    assert statuses(owner_client, "POST", 7) == [201] * 5 + [429] * 2
    assert rows_written() == 5
    answer = owner_client.post(URL, {})
    assert error_code(answer) == "RATE_LIMITED"
    error = answer.json()["error"]
    assert 1 <= error["retry_after"] <= 600
    assert answer.headers["Retry-After"] == str(error["retry_after"])
    assert error["details"] == {"limit": "key"}


def test_classes_are_counted_apart(owner_client: SignedClient) -> None:
    assert statuses(owner_client, "POST", 6)[-1] == 429
    assert statuses(owner_client, "GET", 7) == [200] * 7


def test_the_headers_tell_where_one_stands(owner_client: SignedClient) -> None:
    seen = [owner_client.post(URL, {}).headers for _ in range(2)]
    assert [headers["X-RateLimit-Limit"] for headers in seen] == ["5", "5"]
    assert [headers["X-RateLimit-Remaining"] for headers in seen] == ["4", "3"]
    assert all(1 <= int(headers["X-RateLimit-Reset"]) <= 600 for headers in seen)


def test_keys_of_one_address_share_its_limit(owner: User, outsider: User) -> None:
    first, second = SignedClient(make_key(owner)), SignedClient(make_key(outsider))
    assert statuses(first, "POST", 5) == [201] * 5
    assert statuses(second, "POST", 3) == [201, 201, 201]
    refusal = second.post(URL, {})
    assert refusal.json()["error"]["details"] == {"limit": "address"}
    assert SignedClient(second.key, address="198.51.100.1").post(URL, {}).status_code == 201


def test_who_is_nobody_is_counted_by_address(db: None) -> None:
    nobody = SignedClient(None)
    answers = [nobody.post(URL, {}).status_code for _ in range(10)]
    assert answers == [401] * 8 + [429] * 2
    assert rows_written() == 0


@pytest.mark.parametrize("spoil", ["X-Bourse-Signature", "X-Bourse-Key"])
def test_failed_signatures_are_counted_too(owner_client: SignedClient, spoil: str) -> None:
    answers = []
    for number in range(10):
        headers = owner_client.headers("POST", URL, b"{}") | {spoil: f"{number:064}"}
        answers.append(owner_client.post(URL, {}, headers=headers).status_code)
    assert answers == [401] * 8 + [429] * 2


def test_missing_scopes_are_counted_too(owner: User) -> None:
    client = SignedClient(make_key(owner, scopes=("read",)))
    assert [client.post(URL, {}).status_code for _ in range(10)] == [403] * 8 + [429] * 2


def test_a_strangers_failures_do_not_use_up_the_key(owner_client: SignedClient) -> None:
    stranger = SignedClient(owner_client.key, address="198.51.100.9")
    for number in range(12):
        headers = stranger.headers("POST", URL, b"{}") | {"X-Bourse-Signature": f"{number:064}"}
        stranger.post(URL, {}, headers=headers)
    assert statuses(owner_client, "POST", 5) == [201] * 5


def test_an_endpoint_may_cost_more(owner_client: SignedClient) -> None:
    assert owner_client.get("/api/v1/probe/heavy").headers["X-RateLimit-Remaining"] == "1"
    assert owner_client.get("/api/v1/probe/heavy").status_code == 429


def test_a_signed_in_person_is_counted(owner: User) -> None:
    client = SignedClient(None)
    client.django.force_login(owner)
    assert statuses(client, "POST", 6) == [201] * 5 + [429]


def test_the_next_window_is_new(owner_client: SignedClient, settings: Settings) -> None:
    # Long enough for one request more than may come, and short enough to be waited for.
    settings.RATE_LIMITS = {"reads": {"key": "1/3second", "address": "10/3second"}}
    while (refused := owner_client.get(URL)).status_code == 200:
        pass
    time.sleep(int(refused.headers["Retry-After"]))
    assert owner_client.get(URL).status_code == 200


def test_counting_goes_on_when_redis_forgot_its_scripts(
    owner_client: SignedClient, redis_client: "redis.Redis"
) -> None:
    assert owner_client.post(URL, {}).headers["X-RateLimit-Remaining"] == "4"
    redis_client.script_flush()
    headers = owner_client.headers("POST", URL, b"{}")
    assert owner_client.post(URL, {}, headers=headers).headers["X-RateLimit-Remaining"] == "3"
    assert error_code(owner_client.post(URL, {}, headers=headers)) == "SIGNATURE_REPLAYED"
