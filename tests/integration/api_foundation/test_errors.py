"""Whatever goes wrong under /api/ has one shape, a code of its own, and tells nothing of the inside."""

import json

import pytest
from django.db import OperationalError, connections
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from exchange.management.commands.errors_page import all_errors, errors_page, page_path
from kernel.errors import BourseError
from tests.integration.api_foundation.conftest import rows_written
from tests.support.api import SignedClient, error_code, next_timestamp_ms

URL = "/api/v1/probe"
INSIDE = "secret-of-the-house"


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("unexpected", 500, "INTERNAL_ERROR"),
        ("invariant", 500, "INVARIANT_VIOLATED"),
        ("database", 503, "SERVICE_UNAVAILABLE"),
        ("driver", 503, "SERVICE_UNAVAILABLE"),
        ("redis", 503, "SERVICE_UNAVAILABLE"),
        ("absent", 404, "NOT_FOUND"),
        ("validation", 400, "FIELD_INVALID"),
        ("suspicious", 400, "REQUEST_MALFORMED"),
        ("denied", 403, "PERMISSION_DENIED"),
        ("throttled-elsewhere", 500, "INTERNAL_ERROR"),
    ],
)
def test_whatever_a_view_raises(db: None, kind: str, status: int, code: str) -> None:
    answer = SignedClient(None).get(f"/api/v1/fails/{kind}")
    assert (answer.status_code, error_code(answer)) == (status, code)
    assert INSIDE not in answer.content.decode()
    assert "Traceback" not in answer.content.decode()


def test_validation_names_the_fields(db: None) -> None:
    details = SignedClient(None).get("/api/v1/fails/validation").json()["error"]["details"]
    assert details == {"a.b": ["wrong"], "c.0.d": ["bad"]}


@pytest.mark.parametrize("debug", [False, True])
def test_what_django_answers_by_itself(db: None, settings: Settings, debug: bool) -> None:
    settings.DEBUG = debug
    nobody = SignedClient(None)
    for answer, status, code in (
        (nobody.get("/api/v1/nothing-here"), 404, "NOT_FOUND"),
        (nobody.get("/api/v2/"), 404, "NOT_FOUND"),
        (nobody.get("/api/v1/fails-plainly"), 500, "INTERNAL_ERROR"),
        (nobody.get("/api/v1/time", headers={"Host": "evil.example"}), 400, "REQUEST_MALFORMED"),
    ):
        assert (answer.status_code, error_code(answer)) == (status, code)
        assert INSIDE not in answer.content.decode()


def test_pages_outside_the_api_stay_pages(db: None) -> None:
    answer = Client(raise_request_exception=False).get("/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["X-Request-Id"]


def test_methods(owner_client: SignedClient) -> None:
    answer = owner_client.send("PATCH", URL, {})
    assert (answer.status_code, error_code(answer)) == (405, "METHOD_NOT_ALLOWED")
    assert "POST" in answer.headers["Allow"]
    assert error_code(owner_client.send("OPTIONS", URL)) == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "JSON_MALFORMED"),
        (b'{"a":1}}', "JSON_MALFORMED"),
        (b"[]", "JSON_MALFORMED"),
        (b"null", "JSON_MALFORMED"),
        (b'"text"', "JSON_MALFORMED"),
        (b'{"a":NaN}', "JSON_MALFORMED"),
        (b'{"a":-Infinity}', "JSON_MALFORMED"),
        (b'{"a":"\xff"}', "JSON_MALFORMED"),
        (b'{"a":"\\ud800"}', "JSON_MALFORMED"),
        (b'{"a":["\\u0000"]}', "JSON_MALFORMED"),
        (b'{"\\u0000":1}', "JSON_MALFORMED"),
        (b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "JSON_MALFORMED"),
        (b'{"a":' + b"9" * 10_000 + b"}", "JSON_MALFORMED"),
        (b'{"a":1,"a":2}', "JSON_NAME_TWICE"),
        (b'{"a":{"b":1,"b":1}}', "JSON_NAME_TWICE"),
    ],
)
def test_bodies_that_are_no_json_object(owner_client: SignedClient, body: bytes, code: str) -> None:
    answer = owner_client.post(URL, raw=body)
    assert (answer.status_code, error_code(answer)) == (400, code)
    assert rows_written() == 0


def test_texts_that_only_look_odd_are_taken(owner_client: SignedClient) -> None:
    answer = owner_client.post(URL, raw=b'{"a":"\\u00e9\\n\\ud83d\\ude00","b":"\xf0\x9f\x98\x80"}')
    assert answer.json() == {"a": "é\n😀", "b": "😀"}


@pytest.mark.parametrize("amount", ["1.5", "1e400", "1E400", "-0.0", "NaN", '"1e5"', '"NaN"', "true", "[]", "null"])
def test_amounts_are_strings(owner_client: SignedClient, amount: str) -> None:
    answer = owner_client.post("/api/v1/probe/amount", raw=f'{{"amount":{amount}}}'.encode())
    assert answer.status_code == 400
    expected = "JSON_MALFORMED" if amount == "NaN" else "NUMBER_MALFORMED"
    assert error_code(answer) == expected
    assert rows_written() == 0


def test_other_media_types_are_refused(owner_client: SignedClient) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = owner_client.post(URL, raw=b"a=1", content_type=content_type)
        assert (answer.status_code, error_code(answer)) == (415, "MEDIA_TYPE_UNSUPPORTED")
    headers = owner_client.headers("GET", URL, b"") | {"Accept": "text/csv"}
    answer = owner_client.get(URL, headers=headers)
    assert (answer.status_code, error_code(answer)) == (406, "NOT_ACCEPTABLE")
    assert rows_written() == 0


def test_a_body_that_is_too_large(owner_client: SignedClient, settings: Settings) -> None:
    body = json.dumps({"a": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE}).encode()
    answer = owner_client.post(URL, raw=body)
    assert (answer.status_code, error_code(answer)) == (413, "BODY_TOO_LARGE")
    assert "X-RateLimit-Remaining" in answer.headers
    assert rows_written() == 0


@pytest.mark.parametrize("given", ["abc-12345", "trace.1:2_3-4", "x" * 64])
def test_a_sane_request_id_is_kept(db: None, given: str) -> None:
    answer = SignedClient(None).get(URL, headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] == answer.json()["error"]["request_id"] == given


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "a b c d e f", "<script>alert</script>", "é" * 10])
def test_any_other_request_id_is_replaced(db: None, given: str) -> None:
    answer = SignedClient(None).get(URL, headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] != given
    assert len(answer.headers["X-Request-Id"]) == 32


def test_without_a_database_the_answer_is_503(db: None, monkeypatch: pytest.MonkeyPatch, owner: User) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("connection to server at 127.0.0.1 failed")

    client = SignedClient(None)
    client.django.force_login(owner)
    headers = {"X-Bourse-Key": "k", "X-Bourse-Timestamp": str(next_timestamp_ms()), "X-Bourse-Signature": "s"}
    with monkeypatch.context() as patch:
        patch.setattr(type(connections["default"]), "cursor", away)
        answers = client.post(URL, {}, headers=headers), client.get("/api/v1/api-keys")
    for answer in answers:
        assert (answer.status_code, error_code(answer)) == (503, "SERVICE_UNAVAILABLE")
        assert "127.0.0.1" not in answer.content.decode()


def test_an_unexpected_error_is_logged_with_its_request_id(db: None, caplog: pytest.LogCaptureFixture) -> None:
    answer = SignedClient(None).get("/api/v1/fails/unexpected", headers={"X-Request-Id": "find-me-again"})
    assert answer.status_code == 500
    record = next(record for record in caplog.records if getattr(record, "request_id", "") == "find-me-again")
    assert record.exc_info is not None


def test_one_code_is_one_class_with_one_status() -> None:
    classes: dict[str, type[BourseError]] = {}
    for error in all_errors():
        assert error.code.isupper()
        assert 400 <= error.status <= 599
        assert error.message
        assert error.__doc__
        assert "code" in vars(error), f"{error.__qualname__} has no code of its own"
        assert classes.setdefault(error.code, error) is error, error.code


def test_the_page_of_errors_is_up_to_date() -> None:
    assert page_path().read_text() == errors_page(), "run: ./bourse manage errors_page"
