"""GET, POST /api/v1/api-keys and DELETE /api/v1/api-keys/{id}"""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import AccountState, ApiKey, User
from accounts.services import change_account_state, create_api_key
from tests.support.api import SignedClient, error_code, make_key

URL = "/api/v1/api-keys"
ASKED = {"label": "robot", "scopes": ["read", "trade"], "ip_ranges": ["127.0.0.0/8"]}


def session_of(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def make(client: Client, **fields: object) -> Any:
    return client.post(URL, json.dumps(ASKED | fields), content_type="application/json")


def test_a_key_is_made_shown_once_and_works(owner: User) -> None:
    client = session_of(owner)
    answer = make(client)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert (body["label"], body["scopes"], body["ip_ranges"]) == ("robot", ["read", "trade"], ["127.0.0.0/8"])
    assert isinstance(body["id"], str)
    assert body["created_at"].endswith("Z")
    secret = body.pop("secret")
    listed = client.get(URL)
    assert listed.json() == [body]
    assert secret not in listed.content.decode()
    assert ApiKey.objects.get(pk=body["id"]).secret == secret


def test_a_list_has_only_my_keys(owner: User, colleague: User) -> None:
    create_api_key(user=colleague, label="theirs", scopes=["read"])
    mine = create_api_key(user=owner, label="mine", scopes=["read"]).api_key
    assert [key["id"] for key in session_of(owner).get(URL).json()] == [str(mine.pk)]


def test_revoking(owner: User) -> None:
    key = create_api_key(user=owner, label="robot", scopes=["read"]).api_key
    answer = session_of(owner).delete(f"{URL}/{key.pk}")
    assert answer.status_code == 200
    assert answer.json()["revoked_at"] is not None
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_other_peoples_keys_are_not_there(owner: User, outsider: User) -> None:
    key = create_api_key(user=owner, label="robot", scopes=["read"]).api_key
    client = session_of(outsider)
    for key_id in (key.pk, uuid4()):
        answer = client.delete(f"{URL}/{key_id}")
        assert (answer.status_code, error_code(answer)) == (404, "API_KEY_NOT_FOUND")
    assert ApiKey.objects.get(pk=key.pk).revoked_at is None


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"scopes": ["admin"]}, 400, "SCOPE_UNKNOWN"),
        ({"scopes": []}, 400, "SCOPE_UNKNOWN"),
        ({"scopes": "read"}, 400, "FIELD_INVALID"),
        ({"scopes": [["read"]]}, 400, "FIELD_INVALID"),
        ({"label": ""}, 400, "FIELD_INVALID"),
        ({"label": None}, 400, "FIELD_INVALID"),
        ({"label": "x" * 61}, 400, "FIELD_INVALID"),
        ({"ip_ranges": ["10.0.0.1/8"]}, 400, "IP_RANGE_INVALID"),
        ({"ip_ranges": "10.0.0.0/8"}, 400, "FIELD_INVALID"),
        ({"user": "outsider"}, 400, "UNKNOWN_FIELD"),
        ({"secret": "mine"}, 400, "UNKNOWN_FIELD"),
    ],
)
def test_refused_requests_make_no_key(owner: User, fields: dict[str, object], status: int, code: str) -> None:
    client = session_of(owner)
    answer = make(client, **fields)
    assert (answer.status_code, error_code(answer)) == (status, code)
    assert not ApiKey.objects.exists()


def test_a_key_can_not_make_list_or_revoke_keys(owner: User) -> None:
    made = make_key(owner)
    robot = SignedClient(made)
    for answer in (robot.get(URL), robot.post(URL, ASKED), robot.delete(f"{URL}/{made.api_key.pk}")):
        assert (answer.status_code, error_code(answer)) == (403, "SESSION_REQUIRED")
    assert [key.revoked_at for key in ApiKey.objects.all()] == [None]


def test_nobody_gets_in_without_signing_in(db: None, nothing_changed: Callable[[], bool]) -> None:
    nobody = SignedClient(None)
    for answer in (nobody.get(URL), nobody.post(URL, ASKED), nobody.delete(f"{URL}/{uuid4()}")):
        assert (answer.status_code, error_code(answer)) == (401, "AUTHENTICATION_REQUIRED")
    assert nothing_changed()


def test_a_session_without_its_token_writes_nothing(owner: User) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(owner)
    answer = make(client)
    assert (answer.status_code, error_code(answer)) == (403, "CSRF_FAILED")
    assert not ApiKey.objects.exists()


def test_a_closed_account_reads_its_keys_and_makes_none(owner: User, staff: User) -> None:
    client = session_of(owner)
    change_account_state(user=owner, state=AccountState.CLOSED, by=staff, reason="left")
    assert client.get(URL).status_code == 200
    answer = make(client)
    assert (answer.status_code, error_code(answer)) == (403, "ACCOUNT_CLOSED")
    assert not ApiKey.objects.exists()


def test_a_disabled_user_is_signed_out(owner: User) -> None:
    client = session_of(owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert error_code(client.get(URL)) == "AUTHENTICATION_REQUIRED"
