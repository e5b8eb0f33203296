"""How values look on a staff page. Amounts are exact: never rounded, never a float."""

import time
from datetime import UTC, datetime
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from kernel.ids import unix_ms_of
from kernel.units import plain

NOTHING = "\N{EN DASH}"


def unix_ms_now() -> int:
    """Milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000


def amount_text(amount: Decimal | None) -> str:
    """An amount with thousands apart: 1 234 567.5 with narrow spaces."""
    if amount is None:
        return NOTHING
    whole, point, decimals = plain(amount).partition(".")
    sign = "-" if whole.startswith("-") else ""
    digits = whole.removeprefix("-")
    grouped = f"{int(digits):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{sign}{grouped}{point}{decimals}"


def count_text(count: int) -> str:
    """A whole number with thousands apart."""
    return amount_text(Decimal(count))


def number(text: object) -> SafeString:
    """Figures in columns: digits of one width, aligned to the right."""
    return format_html('<span class="staff-number">{}</span>', text)


def amount(value: Decimal | None) -> SafeString:
    """`amount_text` for a column of figures."""
    return number(amount_text(value))


def moment_of_id(identifier: int) -> datetime:
    """When a row with a time-ordered id was made."""
    return datetime.fromtimestamp(unix_ms_of(identifier) / 1000, tz=UTC)


def rate_text(ppm: int) -> str:
    """Parts per million as per cent."""
    return f"{plain(Decimal(ppm) / 10_000)} %"
