"""The signature, by the vectors that docs/api.md publishes, and what its window means."""

import re
from pathlib import Path

import pytest

from accounts.signing import is_fresh, is_same, sign, spellings

SECRET = "tV8q0m3hZ5rX1wYb7cDe9fGh2jKl4nPs6uQa_example"
ORDER = b'{"symbol":"BTC-USDT","side":"BUY","type":"LIMIT","price":"60000","quantity":"0.01"}'
VECTORS = (
    ("1767225600000", None, "GET", "/api/v1/balances", b""),
    ("1767225600000", None, "GET", "/api/v1/orders?symbol=BTC-USDT&status=OPEN", b""),
    ("1767225600000", None, "POST", "/api/v1/orders", ORDER),
    ("1767225600000", "30000", "DELETE", "/api/v1/orders?symbol=ETH-USDT", b""),
)
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "api.md"


def signature(vector: tuple[str, str | None, str, str, bytes]) -> str:
    timestamp, window, method, path, body = vector
    return sign(SECRET, timestamp, method, path, body, window=window)


def test_the_published_vectors_are_what_the_code_computes() -> None:
    published = re.findall(r"`([0-9a-f]{64})`", DOCUMENT.read_text())
    assert published == [signature(vector) for vector in VECTORS]
    assert SECRET in DOCUMENT.read_text()
    assert ORDER.decode() in DOCUMENT.read_text()


@pytest.mark.parametrize(
    "changed",
    [
        ("1767225600001", None, "POST", "/api/v1/orders", ORDER),
        ("1767225600000", "60000", "POST", "/api/v1/orders", ORDER),
        ("1767225600000", None, "DELETE", "/api/v1/orders", ORDER),
        ("1767225600000", None, "POST", "/api/v1/orders?", ORDER),
        ("1767225600000", None, "POST", "/api/v1/orders", ORDER + b" "),
    ],
)
def test_every_part_of_the_request_changes_the_signature(changed: tuple[str, str | None, str, str, bytes]) -> None:
    assert signature(changed) != signature(VECTORS[2])


def test_another_secret_signs_otherwise() -> None:
    assert sign(SECRET + "x", "1", "GET", "/", b"") != sign(SECRET, "1", "GET", "/", b"")


@pytest.mark.parametrize("given", ["", "zz", "é" * 64, "\udcff", "A" * 64])
def test_comparing_takes_anything(given: str) -> None:
    assert not is_same("a" * 64, given)


@pytest.mark.parametrize(
    ("age_ms", "fresh"),
    [(0, True), (5_000, True), (5_001, False), (-1_000, True), (-1_001, False)],
)
def test_a_request_is_fresh_for_its_window_and_barely_ahead_of_time(age_ms: int, fresh: bool) -> None:
    assert is_fresh(1_000_000 - age_ms, now_ms=1_000_000, window_ms=5_000) is fresh


@pytest.mark.parametrize(
    ("decoded", "as_sent"),
    [
        ("/api/v1/orders/17", "/api/v1/orders/17"),
        ("/api/v1/orders/by-client-id/a:b", "/api/v1/orders/by-client-id/a%3Ab"),
        ("/api/v1/orders/by-client-id/ä", "/api/v1/orders/by-client-id/%C3%A4"),
        ("/api/v1/markets/BTC/USDT/depth", "/api/v1/markets/BTC%2FUSDT/depth"),
        ("/api/v1/markets/BTC/USDT", "/api/v1/markets/BTC%2FUSDT"),
    ],
)
def test_a_path_may_be_signed_as_sent_or_decoded(decoded: str, as_sent: str) -> None:
    assert next(spellings(decoded)) == decoded
    assert as_sent in set(spellings(decoded))
