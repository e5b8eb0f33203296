"""The engine's time as a datetime."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def datetime_of(at_us: int) -> datetime:
    """Microseconds since the Unix epoch as a datetime, exactly."""
    return _EPOCH + timedelta(microseconds=at_us)
