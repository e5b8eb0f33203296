"""Forged, stale, repeated, out of scope, from elsewhere: nothing gets past the edge, and no row changes."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from accounts.admission import Edge
from accounts.api import authentication
from accounts.credentials import KEEP_SECONDS, cached_credential, forget_credentials
from accounts.models import AccountState, ApiKey, User
from accounts.services import change_account_state, revoke_api_key
from tests.integration.api_foundation.conftest import rows_written
from tests.support.api import SignedClient, error_code, make_key
from tests.support.exchange import Exchange

URL = "/api/v1/probe"


def refused(response: Any, status: int, code: str) -> None:
    assert (response.status_code, error_code(response)) == (status, code)
    assert rows_written() == 0


def test_the_owner_of_the_key_is_who_asks(owner: User, outsider: User) -> None:
    for user in (owner, outsider):
        assert SignedClient(make_key(user)).get(URL).json() == {"user": user.username}


def test_method_query_and_body_are_signed(owner_client: SignedClient) -> None:
    assert owner_client.get(f"{URL}?a=1&b=%20x&c=%2F").status_code == 200
    assert owner_client.post(URL, {"a": "é"}).json() == {"a": "é"}
    assert rows_written() == 1


def test_the_path_is_signed_decoded(owner_client: SignedClient) -> None:
    headers = owner_client.headers("GET", "/api/v1/probe/BTC/USDT/path", b"")
    refused(owner_client.get("/api/v1/probe/BTC%2FUSDT/path", headers=headers), 405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("missing", ["X-Bourse-Key", "X-Bourse-Timestamp", "X-Bourse-Signature"])
def test_all_three_headers_are_needed(owner_client: SignedClient, missing: str) -> None:
    headers = owner_client.headers("POST", URL, b"{}")
    del headers[missing]
    refused(owner_client.post(URL, {}, headers=headers), 401, "SIGNATURE_MISSING")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Bourse-Timestamp", "now"),
        ("X-Bourse-Timestamp", "-1"),
        ("X-Bourse-Timestamp", "1" * 40),
        ("X-Bourse-Timestamp", "²"),
        ("X-Bourse-Window", "0"),
        ("X-Bourse-Window", "60001"),
        ("X-Bourse-Window", "5s"),
    ],
)
def test_malformed_headers(owner_client: SignedClient, header: str, value: str) -> None:
    headers = owner_client.headers("POST", URL, b"{}") | {header: value}
    refused(owner_client.post(URL, {}, headers=headers), 401, "SIGNATURE_MISSING")


def test_a_forged_signature(owner_client: SignedClient) -> None:
    good = owner_client.headers("POST", URL, b"{}", window=None)
    forgeries = (
        good | {"X-Bourse-Signature": "0" * 64},
        good | {"X-Bourse-Signature": good["X-Bourse-Signature"].upper()},
        good | {"X-Bourse-Signature": "é"},
        good | {"X-Bourse-Timestamp": str(int(good["X-Bourse-Timestamp"]) - 1)},
        good | {"X-Bourse-Window": "60000"},
        owner_client.headers("GET", URL, b"{}"),
        owner_client.headers("POST", f"{URL}?a=1", b"{}"),
        owner_client.headers("POST", URL, b"{ }"),
    )
    for headers in forgeries:
        refused(owner_client.post(URL, {}, headers=headers), 401, "SIGNATURE_INVALID")
    assert owner_client.post(URL, {}, headers=good).status_code == 201


def test_an_unknown_key_answers_like_a_wrong_signature(owner_client: SignedClient) -> None:
    good = owner_client.headers("POST", URL, b"{}")
    unknown = owner_client.post(URL, {}, headers=good | {"X-Bourse-Key": "bk_" + "0" * 32})
    wrong = owner_client.post(URL, {}, headers=good | {"X-Bourse-Signature": "0" * 64})
    for answer in (unknown, wrong):
        refused(answer, 401, "SIGNATURE_INVALID")
    assert unknown.json()["error"]["message"] == wrong.json()["error"]["message"]
    assert unknown.json()["error"]["details"] == wrong.json()["error"]["details"] == {}
    assert unknown.headers["WWW-Authenticate"] == wrong.headers["WWW-Authenticate"]


@pytest.mark.parametrize("key", ["x" * 4000, "a\x00b", "é", "' OR 1=1 --"])
def test_any_text_is_an_unknown_key(owner_client: SignedClient, key: str) -> None:
    headers = owner_client.headers("POST", URL, b"{}") | {"X-Bourse-Key": key}
    refused(owner_client.post(URL, {}, headers=headers), 401, "SIGNATURE_INVALID")


def test_another_users_secret_does_not_fit(owner_client: SignedClient, outsider: User) -> None:
    headers = SignedClient(make_key(outsider)).headers("POST", URL, b"{}")
    assert owner_client.key is not None
    headers["X-Bourse-Key"] = owner_client.key.api_key.key
    refused(owner_client.post(URL, {}, headers=headers), 401, "SIGNATURE_INVALID")


@pytest.mark.parametrize(
    ("age_ms", "window", "status"),
    [(4_000, None, 201), (6_000, None, 401), (-500, None, 201), (-5_000, None, 401), (50_000, "60000", 201),
     (61_000, "60000", 401), (500, "100", 401)],
)  # fmt: skip
def test_the_window(
    owner_client: SignedClient, monkeypatch: pytest.MonkeyPatch, age_ms: int, window: str | None, status: int
) -> None:
    # The Redis of a test run may be younger than the oldest of these requests.
    monkeypatch.setattr(Edge, "remembers_from_ms", property(lambda _: 0, lambda *_: None), raising=False)
    now_ms = time.time_ns() // 1_000_000
    # The clock stands still, as the machine may for longer than the ages differ.
    monkeypatch.setattr(authentication, "time", SimpleNamespace(time_ns=lambda: now_ms * 1_000_000))
    headers = owner_client.headers("POST", URL, b"{}", timestamp_ms=now_ms - age_ms, window=window)
    answer = owner_client.post(URL, {}, headers=headers)
    assert answer.status_code == status
    if status == 401:
        refused(answer, 401, "TIMESTAMP_STALE")
        assert answer.json()["error"]["details"]["server_time_ms"] == now_ms


def test_a_signature_is_accepted_once(owner_client: SignedClient) -> None:
    headers = owner_client.headers("POST", URL, b"{}")
    assert owner_client.post(URL, {}, headers=headers).status_code == 201
    for _ in range(3):
        answer = owner_client.post(URL, {}, headers=headers)
        assert (answer.status_code, error_code(answer)) == (401, "SIGNATURE_REPLAYED")
    assert rows_written() == 1
    headers = owner_client.headers("GET", URL, b"")
    assert owner_client.get(URL, headers=headers).status_code == 200
    assert error_code(owner_client.get(URL, headers=headers)) == "SIGNATURE_REPLAYED"


def test_of_many_simultaneous_repeats_one_gets_in(exchange: Exchange) -> None:
    client = SignedClient(make_key(exchange.user("owner")))
    headers = client.headers("POST", URL, b"{}")

    def send(_: int) -> int:
        try:
            return SignedClient(client.key).post(URL, {}, headers=headers).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as threads:
        statuses = list(threads.map(send, range(20)))
    assert sorted(statuses) == [201] + [401] * 19
    assert rows_written() == 1


@pytest.mark.parametrize(
    ("scopes", "method", "missing"),
    [
        (("read",), "POST", "trade"),
        (("withdraw",), "POST", "trade"),
        (("trade",), "GET", "read"),
        (("read", "trade"), "DELETE", "withdraw"),
    ],
)
def test_a_key_without_the_scope(owner: User, scopes: tuple[str, ...], method: str, missing: str) -> None:
    answer = SignedClient(make_key(owner, scopes=scopes)).send(method, URL)
    refused(answer, 403, "SCOPE_MISSING")
    assert answer.json()["error"]["details"] == {"scope": missing}


@pytest.mark.parametrize(
    ("scopes", "method", "status"), [(("read",), "GET", 200), (("trade",), "POST", 201), (("withdraw",), "DELETE", 204)]
)
def test_a_key_with_the_scope(owner: User, scopes: tuple[str, ...], method: str, status: int) -> None:
    client = SignedClient(make_key(owner, scopes=scopes))
    assert client.send(method, URL, {} if method == "POST" else None).status_code == status


def test_a_revoked_key_stops_at_once(owner: User, django_capture_on_commit_callbacks: object) -> None:
    client = SignedClient(make_key(owner))
    assert client.key is not None
    assert client.get(URL).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        revoke_api_key(user=owner, api_key_id=client.key.api_key.pk)
    refused(client.post(URL, {}), 401, "API_KEY_REVOKED")


def test_a_key_revoked_by_another_process_stops_within_the_cache_time(owner_client: SignedClient) -> None:
    assert owner_client.get(URL).status_code == 200
    ApiKey.objects.update(revoked_at="2026-01-01T00:00:00Z")
    time.sleep(KEEP_SECONDS + 0.05)
    refused(owner_client.post(URL, {}), 401, "API_KEY_REVOKED")


def test_only_who_can_sign_learns_that_a_key_is_revoked(owner_client: SignedClient) -> None:
    ApiKey.objects.update(revoked_at="2026-01-01T00:00:00Z")
    headers = owner_client.headers("POST", URL, b"{}") | {"X-Bourse-Signature": "0" * 64}
    refused(owner_client.post(URL, {}, headers=headers), 401, "SIGNATURE_INVALID")


def test_a_key_bound_to_addresses(owner: User) -> None:
    key = make_key(owner, ip_ranges=("203.0.113.0/24", "2001:db8::/32"))
    for address in ("203.0.113.77", "2001:db8::7"):
        assert SignedClient(key, address=address).get(URL).status_code == 200
    for address in ("203.0.114.77", "2001:db9::7", "127.0.0.1"):
        refused(SignedClient(key, address=address).post(URL, {}), 403, "IP_NOT_ALLOWED")
    spoofing = SignedClient(key)
    headers = spoofing.headers("POST", URL, b"{}") | {"X-Forwarded-For": "203.0.113.77"}
    refused(spoofing.post(URL, {}, headers=headers), 403, "IP_NOT_ALLOWED")


def test_a_disabled_user(owner_client: SignedClient, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)
    refused(owner_client.post(URL, {}), 403, "ACCOUNT_INACTIVE")


def test_a_closed_account_only_reads(owner_client: SignedClient, owner: User, staff: User) -> None:
    change_account_state(user=owner, state=AccountState.CLOSED, by=staff, reason="left")
    assert owner_client.get(URL).status_code == 200
    refused(owner_client.post(URL, {}), 403, "ACCOUNT_CLOSED")


def test_without_signature_or_session(db: None) -> None:
    refused(SignedClient(None).post(URL, {}), 401, "AUTHENTICATION_REQUIRED")


def test_a_session_has_every_scope_and_needs_its_token(owner: User) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(owner)
    assert client.get(URL).json() == {"user": "owner"}
    refused(client.post(URL, "{}", content_type="application/json"), 403, "CSRF_FAILED")
    client.get("/admin/login/")
    token = "a" * 32
    client.cookies["csrftoken"] = token
    answer = client.post(URL, "{}", content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 201


def test_a_signature_beats_the_session(owner: User, outsider: User) -> None:
    client = SignedClient(make_key(outsider))
    client.django.force_login(owner)
    assert client.get(URL).json() == {"user": "outsider"}


def test_keys_are_read_once_for_a_moment(owner_client: SignedClient, django_assert_num_queries: object) -> None:
    forget_credentials()
    with django_assert_num_queries(1):  # type: ignore[operator]
        for _ in range(5):
            assert owner_client.get(URL).status_code == 200
    unknown = owner_client.headers("GET", URL, b"") | {"X-Bourse-Key": "nobody"}
    with django_assert_num_queries(1):  # type: ignore[operator]
        for _ in range(5):
            owner_client.get(URL, headers=unknown)


def test_nothing_secret_is_logged_or_printed(owner_client: SignedClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert owner_client.key is not None
    headers = owner_client.headers("GET", "/api/v1/fails/unexpected", b"")
    owner_client.get("/api/v1/fails/unexpected", headers=headers)
    owner_client.get(URL, headers=headers | {"X-Bourse-Signature": "f" * 64})
    credential = cached_credential(owner_client.key.api_key.key)[1]
    logged = caplog.text + repr(credential) + repr(owner_client.key)
    assert owner_client.key.secret not in logged
    assert headers["X-Bourse-Signature"] not in logged
    assert "f" * 64 not in logged
