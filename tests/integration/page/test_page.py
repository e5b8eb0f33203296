"""The page: at which addresses, with what in it, and what is there instead."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from exchange import pages
from tests.support.api import error_code

PATHS = [
    "/",
    "/trade",
    "/trade/BTC-USDT",
    "/orders",
    "/balances",
    "/wallet",
    "/wallet/deposit",
    "/wallet/withdraw/BTC",
    "/wallet/transfer",
    "/wallet/addresses",
    "/wallet/exchanges",
    "/proof-of-liabilities",
    "/api-keys",
    "/settings",
    "/sign-in",
    "/sign-up",
    "/account/reset-password",
    "/account/reset-password/3-abcdef",
    "/account/verify-email/MQ%3A1abc%3Adef",
]


def config_of(answer: Any) -> dict[str, Any]:
    found = re.search(r'<script id="bourse-config" type="application/json">(.*?)</script>', answer.content.decode())
    assert found
    parsed: dict[str, Any] = json.loads(found[1])
    return parsed


@pytest.mark.parametrize("path", PATHS)
def test_every_address_carries_the_app(dist: Path, visitor: Client, path: str) -> None:
    answer = visitor.get(path)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "csrftoken" in answer.cookies
    assert '<div id="root"></div>' in text
    assert '<script type="module" src="/static/page/assets/main-AAAAAAAA.js"></script>' in text
    assert text.count('rel="stylesheet" href="/static/page/assets/main-BBBBBBBB.css"') == 1
    assert '<link rel="modulepreload" href="/static/page/assets/shared-CCCCCCCC.js">' in text
    assert "chart-DDDDDDDD" not in text


def test_nothing_in_it_is_inline(dist: Path, visitor: Client) -> None:
    text = visitor.get("/").content.decode()
    assert "<style" not in text
    assert not re.search(r"\sstyle=|\son\w+=", text)
    assert re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", text) == [' id="bourse-config" type="application/json"']


def test_without_javascript_the_markets_are_listed(dist: Path, visitor: Client) -> None:
    text = visitor.get("/").content.decode()
    inside = text[text.rindex("<noscript>") :]
    assert "BTC-USDT" in inside
    assert "needs JavaScript" in inside
    assert "/api/v1/docs/" in inside


def test_a_page_that_was_not_built_says_how(settings: Settings, tmp_path: Path, visitor: Client) -> None:
    settings.PAGE_DIST = tmp_path / "nothing"
    text = visitor.get("/").content.decode()
    assert "./bourse up builds it" in text
    assert "BTC-USDT" in text
    assert "<script" not in text


@pytest.mark.parametrize(
    ("port", "host", "secure", "expected"),
    [
        (8001, "127.0.0.1:8000", False, "ws://127.0.0.1:8001"),
        (8001, "localhost:8000", False, "ws://localhost:8001"),
        (8001, "[::1]:8000", False, "ws://[::1]:8001"),
        (8443, "localhost", True, "wss://localhost:8443"),
        (0, "localhost:8000", False, ""),
    ],
)
def test_it_knows_where_the_streams_are(
    dist: Path, visitor: Client, settings: Settings, port: int, host: str, secure: bool, expected: str
) -> None:
    settings.STREAM_PORT = port
    answer = visitor.get("/", secure=secure, headers={"Host": host})
    assert config_of(answer) == {
        "streamUrl": expected,
        "demo": False,
        "version": "0123456789ab",
        "hasSession": False,
    }
    origin = expected or f"ws://{host}"
    assert f"connect-src 'self' {origin};" in answer.headers["Content-Security-Policy"] + ";"


def test_a_demo_says_so(dist: Path, visitor: Client, settings: Settings) -> None:
    settings.DEMO = True
    assert config_of(visitor.get("/"))["demo"] is True


def test_it_is_carried_also_while_the_database_is_away(
    dist: Path, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> Any:
        raise OperationalError("no connection")

    pages._markets.forget()
    monkeypatch.setattr(pages, "list_markets", away)
    answer = visitor.get("/trade/BTC-USDT")
    assert answer.status_code == 200
    assert "main-AAAAAAAA.js" in answer.content.decode()
    pages._markets.forget()


def test_unknown_addresses(dist: Path, visitor: Client) -> None:
    page = visitor.get("/no/such/page")
    assert (page.status_code, "main-AAAAAAAA.js" in page.content.decode()) == (404, True)
    assert page.headers["Cache-Control"] == "no-store"
    api = visitor.get("/api/v1/nothing")
    assert (api.status_code, error_code(api)) == (404, "NOT_FOUND")
    for path in ("/static/page/assets/gone-EEEEEEEE.js", "/static/nothing.css", "/ws/v1/market"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    robot = visitor.get("/no/such/page", headers={"Accept": "application/json"})
    assert robot.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_only_read(dist: Path, visitor: Client, method: str) -> None:
    assert getattr(visitor, method)("/orders").status_code == 405


def test_nobody_gets_it_under_a_foreign_name(dist: Path, visitor: Client) -> None:
    assert visitor.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_built_files_are_kept_for_ever_and_packed(dist: Path, visitor: Client) -> None:
    script: Any = visitor.get("/static/page/assets/main-AAAAAAAA.js", headers={"Accept-Encoding": "gzip"})
    assert script.status_code == 200
    assert "immutable" in script.headers["Cache-Control"]
    assert script.headers["Content-Encoding"] == "gzip"
    assert b"".join(script.streaming_content) == b"\x1f\x8bpacked"
    other = visitor.get("/static/exchange/icon.svg")
    assert "immutable" not in other.headers["Cache-Control"]
