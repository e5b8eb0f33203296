"""How connections to Redis are opened by those who can do without it: one try, and no long wait."""

from typing import Any

from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry


def impatient_options(times: int = 1) -> dict[str, Any]:
    """Options of a client or a pool that waits `times` as long as the installation's patience, and asks once."""
    patience_seconds = times * settings.REDIS_PATIENCE_SECONDS
    return {
        "socket_timeout": patience_seconds,
        "socket_connect_timeout": patience_seconds,
        "retry": Retry(NoBackoff(), 0),
    }
