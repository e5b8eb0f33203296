"""Who asks, and from where, as the activity log keeps it."""

import ipaddress

from rest_framework.request import Request

from accounts.addresses import client_address
from ledger.api.holder import user_of
from wallet.venues.origin import Origin

LONGEST_USER_AGENT = 200


def origin_of(request: Request) -> Origin:
    """Raises AuthenticationRequired. What a client says of itself is kept as one printable line."""
    said = request._request.headers.get("User-Agent", "")
    return Origin(
        actor=user_of(request),
        ip_address=_address(client_address(request._request)),
        user_agent="".join(letter for letter in said if letter.isprintable())[:LONGEST_USER_AGENT],
    )


def _address(text: str) -> str | None:
    """None for a client without an address."""
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return None
