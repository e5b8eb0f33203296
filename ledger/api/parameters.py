"""Query parameters, read strictly: an unknown name is refused, because a misspelt filter would answer too much."""

import functools
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from accounts.errors import UnknownField
from kernel.ids import first_id_at

DEFAULT_PAGE, LARGEST_PAGE = 100, 500

_ID_LIMIT = 2**63
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LATEST_MS = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MILLISECOND

Item = TypeVar("Item")


class Page(NamedTuple):
    """Which part of a list is wanted: the newest `limit` items below the cursor."""

    limit: int
    before_id: int | None


def parse_id(text: str) -> int | None:
    """An id as clients write it; None for what cannot be one."""
    if 0 < len(text) <= 19 and text.isascii() and text.isdigit() and int(text) < _ID_LIMIT:
        return int(text)
    return None


def rfc3339(at: datetime) -> str:
    """UTC with microseconds: 2026-01-20T14:25:00.000000Z."""
    since = at - _EPOCH
    return f"{_second(since.days, since.seconds)}.{since.microseconds:06}Z"


@functools.lru_cache(maxsize=1024)
def _second(day: int, second: int) -> str:
    """Most moments that are written are of a few seconds, and to write a second takes longer than all the rest."""
    return (_EPOCH + timedelta(days=day, seconds=second)).replace(tzinfo=None).isoformat()


def refuse_unknown(names: Iterable[str], known: Iterable[str]) -> None:
    """Raises UnknownField."""
    unknown = sorted(set(names).difference(known))
    if unknown:
        raise UnknownField(details={"fields": [name[:50] for name in unknown[:20]]})


class Query:
    """The query of one request. Every method raises DRF's ValidationError (FIELD_INVALID) for a bad value."""

    def __init__(self, request: Request, *known: str) -> None:
        """Raises UnknownField for a name that is not in `known`."""
        self._values = request._request.GET
        refuse_unknown(self._values, known)

    def text(self, name: str) -> str | None:
        """None where it is absent or empty."""
        return self._values.get(name) or None

    def required_text(self, name: str) -> str:
        text = self.text(name)
        if text is None:
            raise ValidationError({name: ["This parameter is required."]})
        return text

    def choice(self, name: str, choices: dict[str, Any]) -> Any:
        """The value that a word stands for; None where it is absent."""
        text = self.text(name)
        if text is None:
            return None
        if text not in choices:
            raise ValidationError({name: [f"One of {', '.join(choices)}."]})
        return choices[text]

    def count(self, name: str, *, default: int, least: int, most: int) -> int:
        """A whole number in bounds."""
        text = self.text(name)
        if text is None:
            return default
        if not (len(text) <= 10 and text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise ValidationError({name: [f"A number from {least} to {most}."]})
        return int(text)

    def time_ms(self, name: str, *, rounded_up: bool = False) -> int | None:
        """A moment in milliseconds since the Unix epoch, written so or as RFC 3339; what is finer is cut off.

        Nothing happened before the epoch, nor after the year 9999: a moment there is taken for the nearest that counts.
        """
        text = self.text(name)
        if text is None:
            return None
        if text.isascii() and text.isdigit() and len(text) <= 14:
            return int(text)  # at most the year 5138
        try:
            # A plus sign that was not escaped arrives as a space.
            at = datetime.fromisoformat(text.replace(" ", "+"))
            if at.tzinfo is None:
                at = at.replace(tzinfo=UTC)
            whole, rest = divmod(at - _EPOCH, _MILLISECOND)
            return min(max(whole + 1 if rest and rounded_up else whole, 0), _LATEST_MS)
        except (ValueError, OverflowError) as error:
            raise ValidationError({name: ["A time such as 2026-01-20T14:25:00Z, or milliseconds."]}) from error

    def page(self) -> Page:
        """`limit` and `cursor`."""
        cursor = self.text("cursor")
        if cursor is None:
            return Page(self.limit(), None)
        before_id = parse_id(cursor)
        if before_id is None:
            raise no_cursor()
        return Page(self.limit(), before_id)

    def limit(self) -> int:
        """How many items a page may have."""
        return self.count("limit", default=DEFAULT_PAGE, least=1, most=LARGEST_PAGE)

    def id_range(self, page: Page) -> tuple[int | None, int | None]:
        """`from` and `to` (both inclusive) and the cursor as a range of time-ordered ids: first, and one past."""
        first, end = self.period()
        bounds = [bound for bound in (page.before_id, end) if bound is not None]
        return first, min(bounds, default=None)

    def period(self) -> tuple[int | None, int | None]:
        """`from` and `to`, both inclusive to the millisecond, as time-ordered ids: the first, and one past the last."""
        start, end = self.time_ms("from"), self.time_ms("to", rounded_up=True)
        return None if start is None else id_at(start), None if end is None else id_at(end + 1)


def id_at(unix_ms: int) -> int:
    """The first id of a millisecond, however far away that is."""
    return min(first_id_at(unix_ms), _ID_LIMIT - 1)


def no_cursor() -> ValidationError:
    """For a cursor that none of our answers had."""
    return ValidationError({"cursor": ["Use the next_cursor of an earlier answer."]})


def paginated(
    rows: list[Item], page: Page, id_of: Callable[[Item], int], shown: Callable[[Item], Any]
) -> dict[str, Any]:
    """The answer of every list. `rows` has one more than the page, if there is more."""
    items = rows[: page.limit]
    more = len(rows) > page.limit
    return {"items": [shown(row) for row in items], "next_cursor": str(id_of(items[-1])) if more else None}


def parameter(
    name: str, description: str, *, required: bool = False, choices: Iterable[str] | None = None
) -> OpenApiParameter:
    """A query parameter for the API's description."""
    return OpenApiParameter(
        name, OpenApiTypes.STR, description=description, required=required, enum=list(choices) if choices else None
    )


PAGE_PARAMETERS = [
    OpenApiParameter("limit", OpenApiTypes.INT, description=f"1 to {LARGEST_PAGE}, {DEFAULT_PAGE} if left out."),
    parameter("cursor", "next_cursor of the page before; newest first."),
]
PERIOD_PARAMETERS = [
    parameter("from", "RFC 3339 or milliseconds since 1970; inclusive."),
    parameter("to", "RFC 3339 or milliseconds since 1970; inclusive."),
]
