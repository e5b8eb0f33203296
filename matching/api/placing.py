"""New orders: one, two of which one cancels the other, and one in the place of another."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.schema import refusals
from ledger.api.holder import account_of
from ledger.api.parameters import Query
from matching.api import representations, request_serializers, serializers
from matching.api.body import PlaceBody, read_oco_body, read_place_body, read_replacing_body
from matching.api.entry import (
    body_of,
    order_id_of,
    placed_response,
    refuse_where_refused,
    request_id_of,
    trading_account,
)
from matching.models import OrderStatus
from matching.selectors.orders import get_pair
from matching.services import PlaceOcoCommand, Repeated, carry_out_one, check_order, check_pair, place_order

PLACED: dict[int, Any] = {
    200: OpenApiResponse(serializers.ValidatedSerializer, "validate_only: the order would be accepted."),
    201: OpenApiResponse(serializers.PlacedOrderSerializer, "Matched, resting, waiting or expired; see status."),
    202: OpenApiResponse(serializers.PlacedOrderSerializer, "Accepted for good, not matched yet."),
    **refusals(404, 409, 422),
}


class PlaceOrder(APIView):
    """POST of `orders`."""

    @extend_schema(
        operation_id="place_order",
        tags=["orders"],
        request=request_serializers.OrderRequestSerializer,
        responses=PLACED,
    )
    def post(self, request: Request) -> Response:
        """Place an order. A refusal by the engine is an error with the order's id in its details."""
        Query(request)
        trading_account(request)
        return _place(request, read_place_body(body_of(request)))


class ReplaceOrderView(APIView):
    @extend_schema(
        operation_id="replace_order", tags=["orders"], request=request_serializers.NewOrderSerializer, responses=PLACED
    )
    def post(self, request: Request, order_id: str) -> Response:
        """Cancel an order and place another one in its market, in one step: both happen or neither."""
        Query(request)
        trading_account(request)
        return _place(request, read_replacing_body(body_of(request), order_id_of(order_id)))


class OcoView(APIView):
    @extend_schema(
        operation_id="place_oco",
        tags=["orders"],
        request=request_serializers.OcoRequestSerializer,
        responses={
            200: OpenApiResponse(serializers.ValidatedSerializer, "validate_only: the orders would be accepted."),
            201: OpenApiResponse(serializers.OcoPairSerializer, "Both are open."),
            202: OpenApiResponse(serializers.OcoPairSerializer, "Accepted for good, not matched yet."),
            **refusals(404, 409, 422),
        },
    )
    def post(self, request: Request) -> Response:
        """Place a limit order and a stop order, of which the first to act cancels the other."""
        Query(request)
        trading_account(request)
        body, account_id = read_oco_body(body_of(request)), account_of(request)
        if body.validate_only:
            check_pair(account_id=account_id, request=body.pair)
            return Response({"is_acceptable": True})
        command = PlaceOcoCommand(account_id, body.pair, request_id_of(request))
        done = carry_out_one(command, wait=body.wait)
        assert not isinstance(done.receipt, Exception)
        order_id = done.receipt.command_id
        if not isinstance(done.receipt, Repeated):
            refuse_where_refused(done.answer, order_id)
        pair = pair_json(account_id, order_id)
        return Response(pair, status=pair_status(pair, is_awaited=body.wait))


def pair_json(account_id: int, order_id: int) -> dict[str, Any]:
    """Both legs of a pair, that with the limit first."""
    legs = get_pair(account_id=account_id, order_id=order_id)
    return {"legs": [representations.order_json(leg) for leg in legs]}


def pair_status(pair: dict[str, Any], *, is_awaited: bool) -> int:
    """As `placed_status`. Raises the refusal of a rejected pair: its legs share their fate."""
    first = pair["legs"][0]
    status = representations.placed_status(first, is_awaited=is_awaited)
    return status if first["status"] != OrderStatus.PENDING.name else 202


def _place(request: Request, body: PlaceBody) -> Response:
    account_id = account_of(request)
    if body.validate_only:
        check_order(account_id=account_id, request=body.order)
        return Response({"is_acceptable": True})
    receipt = place_order(account_id=account_id, request=body.order, wait=body.wait, request_id=request_id_of(request))
    return placed_response(account_id, body.order, receipt, wait=body.wait)
