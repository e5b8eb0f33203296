"""Pages of lists whose ids are no numbers: a cursor is the place of the last item, in the order of that list."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from accounts.errors import FieldInvalid

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")

NEWEST_FIRST = "-created_at"
_LONGEST_CURSOR = 1_000


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list is wanted."""

    limit: int = 100
    cursor: str | None = None
    ordering: str = NEWEST_FIRST
    """A name of the list's orderings; with a minus in front the other way round."""


@dataclass(frozen=True, slots=True)
class PageOf(Generic[Item]):
    """A part of a list, and where the next one begins; None at the end."""

    items: list[Item]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: in which order, and after which row; None at the beginning."""

    field: str
    is_descending: bool
    after: tuple[Any, UUID] | None
    """The field's value and the id of the last row of the page before."""


def place_of(page: PageRequest, orderings: Mapping[str, str]) -> Place:
    """`orderings`: public name to a field that is never null. Raises FieldInvalid for another ordering or cursor."""
    name, is_descending = page.ordering.removeprefix("-"), page.ordering.startswith("-")
    if name not in orderings:
        raise FieldInvalid(details={"ordering": [f"One of {', '.join(orderings)}, or with a minus."]})
    field = orderings[name]
    if page.cursor is None:
        return Place(field, is_descending, None)
    return Place(field, is_descending, _read_cursor(page.cursor, page.ordering, is_moment=is_moment(field)))


def read_page(rows: QuerySet[Row], page: PageRequest, orderings: Mapping[str, str]) -> PageOf[Row]:
    """The rows of a page. Raises what `place_of` does."""
    place = place_of(page, orderings)
    field, beyond = place.field, "lt" if place.is_descending else "gt"
    if place.after is not None:
        value, row_id = place.after
        # The first condition follows from the second; it is the one that an index understands.
        rows = rows.filter(**{f"{field}__{beyond}e": value})
        rows = rows.filter(Q(**{f"{field}__{beyond}": value}) | Q(**{field: value, f"pk__{beyond}": row_id}))
    sign = "-" if place.is_descending else ""
    found = list(rows.order_by(f"{sign}{field}", f"{sign}pk")[: page.limit + 1])
    items = found[: page.limit]
    has_more = len(found) > page.limit
    last = items[-1] if has_more else None
    return PageOf(items, write_cursor(page.ordering, getattr(last, field), last.pk) if last else None)


def is_moment(field: str) -> bool:
    return field == "at" or field.endswith("_at")


def write_cursor(ordering: str, value: Any, row_id: object) -> str:
    """The place after a row with this value of the field that `ordering` sorts by."""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return base64.urlsafe_b64encode(json.dumps([ordering, text, str(row_id)]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, ordering: str, *, is_moment: bool) -> tuple[Any, UUID]:
    try:
        if len(cursor) > _LONGEST_CURSOR:
            raise ValueError
        padded = cursor + "=" * (-len(cursor) % 4)
        sorted_by, text, row_id = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
        if sorted_by != ordering or not isinstance(text, str) or b"\x00" in text.encode():
            raise ValueError
        value = datetime.fromisoformat(text) if is_moment else text
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError
        return value, UUID(row_id)
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise FieldInvalid(details={"cursor": ["Use the next_cursor of an earlier answer."]}) from error
