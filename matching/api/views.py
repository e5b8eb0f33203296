"""Orders, my trades, and the list of markets."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import AccountState, User
from ledger.api.holder import account_of, user_of
from ledger.api.parameters import Query, parameter, parse_id
from matching.api import representations, serializers
from matching.api.body import ACK, CLIENT_ORDER_ID, RESULT, read_place_body
from matching.api.history import OrderHistory
from matching.errors import OrderNotFound, TradingFrozen
from matching.selectors.markets import list_markets, market_by_symbol
from matching.selectors.orders import OrderView, get_order, get_order_by_client_id
from matching.services import cancel_all_orders, cancel_order, check_order, place_order

_RESPONSES = {RESULT: True, ACK: False}
_RESPONSE = parameter("response", "RESULT (default) waits for the engine; ACK does not.", choices=_RESPONSES)


class MarketsView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(operation_id="list_markets", tags=["markets"], responses=serializers.MarketsSerializer, auth=[])
    def get(self, request: Request) -> Response:
        """All markets with their rules."""
        Query(request)
        return Response({"items": [representations.market_json(market) for market in list_markets()]})


class MarketDetailView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(operation_id="get_market", tags=["markets"], responses=serializers.MarketSerializer, auth=[])
    def get(self, request: Request, symbol: str) -> Response:
        """One market with its rules."""
        Query(request)
        return Response(representations.market_json(market_by_symbol(symbol)))


class OrdersView(OrderHistory):
    @extend_schema(
        operation_id="place_order",
        tags=["orders"],
        request=serializers.OrderRequestSerializer,
        responses={
            200: OpenApiResponse(serializers.ValidatedSerializer, "validate_only: the order would be accepted."),
            201: OpenApiResponse(serializers.PlacedOrderSerializer, "Matched, resting or expired; see status."),
            202: OpenApiResponse(serializers.PlacedOrderSerializer, "Accepted for good, not matched yet."),
        },
    )
    def post(self, request: Request) -> Response:
        """Place an order. A refusal by the engine is an error with the order's id in its details."""
        Query(request)
        _refuse_frozen(user_of(request))
        body = read_place_body(cast("dict[str, Any]", request.data))
        account_id = account_of(request)
        if body.validate_only:
            check_order(account_id=account_id, request=body.order)
            return Response({"is_acceptable": True})
        receipt = place_order(
            account_id=account_id, request=body.order, wait=body.wait, request_id=_request_id(request)
        )
        acceptance = receipt.acceptance
        if acceptance is not None and (acceptance.answer is not None or not body.wait):
            return _placed(representations.placed_order_json(receipt.order_id, body.order, acceptance), body.wait)
        # A repeat, or an answer that did not come: the tables know.
        stands = get_order(account_id=account_id, order_id=receipt.order_id)
        return _placed(representations.order_json(stands), body.wait)

    @extend_schema(
        operation_id="cancel_all_orders",
        tags=["orders"],
        parameters=[parameter("symbol", "BTC-USDT or BTC/USDT", required=True), _RESPONSE],
        responses={
            200: OpenApiResponse(serializers.CancelledOrdersSerializer, "They are cancelled."),
            202: OpenApiResponse(serializers.CancelledOrdersSerializer, "Accepted, not carried out yet."),
        },
    )
    def delete(self, request: Request) -> Response:
        """Cancel all my orders in a market."""
        query = Query(request, "symbol", "response")
        receipt = cancel_all_orders(
            account_id=account_of(request),
            symbol=query.required_text("symbol"),
            wait=query.choice("response", _RESPONSES) is not False,
            request_id=_request_id(request),
        )
        cancelled = None if receipt.cancelled is None else [str(order_id) for order_id in receipt.cancelled]
        body = {"symbol": receipt.symbol, "command_id": str(receipt.command_id), "cancelled": cancelled}
        return Response(body, status=202 if cancelled is None else 200)


class OrderDetailView(APIView):
    @extend_schema(operation_id="get_order", tags=["orders"], responses=serializers.OrderSerializer)
    def get(self, request: Request, order_id: str) -> Response:
        """One of my orders, from the moment it was accepted."""
        Query(request)
        return Response(representations.order_json(_my_order(request, order_id)))

    @extend_schema(
        operation_id="cancel_order",
        tags=["orders"],
        parameters=[_RESPONSE],
        responses={
            200: OpenApiResponse(serializers.OrderSerializer, "It is cancelled."),
            202: OpenApiResponse(serializers.OrderSerializer, "Accepted, not carried out yet."),
        },
    )
    def delete(self, request: Request, order_id: str) -> Response:
        """Cancel one of my orders."""
        query = Query(request, "response")
        account_id = account_of(request)
        receipt = cancel_order(
            account_id=account_id,
            order_id=_id(order_id),
            wait=query.choice("response", _RESPONSES) is not False,
            request_id=_request_id(request),
        )
        order = get_order(account_id=account_id, order_id=receipt.order_id)
        return Response(representations.order_json(order), status=200 if receipt.is_settled else 202)


class OrderByClientIdView(APIView):
    @extend_schema(operation_id="get_order_by_client_id", tags=["orders"], responses=serializers.OrderSerializer)
    def get(self, request: Request, client_order_id: str) -> Response:
        """The order that was placed under my own id."""
        Query(request)
        if not CLIENT_ORDER_ID.fullmatch(client_order_id):
            raise OrderNotFound
        order = get_order_by_client_id(account_id=account_of(request), client_order_id=client_order_id)
        return Response(representations.order_json(order))


def _placed(order: dict[str, Any], wait: bool) -> Response:
    """The answer to a POST, the first time and every time: 202 for ACK, else by what became of the order.

    Raises the refusal of a rejected order.
    """
    return Response(order, status=representations.placed_status(order, is_awaited=wait))


def _refuse_frozen(user: User) -> None:
    if user.state == AccountState.TRADE_FROZEN:
        raise TradingFrozen


def _my_order(request: Request, order_id: str) -> OrderView:
    return get_order(account_id=account_of(request), order_id=_id(order_id))


def _id(text: str) -> int:
    identifier = parse_id(text)
    if identifier is None:
        raise OrderNotFound
    return identifier


def _request_id(request: Request) -> str:
    return getattr(request._request, "request_id", "")
