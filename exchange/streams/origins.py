"""Which pages may open our sockets. A browser names the page's origin, and sends our cookies whoever the page is.

Ours are: the host that the socket itself was opened on, on its own port or on that of the web process; and what
`settings.STREAM_ORIGINS` lists. Programs send no origin; they have no cookies either.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_our_origin(origin: str, host: str) -> bool:
    """`origin` and `host` as in the headers of the handshake."""
    parts = _parse(origin)
    if parts is None:
        return False
    if parts in {_parse(known) for known in (*settings.STREAM_ORIGINS, settings.WEB_PUBLIC_URL)}:
        return True
    scheme, name, port = parts
    our_name, our_port = split_domain_port(host)
    if not our_name or name != our_name or not validate_host(our_name, settings.ALLOWED_HOSTS):
        return False
    web = _parse(settings.WEB_PUBLIC_URL)
    return port == (int(our_port) if our_port else _DEFAULT_PORTS[scheme]) or (web is not None and port == web[2])


def _parse(origin: str) -> tuple[str, str, int] | None:
    """Scheme, lower-case name and port; None for what is no origin, such as "null"."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return None
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return parts.scheme, name, port or _DEFAULT_PORTS[parts.scheme]
