"""Whose pages may open our sockets."""

import pytest
from pytest_django import Settings

from exchange.streams.origins import is_our_origin


@pytest.fixture(autouse=True)
def addresses(settings: Settings) -> None:
    settings.WEB_PUBLIC_URL = "http://127.0.0.1:8000"
    settings.STREAM_ORIGINS = ["https://trade.example.com", "http://dev.local:5173/"]
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".bourse.example"]


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8001"),
        ("http://127.0.0.1:8001", "127.0.0.1:8001"),
        ("http://localhost:8000", "localhost:8001"),
        ("http://LOCALHOST:8000", "localhost:8001"),
        ("http://[::1]:8000", "[::1]:8001"),
        ("https://x.bourse.example", "x.bourse.example"),
        ("http://x.bourse.example", "x.bourse.example:80"),
        ("https://trade.example.com", "streams.elsewhere"),
        ("https://trade.example.com:443", "127.0.0.1:8001"),
        ("http://dev.local:5173", "127.0.0.1:8001"),
    ],
)
def test_ours(origin: str, host: str) -> None:
    assert is_our_origin(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", "127.0.0.1:8001"),
        ("http://evil.example:8000", "127.0.0.1:8001"),
        ("http://evil.example:8000", "evil.example:8000"),
        ("http://127.0.0.1:9999", "127.0.0.1:8001"),
        ("http://localhost:8000", ""),
        ("http://trade.example.com", "127.0.0.1:8001"),
        ("https://trade.example.com.evil.example", "127.0.0.1:8001"),
        ("https://127.0.0.1", "127.0.0.1:8001"),
        ("null", "127.0.0.1:8001"),
        ("", "127.0.0.1:8001"),
        ("file://", "127.0.0.1:8001"),
        ("http://127.0.0.1:port", "127.0.0.1:8001"),
    ],
)
def test_not_ours(origin: str, host: str) -> None:
    assert not is_our_origin(origin, host)
