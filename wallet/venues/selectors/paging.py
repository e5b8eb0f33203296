"""Parts of lists whose ids are no numbers: what comes after a row, in the order of that list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from accounts.errors import FieldInvalid

Row = TypeVar("Row", bound=Model)

NEWEST_FIRST = "-created_at"


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is wanted."""

    limit: int = 100
    ordering: str = NEWEST_FIRST
    """A name of the list's orderings; with a minus in front the other way round."""
    after: tuple[str | datetime | None, UUID] | None = None
    """The row before the first one wanted: what it is sorted by, and its id. None: from the beginning."""


def read_part(rows: QuerySet[Row], part: Part, orderings: Mapping[str, str]) -> list[Row]:
    """At most `part.limit` rows. `orderings`: public name to a field that is never empty. Raises FieldInvalid."""
    name, is_descending = part.ordering.removeprefix("-"), part.ordering.startswith("-")
    if name not in orderings:
        raise FieldInvalid(details={"ordering": [f"One of {', '.join(orderings)}, or with a minus."]})
    field = orderings[name]
    if part.after is not None:
        value, row_id = part.after
        if isinstance(value, datetime) != (field == "at" or field.endswith("_at")) or value is None:
            raise FieldInvalid(details={"cursor": ["Use the next_cursor of an earlier answer."]})
        beyond = "lt" if is_descending else "gt"
        # The first condition follows from the second; it is the one that an index understands.
        rows = rows.filter(**{f"{field}__{beyond}e": value})
        rows = rows.filter(Q(**{f"{field}__{beyond}": value}) | Q(**{field: value, f"pk__{beyond}": row_id}))
    sign = "-" if is_descending else ""
    return list(rows.order_by(f"{sign}{field}", f"{sign}pk")[: part.limit])
