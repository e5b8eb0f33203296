"""Values that every request needs and that hardly ever change, kept in the process for a moment.

Entries belong to the database they were read from, so a process that is pointed at another one (tests, a restore)
never sees values of the first.
"""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connections

Value = TypeVar("Value")


class ShortCache(Generic[Value]):
    """Up to `seconds` old values by key. One thread refreshes an old value while the others go on with it."""

    def __init__(self, *, seconds: float, max_entries: int = 10_000) -> None:
        self._seconds = seconds
        self._max_entries = max_entries
        self._entries: dict[tuple[object, object], tuple[float, Value]] = {}
        self._refreshing = threading.Lock()

    def get(self, key: object, read: Callable[[], Value]) -> Value:
        """The kept value, or what `read` returns now. What `read` raises is not kept."""
        place = (connections.databases["default"]["NAME"], key)
        entry = self._entries.get(place)
        now = time.monotonic()
        if entry is not None:
            if now < entry[0] or not self._refreshing.acquire(blocking=False):
                return entry[1]
            try:
                return self._store(place, read())
            finally:
                self._refreshing.release()
        return self._store(place, read())

    def forget(self) -> None:
        """Drop everything; the next reader asks the database."""
        self._entries.clear()

    def _store(self, place: tuple[object, object], value: Value) -> Value:
        if len(self._entries) >= self._max_entries:
            self._entries.clear()
        self._entries[place] = (time.monotonic() + self._seconds, value)
        return value
