"""Histories as CSV files (RFC 4180), written while they are read: a year of a busy account is never in memory.

The columns of a file are the fields of its JSON, in the same order and notation: whoever adds a field there has added
it here. Absent values are empty. A text that a spreadsheet would take for a formula gets an apostrophe in front.

What fails before the first line is an ordinary refusal. What fails later cannot be one, and the server ends an answer
whose length was not announced as if it were whole. So the file itself says it: its last line is the beginning of a
quoted text that never ends, which no strict reader of CSV takes, and which people can read. Then the failure is raised,
for servers that break the connection.
"""

import csv
import io
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from kernel.units import plain
from ledger.api.parameters import Query, id_at, parameter
from ledger.api.serializers import AmountField
from ledger.errors import TooManyExports

log = logging.getLogger(__name__)

LONGEST_PERIOD = timedelta(days=366)
INCOMPLETE = '"INCOMPLETE: the export broke off here. Please fetch it again.'
MEDIA_TYPE = "text/csv"
_ROWS_AT_ONCE = 200
_FORMULA_STARTS = frozenset("=+-@\t\r\n")

PERIOD_PARAMETERS = [
    parameter("from", "RFC 3339 or milliseconds since 1970; inclusive. 366 days before `to` if left out, and at most."),
    parameter("to", "RFC 3339 or milliseconds since 1970; inclusive. Now if left out."),
]
RESPONSES = {(200, f"{MEDIA_TYPE}; charset=utf-8"): OpenApiResponse(OpenApiTypes.STR, "RFC 4180, newest first.")}


class Column(NamedTuple):
    """A field of the JSON, and whether it is a number, which is never mistaken for a formula."""

    name: str
    is_amount: bool


class Period(NamedTuple):
    """What an export covers, as ids: from the first, and below the other; and how its file is called."""

    first_id: int
    before_id: int
    text: str


def columns_of(serializer: type[serializers.Serializer[Any]]) -> tuple[Column, ...]:
    """A column for each field; lists and objects within the JSON have no place in a line."""
    nested = (serializers.BaseSerializer, serializers.ListField, serializers.DictField, serializers.JSONField)
    return tuple(
        Column(name, isinstance(field, AmountField))
        for name, field in serializer().fields.items()
        if not isinstance(field, nested)
    )


def read_period(query: Query) -> Period:
    """`from` and `to`. Raises ValidationError where it is longer than `LONGEST_PERIOD` or ends before it begins."""
    longest_ms = LONGEST_PERIOD // timedelta(milliseconds=1)
    end_ms = query.time_ms("to", rounded_up=True)
    if end_ms is None:
        end_ms = int(timezone.now().timestamp() * 1000)
    start_ms = query.time_ms("from")
    if start_ms is None:
        start_ms = end_ms - longest_ms
    if not 0 <= end_ms - start_ms <= longest_ms:
        raise ValidationError({"from": [f"At most {LONGEST_PERIOD.days} days before `to`, and not after it."]})
    return Period(id_at(start_ms), id_at(end_ms + 1), f"{_day(start_ms)}-{_day(end_ms)}")


class ExportView(APIView):
    """A view that answers with a file. Errors are JSON, whatever the client would like to get."""

    rate_class = "exports"

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        renderer = self.get_renderers()[0]
        return renderer, str(renderer.media_type)


def export(
    *,
    name: str,
    period: Period,
    account_id: int,
    columns: tuple[Column, ...],
    rows: Callable[[], Iterable[Mapping[str, Any]]],
) -> StreamingHttpResponse:
    """The answer that writes the file; `rows` begins to read. Raises TooManyExports, and what the first rows raise."""
    file = CsvFile(columns, rows, holder=account_id)
    response = StreamingHttpResponse(file, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{period.text}.csv"'
    response.headers["Cache-Control"] = "no-store"
    # A proxy that took all of it for a client that reads slowly would need a disk for it.
    response.headers["X-Accel-Buffering"] = "no"
    return response


class CsvFile:
    """Pieces of a CSV file. It occupies a place among the running exports until it is closed; the server closes it."""

    def __init__(
        self, columns: tuple[Column, ...], rows: Callable[[], Iterable[Mapping[str, Any]]], *, holder: int
    ) -> None:
        self._columns = columns
        self._failure: Exception | None = None
        self._holder: int | None = None
        _places.take(holder)
        self._holder = holder
        try:
            self._rows = iter(rows())
            # Here and not when the answer has begun, so that it can still be another one.
            self._next: bytes | None = self._lines([[column.name for column in columns]]) + self._piece()
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._failure is not None:
            raise self._failure
        piece = self._next
        if not piece:
            raise StopIteration
        try:
            self._next = self._piece()
        except Exception as error:
            log.exception("an export broke off")
            self._failure = error
            return piece + INCOMPLETE.encode()
        return piece

    def close(self) -> None:
        """Give the place back; however often it is called."""
        holder, self._holder = self._holder, None
        if holder is not None:
            _places.give_back(holder)

    def __del__(self) -> None:
        self.close()

    def _piece(self) -> bytes:
        """The next lines; empty after the last one."""
        return self._lines(
            [cell_text(row[column.name], column) for column in self._columns]
            for row in islice(self._rows, _ROWS_AT_ONCE)
        )

    def _lines(self, lines: Iterable[list[str]]) -> bytes:
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\r\n").writerows(lines)
        return buffer.getvalue().encode()


def cell_text(value: Any, column: Column) -> str:
    """A value as it stands in the file, before quoting."""
    if isinstance(value, str):
        return f"'{value}" if value[:1] in _FORMULA_STARTS and not column.is_amount else value
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


class _Places:
    """Who is being written an export: each occupies a thread of the server for as long as its client reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: Counter[int] = Counter()

    def take(self, holder: int) -> None:
        """Raises TooManyExports."""
        with self._lock:
            if self._taken[holder] >= settings.MAX_EXPORTS_PER_ACCOUNT:
                raise TooManyExports(details={"limit": "account"})
            if self._taken.total() >= settings.MAX_EXPORTS:
                raise TooManyExports(details={"limit": "exchange"})
            self._taken[holder] += 1

    def give_back(self, holder: int) -> None:
        with self._lock:
            self._taken[holder] -= 1
            if not self._taken[holder]:
                del self._taken[holder]


_places = _Places()


def _day(unix_ms: int) -> str:
    """As in a file's name: 20260120."""
    try:
        return datetime.fromtimestamp(unix_ms / 1000, UTC).strftime("%Y%m%d")
    except (OverflowError, ValueError, OSError) as error:
        raise ValidationError({"to": ["A time in this age."]}) from error
