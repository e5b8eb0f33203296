"""Statements: what I owned at a moment, and what came and went in a year."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.api import exports
from ledger.api.holder import account_of
from ledger.api.parameters import Query, id_at, parameter, rfc3339
from ledger.api.serializers import AmountField
from ledger.models import EntryKind
from wallet.proofs.statements import AssetStatement, balances_at, year_statement

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR = _EPOCH.year
_YEAR_PARAMETER = OpenApiParameter(
    "year", OpenApiTypes.INT, OpenApiParameter.PATH, description="A calendar year in UTC, up to the present one."
)


class PastBalanceSerializer(serializers.Serializer[None]):
    asset = serializers.CharField()
    available = AmountField()
    locked = AmountField()
    total = AmountField()


class PastBalancesSerializer(serializers.Serializer[None]):
    at = serializers.DateTimeField()
    items = PastBalanceSerializer(many=True)


class StatementLineSerializer(serializers.Serializer[None]):
    cause = serializers.CharField(help_text=f"One of {', '.join(kind.name for kind in EntryKind)}.")
    received = AmountField()
    given = AmountField()
    count = serializers.IntegerField(help_text="How many postings.")


class AssetStatementSerializer(serializers.Serializer[None]):
    asset = serializers.CharField()
    opening = AmountField(help_text="What I owned as the year began, available and locked.")
    closing = AmountField(help_text="What I owned at its end, or own now: opening + received - given.")
    lines = StatementLineSerializer(many=True)


class YearStatementSerializer(serializers.Serializer[None]):
    year = serializers.IntegerField()
    items = AssetStatementSerializer(many=True)


class StatementRowSerializer(serializers.Serializer[None]):
    """A line of the file: one cause of one asset."""

    asset = serializers.CharField()
    opening = AmountField()
    cause = serializers.CharField(allow_null=True)
    received = AmountField()
    given = AmountField()
    count = serializers.IntegerField()
    closing = AmountField()


_COLUMNS = exports.columns_of(StatementRowSerializer)


class PastBalancesView(APIView):
    rate_class = "funds"

    @extend_schema(
        operation_id="balances_at",
        tags=["money"],
        parameters=[parameter("at", "RFC 3339 or milliseconds since 1970; not in the future.", required=True)],
        responses=PastBalancesSerializer,
    )
    def get(self, request: Request) -> Response:
        """What I owned at a past moment, from my postings."""
        query = Query(request, "at")
        query.required_text("at")
        unix_ms = query.time_ms("at")
        if unix_ms is None or unix_ms > timezone.now().timestamp() * 1000:
            raise ValidationError({"at": ["A moment that has passed."]})
        balances = balances_at(account_id=account_of(request), before_id=id_at(unix_ms + 1))
        return Response(
            {
                "at": rfc3339(_EPOCH + timedelta(milliseconds=unix_ms)),
                "items": [
                    {
                        "asset": balance.asset,
                        "available": balance.available,
                        "locked": balance.locked,
                        "total": balance.available + balance.locked,
                    }
                    for balance in balances
                ],
            }
        )


class YearStatementView(APIView):
    rate_class = "funds"

    @extend_schema(
        operation_id="year_statement", tags=["money"], parameters=[_YEAR_PARAMETER], responses=YearStatementSerializer
    )
    def get(self, request: Request, year: str) -> Response:
        """What I owned at both ends of a year, and what came and went in it."""
        Query(request)
        number = _read_year(year)
        statements = year_statement(account_id=account_of(request), year=number)
        return Response({"year": number, "items": [_statement_json(statement) for statement in statements]})


class YearStatementExportView(exports.ExportView):
    @extend_schema(
        operation_id="export_year_statement", tags=["money"], parameters=[_YEAR_PARAMETER], responses=exports.RESPONSES
    )
    def get(self, request: Request, year: str) -> StreamingHttpResponse:
        """The statement of a year as a CSV file: a line for each asset and cause."""
        Query(request)
        number, account_id = _read_year(year), account_of(request)
        return exports.export(
            name="statement",
            period=exports.Period(0, 0, str(number)),
            account_id=account_id,
            columns=_COLUMNS,
            rows=lambda: _rows(year_statement(account_id=account_id, year=number)),
        )


def _read_year(text: str) -> int:
    """Raises ValidationError unless it is a year that has begun."""
    this_year = timezone.now().astimezone(UTC).year
    if not (len(text) == 4 and text.isascii() and text.isdigit() and _FIRST_YEAR <= int(text) <= this_year):
        raise ValidationError({"year": [f"A year from {_FIRST_YEAR} to {this_year}."]})
    return int(text)


def _statement_json(statement: AssetStatement) -> dict[str, Any]:
    return {
        "asset": statement.asset,
        "opening": statement.opening,
        "closing": statement.closing,
        "lines": [
            {"cause": line.cause.name, "received": line.received, "given": line.given, "count": line.count}
            for line in statement.lines
        ],
    }


def _rows(statements: list[AssetStatement]) -> Iterator[dict[str, Any]]:
    for statement in statements:
        ends = {"asset": statement.asset, "opening": statement.opening, "closing": statement.closing}
        if not statement.lines:
            yield {**ends, "cause": None, "received": 0, "given": 0, "count": 0}
        for line in statement.lines:
            yield {
                **ends,
                "cause": line.cause.name,
                "received": line.received,
                "given": line.given,
                "count": line.count,
            }
