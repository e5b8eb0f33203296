"""One order, all orders, and the list of markets."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.api.holder import account_of
from ledger.api.parameters import Query
from matching.api import representations, serializers
from matching.api.body import CLIENT_ORDER_ID
from matching.api.cancelling import CancelAllOrders, CancelOrder, CancelOrderByClientId
from matching.api.changing import AmendOrder, AmendOrderByClientId
from matching.api.entry import order_id_of
from matching.api.history import OrderHistory
from matching.api.placing import PlaceOrder
from matching.errors import OrderNotFound
from matching.selectors.markets import list_markets, market_by_symbol
from matching.selectors.orders import OrderView, get_order, get_order_by_client_id


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


class OrdersView(OrderHistory, PlaceOrder, CancelAllOrders):
    """What there is to read, and to do, at `orders`."""


class OrderDetailView(AmendOrder, CancelOrder):
    @extend_schema(operation_id="get_order", tags=["orders"], responses=serializers.OrderSerializer)
    def get(self, request: Request, order_id: str) -> Response:
        """One of my orders, from the moment it was accepted."""
        Query(request)
        return Response(representations.order_json(_my_order(request, order_id)))


class OrderByClientIdView(AmendOrderByClientId, CancelOrderByClientId):
    @extend_schema(operation_id="get_order_by_client_id", tags=["orders"], responses=serializers.OrderSerializer)
    def get(self, request: Request, client_order_id: str) -> Response:
        """The order that was placed last under my own id, of a pair that with the limit."""
        Query(request)
        if not CLIENT_ORDER_ID.fullmatch(client_order_id):
            raise OrderNotFound
        order = get_order_by_client_id(account_id=account_of(request), client_order_id=client_order_id)
        return Response(representations.order_json(order))


def _my_order(request: Request, order_id: str) -> OrderView:
    return get_order(account_id=account_of(request), order_id=order_id_of(order_id))
