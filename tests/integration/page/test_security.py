"""What browsers are told that they may load and run."""

from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User


def policy_of(client: Client, path: str) -> dict[str, str]:
    header = client.get(path).headers.get("Content-Security-Policy", "")
    return dict(part.strip().partition(" ")[::2] for part in header.split(";") if part.strip())


@pytest.mark.parametrize("path", ["/", "/trade/BTC-USDT", "/no/such/page"])
def test_the_page_runs_only_what_we_have_built(dist: Path, visitor: Client, path: str) -> None:
    policy = policy_of(visitor, path)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in str(policy)


def test_the_staffs_pages_may_do_more_and_only_they(visitor: Client) -> None:
    staff = User.objects.get(username="staff")
    visitor.force_login(staff)
    admin = policy_of(visitor, "/admin/")
    assert "'unsafe-inline'" in admin["script-src"]
    assert admin["frame-ancestors"] == "'none'"
    assert "http" not in str(admin)
    docs = policy_of(visitor, "/api/v1/docs/")
    assert docs["script-src"] == "'self' 'unsafe-inline'"


def test_other_headers_of_the_page(dist: Path, visitor: Client) -> None:
    headers = visitor.get("/").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_json_needs_no_policy(visitor: Client) -> None:
    assert "Content-Security-Policy" not in visitor.get("/api/v1/time").headers
