"""Other terms for an order that rests."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.schema import refusals
from ledger.api.holder import account_of
from ledger.api.parameters import Query
from matching.api import request_serializers, serializers
from matching.api.change_bodies import read_amend_body
from matching.api.entry import (
    body_of,
    order_id_of,
    order_of_client_id,
    order_with_fills,
    refuse_where_refused,
    request_id_of,
    trading_account,
)
from matching.services import AmendCommand, carry_out_one

AMENDED = {
    200: OpenApiResponse(serializers.PlacedOrderSerializer, "The order as it is now, with what it has just traded."),
    202: OpenApiResponse(serializers.PlacedOrderSerializer, "Accepted, not carried out yet."),
    **refusals(409, 422),
}


class AmendOrder(APIView):
    """PATCH of one order."""

    @extend_schema(
        operation_id="amend_order",
        tags=["orders"],
        request=request_serializers.AmendRequestSerializer,
        responses=AMENDED,
    )
    def patch(self, request: Request, order_id: str) -> Response:
        """Change price, quantity, or both. A smaller quantity at the same price keeps the place in the queue."""
        return _amend(request, order_id_of(order_id))


class AmendOrderByClientId(APIView):
    """PATCH of an order by the client's own id."""

    @extend_schema(
        operation_id="amend_order_by_client_id",
        tags=["orders"],
        request=request_serializers.AmendRequestSerializer,
        responses=AMENDED,
    )
    def patch(self, request: Request, client_order_id: str) -> Response:
        """Change the order that was placed last under my own id."""
        return _amend(request, order_of_client_id(account_of(request), client_order_id))


def _amend(request: Request, order_id: int) -> Response:
    Query(request)
    trading_account(request)
    body, account_id = read_amend_body(body_of(request)), account_of(request)
    command = AmendCommand(account_id, order_id, body.amendment, request_id_of(request))
    done = carry_out_one(command, wait=body.wait)
    refuse_where_refused(done.answer, order_id)
    order = order_with_fills(account_id, order_id, done.answer)
    return Response(order, status=202 if done.answer is None else 200)
