"""Where a request comes from. Forwarding headers are believed only from proxies named in the settings."""

import functools
import ipaddress
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

UNKNOWN = "unknown"
"""A client without an address, such as one on a unix socket."""


@functools.lru_cache(maxsize=1024)
def parse_networks(ranges: tuple[str, ...]) -> tuple[Network, ...]:
    """CIDR ranges as networks; ValueError where one is not a range."""
    return tuple(ipaddress.ip_network(text) for text in ranges)


def is_inside(address: str, networks: Iterable[Network]) -> bool:
    """Whether the address lies in one of the networks; never, if it is not an address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in networks)


def client_address(request: HttpRequest) -> str:
    """The nearest address that is not one of our own proxies.

    Without TRUSTED_PROXIES that is the peer. With them, X-Forwarded-For is read from the right, because everything
    left of what our proxy appended was written by the client.
    """
    peer: str = request.META.get("REMOTE_ADDR") or UNKNOWN
    if not settings.TRUSTED_PROXIES:
        return peer
    proxies = parse_networks(tuple(settings.TRUSTED_PROXIES))
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    while hops and is_inside(peer, proxies):
        peer = hops.pop()
    return peer


def counted_address(address: str) -> str:
    """What the rate limit counts: an IPv4 address, or the /64 an IPv6 client is usually given."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address, 64), strict=False))
    except ValueError:
        return address
