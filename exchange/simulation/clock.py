"""The time of a simulation: it moves when the simulation says so, and starts at midnight, so that runs are the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.utils import timezone


class SimulatedClock:
    """What `timezone.now` and the clocks of processors say inside of `in_force`."""

    def __init__(self) -> None:
        self.started_at = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self._elapsed = timedelta()
        self._behind = timedelta()

    @property
    def seconds(self) -> int:
        """Since the simulation began, in truth."""
        return int(self._elapsed.total_seconds())

    def advance(self, seconds: float) -> None:
        self._elapsed += timedelta(seconds=seconds)

    def fall_behind(self, seconds: float) -> None:
        """From now on the exchange's clock is so far behind the truth; it goes back at once, as a clock that is set."""
        self._behind = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return self.started_at + self._elapsed - self._behind

    def true_unix_seconds(self) -> float:
        """What others have on their clocks."""
        return (self.started_at + self._elapsed).timestamp()

    def unix_us(self) -> int:
        return round(self.now().timestamp() * 1_000_000)

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Everybody who asks Django for the time is told this one, defaults of columns included."""
        fields: list[Any] = [
            field
            for model in apps.get_models()
            for field in model._meta.concrete_fields
            if field.default is timezone.now
        ]
        real = timezone.now
        for field in fields:
            _set_default(field, self.now)
        try:
            with patch.object(timezone, "now", self.now):
                yield
        finally:
            for field in fields:
                _set_default(field, real)


def _set_default(field: Any, default: Any) -> None:
    field.default = default
    # Django keeps what it has made of the default.
    field.__dict__.pop("_get_default", None)
