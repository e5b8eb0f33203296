"""The exchanges that can be connected, and what they take deposits of."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.schema import refusals
from ledger.api.parameters import PAGE_PARAMETERS, Query, no_cursor, parameter
from wallet.venues.api.account_representations import currency_json, exchange_info_json, supported_json
from wallet.venues.api.catalogue_serializers import (
    ExchangeCurrenciesSerializer,
    ExchangeInfoSerializer,
    SupportedExchangesSerializer,
)
from wallet.venues.api.parsing import currency_in, currency_named, exchange_id_in, network_in
from wallet.venues.selectors.accounts import get_exchange, list_supported
from wallet.venues.services.catalogue import currencies_of

TAG = "exchange accounts"


class SupportedExchangesView(APIView):
    """GET /api/v1/wallet/exchanges/supported"""

    @extend_schema(operation_id="list_supported_exchanges", tags=[TAG], responses=SupportedExchangesSerializer)
    def get(self, request: Request) -> Response:
        """The exchanges whose accounts can be connected, by name."""
        Query(request)
        return Response({"items": [supported_json(exchange) for exchange in list_supported()]})


class ExchangeInfoView(APIView):
    """GET /api/v1/wallet/exchanges/{exchange_id}/info"""

    @extend_schema(operation_id="get_exchange_info", tags=[TAG], responses=ExchangeInfoSerializer)
    def get(self, request: Request, exchange_id: str) -> Response:
        """What is known of one exchange: its id here, links, limits, and what its accounts need."""
        Query(request)
        return Response(exchange_info_json(get_exchange(exchange_id=exchange_id_in(exchange_id))))


class ExchangeCurrenciesView(APIView):
    """GET /api/v1/wallet/exchanges/{exchange_id}/currencies"""

    @extend_schema(
        operation_id="list_exchange_currencies",
        tags=[TAG],
        parameters=[
            parameter("currency", "Only this one, e.g. USDT."),
            parameter("network", "Only those that the exchange takes over this network, e.g. TRC20."),
            *PAGE_PARAMETERS,
        ],
        responses={200: ExchangeCurrenciesSerializer, **refusals(404, 422, 429, 502, 503, 504)},
    )
    def get(self, request: Request, exchange_id: str) -> Response:
        """The currencies of an exchange and their networks, by code, as it said last (`currencies_at` of its info).

        An exchange that nobody has asked yet is asked now.
        """
        query = Query(request, "currency", "network", "limit", "cursor")
        limit, currency, network = query.limit(), currency_in(query), network_in(query)
        after = query.text("cursor")
        if after is not None and currency_named(after) is None:
            raise no_cursor()
        known = currencies_of(get_exchange(exchange_id=exchange_id_in(exchange_id)))
        found = [
            code
            for code in sorted(known)
            if (after is None or code > after)
            and currency in (None, code)
            and (network is None or network in known[code].get("networks", {}))
        ]
        items = found[:limit]
        return Response(
            {
                "items": [currency_json(code, known[code]) for code in items],
                "next_cursor": items[-1] if len(found) > limit else None,
            }
        )
