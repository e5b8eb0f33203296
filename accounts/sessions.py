"""Sessions in the database, cached in Redis, and still there when Redis is not."""

from typing import Any

from django.contrib.sessions.backends.cached_db import SessionStore as CachedStore
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from redis.exceptions import RedisError


class SessionStore(CachedStore):
    """Django's own store fails to read a session that it can not put into the cache; this one reads it."""

    def load(self) -> dict[str, Any]:
        try:
            return super().load()
        except RedisError:
            return DatabaseStore.load(self)

    def exists(self, session_key: str) -> bool:
        try:
            return bool(super().exists(session_key))
        except RedisError:
            return bool(DatabaseStore.exists(self, session_key))
