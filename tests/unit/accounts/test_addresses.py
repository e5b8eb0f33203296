"""Which address a request is taken to come from."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from accounts.addresses import client_address, counted_address, is_inside, parse_networks


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        ([], "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (["10.0.0.0/8"], "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (["10.0.0.0/8"], "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.1", "198.51.100.1, 10.0.0.7", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.1", "", "10.0.0.1"),
        (["10.0.0.0/8"], "10.0.0.1", "nonsense", "nonsense"),
        ([], "", "", "unknown"),
    ],
)
def test_forwarding_headers_count_only_behind_our_proxies(
    settings: Settings, proxies: list[str], peer: str, forwarded: str, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})
    assert client_address(request) == expected


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("203.0.113.9", True),
        ("203.0.114.9", False),
        ("2001:db8::1", True),
        ("2001:db9::1", False),
        ("::ffff:203.0.113.9", True),
        ("unknown", False),
        ("", False),
    ],
)
def test_ranges(address: str, inside: bool) -> None:
    assert is_inside(address, parse_networks(("203.0.113.0/24", "2001:db8::/32"))) is inside


def test_an_ipv6_client_is_counted_by_its_network() -> None:
    assert counted_address("2001:db8:1:2:3::4") == counted_address("2001:db8:1:2:ffff::1")
    assert counted_address("2001:db8:1:2::1") != counted_address("2001:db8:1:3::1")
    assert counted_address("203.0.113.9") == "203.0.113.9"
    assert counted_address("a:b") == "a:b"
