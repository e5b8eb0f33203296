"""The lengths that candles have, in UTC.

Most begin at multiples of their length since the Unix epoch. Weeks begin on Monday, months on their first day. All
moments are milliseconds since the Unix epoch.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from marketdata.models import StoredInterval

_SECOND_MS, _MINUTE_MS, _HOUR_MS, _DAY_MS = 1_000, 60_000, 3_600_000, 86_400_000
_FIRST_MONDAY_MS = 4 * _DAY_MS
"""1970 began on a Thursday."""
_EPOCH_YEAR = 1970


class Interval(Protocol):
    """A row of candles without gaps."""

    @property
    def stored(self) -> StoredInterval:
        """The longest stored interval that these are made of."""

    def opening(self, at_ms: int) -> int:
        """When the candle begins that holds this moment."""

    def shifted(self, opening_ms: int, count: int) -> int:
        """The opening so many candles later, earlier where `count` is negative."""


@dataclass(frozen=True, slots=True)
class FixedInterval:
    """Always of the same length."""

    length_ms: int
    offset_ms: int = 0

    @property
    def stored(self) -> StoredInterval:
        return max(stored for stored in StoredInterval if self.length_ms % (stored * _SECOND_MS) == 0)

    def opening(self, at_ms: int) -> int:
        return (at_ms - self.offset_ms) // self.length_ms * self.length_ms + self.offset_ms

    def shifted(self, opening_ms: int, count: int) -> int:
        return opening_ms + count * self.length_ms


class CalendarMonth:
    """A month of the calendar."""

    stored = StoredInterval.HOUR

    def opening(self, at_ms: int) -> int:
        at = datetime.fromtimestamp(at_ms // _SECOND_MS, tz=UTC)
        return _month_ms((at.year - _EPOCH_YEAR) * 12 + at.month - 1)

    def shifted(self, opening_ms: int, count: int) -> int:
        at = datetime.fromtimestamp(opening_ms // _SECOND_MS, tz=UTC)
        return _month_ms((at.year - _EPOCH_YEAR) * 12 + at.month - 1 + count)


def _month_ms(months: int) -> int:
    """The first moment of the month that comes so many after January 1970; not before that."""
    years, month = divmod(max(months, 0), 12)
    return int(datetime(_EPOCH_YEAR + years, month + 1, 1, tzinfo=UTC).timestamp()) * _SECOND_MS


INTERVALS: dict[str, Interval] = {
    "1s": FixedInterval(_SECOND_MS),
    "1m": FixedInterval(_MINUTE_MS),
    "3m": FixedInterval(3 * _MINUTE_MS),
    "5m": FixedInterval(5 * _MINUTE_MS),
    "15m": FixedInterval(15 * _MINUTE_MS),
    "30m": FixedInterval(30 * _MINUTE_MS),
    "1h": FixedInterval(_HOUR_MS),
    "2h": FixedInterval(2 * _HOUR_MS),
    "4h": FixedInterval(4 * _HOUR_MS),
    "6h": FixedInterval(6 * _HOUR_MS),
    "12h": FixedInterval(12 * _HOUR_MS),
    "1d": FixedInterval(_DAY_MS),
    "1w": FixedInterval(7 * _DAY_MS, _FIRST_MONDAY_MS),
    "1M": CalendarMonth(),
}
