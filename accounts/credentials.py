"""API keys as a request needs them: found once, decrypted once, kept for at most two seconds.

A process that revokes a key or changes a user forgets its copy when that commits; the other processes follow within
`KEEP_SECONDS`. Unknown keys are remembered as well, so a flood of them does not become a flood of queries.
"""

import threading
import time
from dataclasses import dataclass, field

from accounts.addresses import Network, parse_networks
from accounts.models import ApiKey, User

KEEP_SECONDS = 2.0
MAX_ENTRIES = 20_000
"""Above it the cache is emptied: a bound on memory, not a tuning knob."""

MAX_KEY_LENGTH = 48


@dataclass(frozen=True, slots=True)
class Credential:
    """A key with everything that decides about a request. `user` is shared between threads: read only."""

    key: str
    user: User
    secret: str = field(repr=False)
    scopes: frozenset[str]
    networks: tuple[Network, ...]
    is_revoked: bool


_entries: dict[str, tuple[float, Credential | None]] = {}
_generation = 0
_lock = threading.Lock()


def cached_credential(key: str) -> tuple[bool, Credential | None]:
    """Whether this process knows about the key right now, and what it knows."""
    entry = _entries.get(key)
    if entry is None or entry[0] < time.monotonic():
        return False, None
    return True, entry[1]


def load_credential(key: str) -> Credential | None:
    """Read a key from the database and keep it for a moment; None if there is none."""
    generation = _generation
    credential = None
    if len(key) <= MAX_KEY_LENGTH and "\x00" not in key:
        row = ApiKey.objects.select_related("user").filter(key=key).first()
        if row is not None:
            credential = Credential(
                key=row.key,
                user=row.user,
                secret=row.secret,
                scopes=frozenset(row.scopes),
                networks=parse_networks(tuple(row.ip_ranges)),
                is_revoked=row.revoked_at is not None,
            )
    with _lock:
        if len(_entries) >= MAX_ENTRIES:
            _entries.clear()
        # What was read before a revocation in this process must not be kept after it.
        if generation == _generation:
            _entries[key] = (time.monotonic() + KEEP_SECONDS, credential)
    return credential


def forget_credentials() -> None:
    """Drop all copies of this process; called when a change of a key or a user has been committed."""
    global _generation
    with _lock:
        _generation += 1
        _entries.clear()
