"""My money, and how it came to be so."""

from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.api import exports
from ledger.api.holder import account_of
from ledger.api.parameters import PAGE_PARAMETERS, PERIOD_PARAMETERS, Query, paginated, parameter
from ledger.api.representations import balance_json, posting_json
from ledger.api.serializers import BalancesSerializer, PostingSerializer, PostingsSerializer
from ledger.history import PostingFilter, list_postings, walk_postings
from ledger.models import EntryKind
from ledger.selectors import asset_by_symbol, list_balances

_CAUSES = {kind.name: kind for kind in EntryKind}
_FILTERS = ("asset", "cause", "from", "to")
_FILTER_PARAMETERS = [
    parameter("asset", "Only this asset, e.g. BTC."),
    parameter("cause", "Only what came of this.", choices=_CAUSES),
]
_EXPORT_COLUMNS = exports.columns_of(PostingSerializer)


class BalancesView(APIView):
    @extend_schema(operation_id="list_balances", tags=["money"], responses=BalancesSerializer)
    def get(self, request: Request) -> Response:
        """What I own: available, and locked for open orders and withdrawals."""
        Query(request)
        balances = list_balances(account_id=account_of(request))
        return Response({"items": [balance_json(balance) for balance in balances]})


class LedgerView(APIView):
    @extend_schema(
        operation_id="list_postings",
        tags=["money"],
        parameters=[*_FILTER_PARAMETERS, *PERIOD_PARAMETERS, *PAGE_PARAMETERS],
        responses=PostingsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Every change of my balances, newest first. Summed up, the postings of an asset are its balance."""
        query = Query(request, *_FILTERS, "limit", "cursor")
        page = query.page()
        first_id, before_id = query.id_range(page)
        wanted = PostingFilter(**_filter(query), first_id=first_id, before_id=before_id)
        rows = list_postings(account_id=account_of(request), wanted=wanted, limit=page.limit + 1)
        return Response(paginated(rows, page, lambda row: row.id, posting_json))


class LedgerExportView(exports.ExportView):
    @extend_schema(
        operation_id="export_postings",
        tags=["money"],
        parameters=[*_FILTER_PARAMETERS, *exports.PERIOD_PARAMETERS],
        responses=exports.RESPONSES,
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Every change of my balances in a period, as a CSV file."""
        query = Query(request, *_FILTERS)
        account_id, period = account_of(request), exports.read_period(query)
        wanted = PostingFilter(**_filter(query), first_id=period.first_id)
        return exports.export(
            name="ledger",
            period=period,
            account_id=account_id,
            columns=_EXPORT_COLUMNS,
            rows=lambda: map(
                posting_json, walk_postings(account_id=account_id, wanted=wanted, before_id=period.before_id)
            ),
        )


def _filter(query: Query) -> dict[str, Any]:
    asset = query.text("asset")
    return {"asset_id": asset_by_symbol(asset).id if asset else None, "kind": query.choice("cause", _CAUSES)}
