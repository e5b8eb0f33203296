"""A client of the API as traders write them: it signs, and everything it sends goes through the whole stack."""

import json
import threading
import time
from typing import Any

from django.test import Client

from accounts.models import User
from accounts.services import NewApiKey, create_api_key
from accounts.signing import MAX_WINDOW_MS, sign

ALL_SCOPES = ("read", "trade", "withdraw", "exchanges")
PATIENT_WINDOW = str(MAX_WINDOW_MS)
"""A request of a test is none too old because the machine stood still. Tests of the window name theirs."""


def make_key(user: User, *, scopes: tuple[str, ...] = ALL_SCOPES, ip_ranges: tuple[str, ...] = ()) -> NewApiKey:
    """A key of that user."""
    return create_api_key(user=user, label="test", scopes=scopes, ip_ranges=ip_ranges)


_clock = threading.Lock()
_last_ms = 0


def next_timestamp_ms() -> int:
    """Now, and never the same twice: a timestamp of its own keeps two equal requests apart."""
    global _last_ms
    with _clock:
        _last_ms = max(time.time_ns() // 1_000_000, _last_ms + 1)
        return _last_ms


class SignedClient:
    """Signs each request with its key."""

    def __init__(self, key: NewApiKey | None, *, address: str = "127.0.0.1") -> None:
        self.key = key
        self.address = address
        self.django = Client(raise_request_exception=False)

    def headers(
        self,
        method: str,
        path: str,
        body: bytes,
        *,
        timestamp_ms: int | None = None,
        window: str | None = PATIENT_WINDOW,
    ) -> dict[str, str]:
        """The signature headers of one request."""
        assert self.key is not None
        timestamp = str(next_timestamp_ms() if timestamp_ms is None else timestamp_ms)
        headers = {
            "X-Bourse-Key": self.key.api_key.key,
            "X-Bourse-Timestamp": timestamp,
            "X-Bourse-Signature": sign(self.key.secret, timestamp, method, path, body, window=window),
        }
        if window is not None:
            headers["X-Bourse-Window"] = window
        return headers

    def send(
        self,
        method: str,
        path: str,
        payload: Any = None,
        *,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Any:
        """One request. `raw` is a body as it is; `headers` replace the signature (an empty dict: unsigned)."""
        body = raw if raw is not None else b"" if payload is None else json.dumps(payload).encode()
        if headers is None:
            headers = self.headers(method, path, body) if self.key else {}
        return self.django.generic(
            method, path, body, content_type=content_type, headers=headers, REMOTE_ADDR=self.address
        )

    def get(self, path: str, **options: Any) -> Any:
        return self.send("GET", path, **options)

    def post(self, path: str, payload: Any = None, **options: Any) -> Any:
        return self.send("POST", path, payload, **options)

    def delete(self, path: str, **options: Any) -> Any:
        return self.send("DELETE", path, **options)


def error_code(response: Any) -> str:
    """The code of a refusal, after checking that it has the one shape."""
    body = json.loads(response.content)
    assert set(body) == {"error"}, body
    error = body["error"]
    assert set(error) - {"retry_after"} == {"code", "message", "details", "request_id", "timestamp"}, error
    assert error["request_id"] == response.headers["X-Request-Id"]
    assert response.headers["Content-Type"].startswith("application/json")
    return str(error["code"])
