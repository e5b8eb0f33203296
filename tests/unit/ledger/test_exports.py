"""CSV files: quoting, formulas, places, and what becomes of one that cannot be finished."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.conf import LazySettings
from rest_framework import serializers

from ledger.api.exports import INCOMPLETE, Column, CsvFile, cell_text, columns_of
from ledger.api.serializers import AmountField
from ledger.errors import TooManyExports

COLUMNS = (Column("name", False), Column("amount", True))


def rows(count: int) -> Iterator[dict[str, Any]]:
    return ({"name": f"n{number}", "amount": Decimal(number)} for number in range(count))


def failing_after(count: int) -> Iterator[dict[str, Any]]:
    yield from rows(count)
    raise RuntimeError("the database went away")


def test_columns_are_the_flat_fields_of_the_json() -> None:
    class Inner(serializers.Serializer[None]):
        price = AmountField()

    class Outer(serializers.Serializer[None]):
        name = serializers.CharField()
        amount = AmountField()
        fills = Inner(many=True)
        one = Inner()
        names = serializers.ListField()

    assert columns_of(Outer) == COLUMNS


@pytest.mark.parametrize(
    ("value", "is_amount", "text"),
    [
        (None, False, ""),
        ("", False, ""),
        ("plain", False, "plain"),
        ("=HYPERLINK(1)", False, "'=HYPERLINK(1)"),
        ("+1", False, "'+1"),
        ("-1", False, "'-1"),
        ("@x", False, "'@x"),
        ("\t=1", False, "'\t=1"),
        ("\r=1", False, "'\r=1"),
        ("\n=1", False, "'\n=1"),
        ("a=1", False, "a=1"),
        (Decimal("-1.50"), True, "-1.5"),
        (Decimal("1E-18"), True, "0.000000000000000001"),
        (Decimal("1E+3"), True, "1000"),
        ("-1", True, "-1"),
        (-1, False, "-1"),
        (True, False, "true"),
        (False, False, "false"),
    ],
)
def test_cells(value: Any, is_amount: bool, text: str) -> None:
    assert cell_text(value, Column("x", is_amount)) == text


def test_quoting_is_that_of_rfc_4180() -> None:
    names = ["a,b", 'say "x"', "two\r\nlines", "plain"]
    written = b"".join(CsvFile(COLUMNS, lambda: ({"name": name, "amount": None} for name in names), holder=1)).decode()
    assert written == 'name,amount\r\n"a,b",\r\n"say ""x""",\r\n"two\r\nlines",\r\nplain,\r\n'
    assert [line[0] for line in csv.reader(written.splitlines(keepends=True), strict=True)][1:] == names


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 400, 1_001])
def test_every_row_comes_once(count: int) -> None:
    written = b"".join(CsvFile(COLUMNS, lambda: rows(count), holder=1)).decode()
    assert written.splitlines() == ["name,amount", *(f"n{number},{number}" for number in range(count))]


def test_nothing_is_read_ahead() -> None:
    read = []

    def counted() -> Iterator[dict[str, Any]]:
        for row in rows(100_000):
            read.append(row["name"])
            yield row

    file = CsvFile(COLUMNS, counted, holder=1)
    next(iter(file))
    assert len(read) < 1_000
    file.close()


def test_a_failure_before_the_first_line_is_an_ordinary_one() -> None:
    with pytest.raises(RuntimeError):
        CsvFile(COLUMNS, lambda: failing_after(0), holder=1)
    with pytest.raises(RuntimeError):
        CsvFile(COLUMNS, lambda: failing_after(10), holder=1)


def test_a_file_that_breaks_off_cannot_be_taken_for_whole() -> None:
    file = CsvFile(COLUMNS, lambda: failing_after(1_050), holder=1)
    pieces: list[bytes] = []
    with pytest.raises(RuntimeError):
        pieces.extend(file)
    file.close()
    lines = b"".join(pieces).decode().splitlines(keepends=True)
    assert lines[-1] == INCOMPLETE
    assert len(lines) == 1 + 1_000 + 1
    with pytest.raises(csv.Error):
        list(csv.reader(lines, strict=True))


def test_places_are_limited_and_given_back(settings: LazySettings) -> None:
    settings.MAX_EXPORTS, settings.MAX_EXPORTS_PER_ACCOUNT = 3, 2
    files = [CsvFile(COLUMNS, lambda: rows(1), holder=1) for _ in range(2)]
    with pytest.raises(TooManyExports) as of_account:
        CsvFile(COLUMNS, lambda: rows(1), holder=1)
    files.append(CsvFile(COLUMNS, lambda: rows(1), holder=2))
    with pytest.raises(TooManyExports) as of_all:
        CsvFile(COLUMNS, lambda: rows(1), holder=3)
    assert (of_account.value.details, of_all.value.details) == ({"limit": "account"}, {"limit": "exchange"})
    files[0].close()
    files[0].close()
    with pytest.raises(RuntimeError):
        CsvFile(COLUMNS, lambda: failing_after(0), holder=3)
    files[0] = CsvFile(COLUMNS, lambda: rows(1), holder=3)
    with pytest.raises(TooManyExports):
        CsvFile(COLUMNS, lambda: rows(1), holder=3)
    for file in files:
        file.close()
