"""Signing as docs/api.md has it, with a clock that never shows the same millisecond twice."""

import time

from accounts.signing import sign
from exchange.bots.house import HouseKey


class Signer:
    """Signs for one account. Two equal requests differ in their timestamps, so no signature comes twice."""

    def __init__(self, key: HouseKey) -> None:
        self._key = key
        self._last_ms = 0

    def fields(self, method: str, path: str, body: bytes = b"") -> dict[str, str]:
        """Key, timestamp and signature of one request."""
        self._last_ms = max(time.time_ns() // 1_000_000, self._last_ms + 1)
        timestamp = str(self._last_ms)
        return {
            "key": self._key.key,
            "timestamp": timestamp,
            "signature": sign(self._key.secret, timestamp, method, path, body),
        }

    def headers(self, method: str, path: str, body: bytes = b"") -> dict[str, str]:
        """The same as headers of an HTTP request."""
        return {f"X-Bourse-{name.title()}": value for name, value in self.fields(method, path, body).items()}
