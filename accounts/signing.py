"""How a request is signed: HMAC-SHA256 over its time, method, address and body.

The signed text is four parts joined by a line feed:

    timestamp [";" window] LF METHOD LF path-with-query LF body

`timestamp` and `window` are milliseconds in decimal digits, exactly as in the headers; the window stands there only
if the request sends one, so nobody who overhears a request can give it a longer life. The query is exactly as sent.
The path is as sent or percent-decoded: a WSGI server hands on the decoded one alone, and clients sign either.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from urllib.parse import quote

DEFAULT_SCHEME = "BOURSE-HMAC-SHA256"
"""Names the scheme in WWW-Authenticate."""

MAX_WINDOW_MS = 60_000
FUTURE_TOLERANCE_MS = 1_000
"""How far a client's clock may run ahead of ours."""


def sign(secret: str, timestamp: str, method: str, path: str, body: bytes, *, window: str | None = None) -> str:
    """The signature as lower-case hex. `path` includes the query with its question mark, if there is one."""
    when = timestamp if window is None else f"{timestamp};{window}"
    text = f"{when}\n{method.upper()}\n{path}\n".encode("utf-8", "surrogateescape") + body
    return hmac.digest(secret.encode(), text, hashlib.sha256).hex()


def spellings(path: str) -> Iterator[str]:
    """The ways in which a client may have written the path that arrived decoded as `path`; that one comes first."""
    yield path
    for safe in ("/:", "/"):
        quoted = quote(path, safe=safe)
        if quoted != path:
            yield quoted
    # A market's symbol may be written BTC/USDT, and inside a path its slash is %2F.
    with_symbol = _SYMBOL_WITH_SLASH.sub(r"\1%2F\2", path)
    if with_symbol != path:
        yield with_symbol


_SYMBOL_WITH_SLASH = re.compile(r"(/markets/[A-Z0-9]+)/([A-Z0-9]+)(?=/|$)")


def is_same(expected: str, given: str) -> bool:
    """Compare in a time that does not depend on where they differ."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogateescape"))


def is_fresh(timestamp_ms: int, *, now_ms: int, window_ms: int) -> bool:
    """Whether a request of that time may still be accepted."""
    return now_ms - window_ms <= timestamp_ms <= now_ms + FUTURE_TOLERANCE_MS
