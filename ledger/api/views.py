"""My money, and how it came to be so."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.api.holder import account_of
from ledger.api.parameters import PAGE_PARAMETERS, PERIOD_PARAMETERS, Query, paginated, parameter
from ledger.api.representations import balance_json, posting_json
from ledger.api.serializers import BalancesSerializer, PostingsSerializer
from ledger.selectors import asset_by_symbol, list_balances, list_postings


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
        parameters=[parameter("asset", "Only this asset, e.g. BTC."), *PERIOD_PARAMETERS, *PAGE_PARAMETERS],
        responses=PostingsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Every change of my balances, newest first. Summed up, the postings of an asset are its balance."""
        query = Query(request, "asset", "from", "to", "limit", "cursor")
        page = query.page()
        first_id, before_id = query.id_range(page)
        asset = query.text("asset")
        rows = list_postings(
            account_id=account_of(request),
            asset_id=asset_by_symbol(asset).id if asset else None,
            first_id=first_id,
            before_id=before_id,
            limit=page.limit + 1,
        )
        return Response(paginated(rows, page, lambda row: row.id, posting_json))
