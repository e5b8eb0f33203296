"""No secret of ours passes, whatever it is called and wherever it stands; what a log is read for stays readable."""

import hashlib
import hmac

import pytest

from exchange.observability.redaction import MASK, MAX_DEPTH, is_telling, redact, redact_text

SIGNATURE = hmac.new(b"secret", b"text", hashlib.sha256).hexdigest()
API_SECRET = "x7Fq-9GIGBX8qoEB08ZjYMh0iE3HgILl1DaX68x7loCfaIVzQ"
API_KEY = "bk_e90297df9cdb6e8f1a1708914afc2626"


@pytest.mark.parametrize(
    "name",
    [
        *("password", "new_password1", "passphrase", "secret", "client_secret", "SECRET_KEY", "private_key", "otp"),
        *("signature", "X-Bourse-Signature", "X-Bourse-Key", "key", "api_key", "apiKey", "token", "csrftoken"),
        *("X-CSRFToken", "cookie", "Set-Cookie", "Authorization", "sessionid", "session_key", "credentials"),
        *("FIELD_ENCRYPTION_KEYS", "totp_secret", "recovery_codes"),
    ],
)
def test_a_telling_name(name: str) -> None:
    assert is_telling(name)
    assert redact({name: "anything"}) == {name: MASK}


@pytest.mark.parametrize(
    "name", ["request_id", "order_id", "status", "symbol", "keyboard", "event", "path", "shard", "batch", "user_id"]
)
def test_other_names_say_nothing(name: str) -> None:
    assert not is_telling(name)


@pytest.mark.parametrize(
    "text",
    [
        f"key {API_KEY} was used",
        f"signed {SIGNATURE}",
        f"the secret is {API_SECRET}",
        f"password={API_SECRET!r}",
        "could not connect to postgresql://bourse_app:hunter2-hunter2@/bourse?host=/run",
        "redis://:hunter2-hunter2@cache:6379/0",
        '{"password": "hunter2-hunter2", "email": "a@b.example"}',
        "password: hunter2-hunter2",
        "Authorization: Bearer hunter2-hunter2",
        "Cookie: sessionid=hunter2-hunter2; csrftoken=hunter2-hunter2",
        "sessionid=hunter2-hunter2",
        "?token=hunter2-hunter2&symbol=BTC-USDT",
        "b'secret': b'hunter2-hunter2'",
    ],
)
def test_secrets_inside_a_text(text: str) -> None:
    redacted = redact_text(text)
    assert MASK in redacted
    for secret in (API_KEY, SIGNATURE, API_SECRET, "hunter2"):
        assert secret not in redacted


@pytest.mark.parametrize(
    "text",
    [
        "request 6f690ad58ec4c5640da605db5369729e",
        "order 482910475610394625 of BTC-USDT at 65000.01",
        "leader of shard main, epoch 3",
        "/api/v1/orders/482910475610394625",
        "http://127.0.0.1:8000/trade/BTC-USDT",
        "test_a_process_that_keeps_dying_ends_everything_at_once",
        "2026-01-20T14:25:00.000001Z",
        "database: server closed the connection unexpectedly; trying again",
    ],
)
def test_what_a_log_is_read_for_stays(text: str) -> None:
    assert redact_text(text) == text


def test_nested_values() -> None:
    value = {
        "request": {
            "headers": {"X-Bourse-Signature": SIGNATURE, "Accept": "*/*"},
            "bodies": [{"password": "p"}, "plain"],
        },
        "urls": ("redis://:hunter2@cache", 7, None, True),
    }
    assert redact(value) == {
        "request": {"headers": {"X-Bourse-Signature": MASK, "Accept": "*/*"}, "bodies": [{"password": MASK}, "plain"]},
        "urls": [f"redis://:{MASK}@cache", 7, None, True],
    }


def test_objects_are_shown_by_their_redacted_representation() -> None:
    class Credential:
        def __repr__(self) -> str:
            return f"Credential(secret={API_SECRET!r})"

    assert API_SECRET not in str(redact({"credential_owner": Credential()}))
    assert redact(b"\x01\x02") == "<2 bytes>"


def test_depth_is_bounded() -> None:
    nested: object = "end"
    for _ in range(MAX_DEPTH + 5):
        nested = [nested]
    assert "end" not in str(redact(nested))
