"""Whether the exchange can be used: its database, its Redis, and how far the matching worker is behind.

Cheap enough to be asked by everybody: an answer is kept for half a second.
"""

import functools
import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.utils import timezone
from redis.exceptions import RedisError

from ledger.selectors import decisive_check
from matching.selectors.health import engine_health
from storage.redis_options import impatient_options

KEEP_SECONDS = 0.5
MAX_HEARTBEAT_AGE_SECONDS = 5.0
"""A worker beats at least every second, also when nothing is to be done."""
PROOFS_MISSED = 5
"""So many that did not come make the last one worthless."""

_lock = threading.Lock()
_kept: tuple[float, "Health"] | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """Whether orders can be placed and matched right now, and what that says in JSON."""

    is_usable: bool
    body: dict[str, Any]


def exchange_health() -> Health:
    """The state of everything a trade needs, at most half a second old."""
    global _kept
    with _lock:
        if _kept is None or _kept[0] < time.monotonic():
            _kept = (time.monotonic() + KEEP_SECONDS, _look())
        return _kept[1]


def forget_health() -> None:
    """Make the next answer a fresh one."""
    global _kept
    _kept = None


def _look() -> Health:
    redis_answers = _redis_answers(settings.REDIS_URL)
    books = "unproven"
    try:
        engine = engine_health()
        books = _books()
    except DatabaseError:
        engine = None
    ages = engine.shard_heartbeat_age_seconds if engine else {}
    workers_run = bool(ages) and all(age is not None and age <= MAX_HEARTBEAT_AGE_SECONDS for age in ages.values())
    keeps_up = engine is not None and engine.pending_commands <= settings.MAX_PENDING_COMMANDS
    is_usable = redis_answers and workers_run and keeps_up
    return Health(
        is_usable,
        {
            "status": "ok" if is_usable else "unavailable",
            "database": "ok" if engine else "unavailable",
            "redis": "ok" if redis_answers else "unavailable",
            "matching": "ok" if workers_run and keeps_up else "unavailable",
            "books": books,
            "pending_commands": engine.pending_commands if engine else None,
            "worker_lag_ms": round(engine.oldest_pending_age_seconds * 1000) if engine else None,
            "heartbeat_age_ms": {name: None if age is None else round(age * 1000) for name, age in ages.items()},
        },
    )


def _books() -> str:
    """What the last check found says nothing about what happened long after it; what is wrong stays wrong."""
    check = decisive_check()
    if check is None:
        return "unproven"
    if not check.is_consistent:
        return "wrong"
    proven_until = check.finished_at + timedelta(seconds=PROOFS_MISSED * settings.VERIFY_CHANGES_SECONDS)
    return "proven" if timezone.now() <= proven_until else "unproven"


def _redis_answers(url: str) -> bool:
    try:
        return bool(_client(url).ping())
    except RedisError:
        return False


@functools.lru_cache(maxsize=4)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, **impatient_options())
