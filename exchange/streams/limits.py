"""How much one client may ask of this process: connections by address and by user, frames by second."""

import time
from collections import Counter

from django.conf import settings

from exchange.streams.errors import TooManyConnections


class Connections:
    """Open sockets, counted by who holds them."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def open(self, limit: str, holder: str) -> None:
        """Count one more socket; `limit` is "address" or "user". Raises TooManyConnections."""
        most = {
            "address": settings.STREAM_MAX_CONNECTIONS_PER_ADDRESS,
            "user": settings.STREAM_MAX_CONNECTIONS_PER_USER,
        }[limit]
        if self._counts[limit, holder] >= most:
            raise TooManyConnections(details={"limit": limit, "most": most})
        self._counts[limit, holder] += 1

    def close(self, limit: str, holder: str) -> None:
        """The opposite of an `open` that succeeded."""
        self._counts[limit, holder] -= 1
        if not self._counts[limit, holder]:
            del self._counts[limit, holder]


class Allowance:
    """A bucket that fills with the time: so many frames a second, twice as many at once."""

    __slots__ = ("_at", "_left", "_per_second")

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._left = 2.0 * per_second
        self._at = time.monotonic()

    def take(self) -> bool:
        """Whether one more is allowed now."""
        now = time.monotonic()
        self._left = min(2.0 * self._per_second, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
