"""The end of orders: of one, of those in a market, of all."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.schema import refusals
from ledger.api.holder import account_of
from ledger.api.parameters import Query, parameter
from matching.api import representations, serializers
from matching.api.entry import (
    RESPONSE,
    RESPONSES,
    accepted,
    order_id_of,
    order_of_client_id,
    request_id_of,
    symbols_of,
)
from matching.engine.types import Side
from matching.selectors.orders import get_order, markets_with_open_orders
from matching.services import CancelAllCommand, cancel_order, carry_out

_SIDES = {side.name: side for side in Side}
_CANCELLED_ORDERS = PolymorphicProxySerializer(
    component_name="CancelledEverywhereOrInMarket",
    serializers=[serializers.CancelledOrdersSerializer, serializers.CancelledEverywhereSerializer],
    resource_type_field_name=None,
)
_CANCELLED = {
    200: OpenApiResponse(serializers.OrderSerializer, "It is cancelled."),
    202: OpenApiResponse(serializers.OrderSerializer, "Accepted, not carried out yet."),
    **refusals(409),
}


class CancelAllOrders(APIView):
    """DELETE of `orders`."""

    @extend_schema(
        operation_id="cancel_all_orders",
        tags=["orders"],
        parameters=[
            parameter("symbol", "BTC-USDT or BTC/USDT; left out: all markets in which I have orders."),
            parameter("side", "Only orders of this side.", choices=_SIDES),
            RESPONSE,
        ],
        responses={
            200: OpenApiResponse(_CANCELLED_ORDERS, "They are cancelled. Without a symbol: a list by market."),
            202: OpenApiResponse(_CANCELLED_ORDERS, "Accepted, not carried out yet, or not everywhere."),
        },
    )
    def delete(self, request: Request) -> Response:
        """Cancel all my orders, those that wait included: in a market, of a side, or everywhere."""
        query = Query(request, "symbol", "side", "response")
        # An empty symbol is a slip, and must not mean everything.
        symbol = query.required_text("symbol") if "symbol" in request.query_params else None
        account_id = account_of(request)
        side = query.choice("side", _SIDES)
        symbols = [symbol] if symbol else symbols_of(markets_with_open_orders(account_id=account_id))
        commands = [CancelAllCommand(account_id, name, request_id_of(request), side) for name in symbols]
        done = carry_out(commands, wait=query.choice("response", RESPONSES) is not False)
        markets = [representations.cancelled_json(accepted(one), one.answer) for one in done]
        status = 200 if all(market["cancelled"] is not None for market in markets) else 202
        return Response(markets[0] if symbol else {"markets": markets}, status=status)


class CancelOrder(APIView):
    """DELETE of one order."""

    @extend_schema(operation_id="cancel_order", tags=["orders"], parameters=[RESPONSE], responses=_CANCELLED)
    def delete(self, request: Request, order_id: str) -> Response:
        """Cancel one of my orders, and with one of a pair the other."""
        return _cancel(request, order_id_of(order_id))


class CancelOrderByClientId(APIView):
    """DELETE of an order by the client's own id."""

    @extend_schema(
        operation_id="cancel_order_by_client_id", tags=["orders"], parameters=[RESPONSE], responses=_CANCELLED
    )
    def delete(self, request: Request, client_order_id: str) -> Response:
        """Cancel the order that was placed last under my own id."""
        return _cancel(request, order_of_client_id(account_of(request), client_order_id))


def _cancel(request: Request, order_id: int) -> Response:
    query = Query(request, "response")
    account_id = account_of(request)
    wait = query.choice("response", RESPONSES) is not False
    receipt = cancel_order(account_id=account_id, order_id=order_id, wait=wait, request_id=request_id_of(request))
    order: dict[str, Any] = representations.order_json(get_order(account_id=account_id, order_id=receipt.order_id))
    return Response(order, status=200 if receipt.is_settled else 202)
