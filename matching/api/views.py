"""Orders, my trades, fees, and the list of markets."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.api.holder import account_of, user_of
from ledger.api.parameters import (
    PAGE_PARAMETERS,
    PERIOD_PARAMETERS,
    Query,
    paginated,
    parameter,
)
from matching.api import representations, serializers
from matching.api.body import CLIENT_ORDER_ID
from matching.api.cancelling import CancelAllOrders, CancelOrder, CancelOrderByClientId
from matching.api.changing import AmendOrder, AmendOrderByClientId
from matching.api.entry import SYMBOL, order_id_of
from matching.api.placing import PlaceOrder
from matching.engine.types import Side
from matching.errors import OrderNotFound
from matching.models import OrderStatus
from matching.selectors.markets import fee_tiers, list_markets, market_by_symbol
from matching.selectors.orders import OrderFilter, OrderView, get_order, get_order_by_client_id, list_orders
from matching.selectors.trades import FillFilter, list_fills

_SIDES = {side.name: side for side in Side}
_STATUSES = {status.name: status for status in OrderStatus}


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


class OrdersView(PlaceOrder, CancelAllOrders):
    @extend_schema(
        operation_id="list_orders",
        tags=["orders"],
        parameters=[
            SYMBOL,
            parameter("status", f"One or more of {', '.join(_STATUSES)}, joined by commas."),
            parameter("side", "BUY or SELL", choices=_SIDES),
            *PERIOD_PARAMETERS,
            *PAGE_PARAMETERS,
        ],
        responses=serializers.OrdersSerializer,
    )
    def get(self, request: Request) -> Response:
        """My orders, newest first."""
        query = Query(request, "symbol", "status", "side", "from", "to", "limit", "cursor")
        page = query.page()
        first_id, before_id = query.id_range(page)
        symbol = query.text("symbol")
        wanted = OrderFilter(
            market_id=market_by_symbol(symbol).id if symbol else None,
            side=query.choice("side", _SIDES),
            statuses=_statuses(query.text("status")),
            first_id=first_id,
            before_id=before_id,
        )
        rows = list_orders(account_id=account_of(request), wanted=wanted, limit=page.limit + 1)
        return Response(paginated(rows, page, lambda row: row.id, representations.order_json))


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


class TradesView(APIView):
    @extend_schema(
        operation_id="list_my_trades",
        tags=["orders"],
        parameters=[SYMBOL, parameter("order_id", "Only fills of this order."), *PERIOD_PARAMETERS, *PAGE_PARAMETERS],
        responses=serializers.TradesSerializer,
    )
    def get(self, request: Request) -> Response:
        """My side of trades, newest first: fee, role, and the average price of the order."""
        query = Query(request, "symbol", "order_id", "from", "to", "limit", "cursor")
        page = query.page()
        first_id, before_id = query.id_range(page)
        symbol, order_id = query.text("symbol"), query.text("order_id")
        wanted = FillFilter(
            market_id=market_by_symbol(symbol).id if symbol else None,
            order_id=_my_order(request, order_id).id if order_id else None,
            first_id=first_id,
            before_id=before_id,
        )
        rows = list_fills(account_id=account_of(request), wanted=wanted, limit=page.limit + 1)
        return Response(paginated(rows, page, lambda row: row.trade_id, representations.fill_json))


class FeesView(APIView):
    @extend_schema(operation_id="get_fees", tags=["money"], responses=serializers.FeesSerializer)
    def get(self, request: Request) -> Response:
        """What I pay, and the whole table."""
        Query(request)
        tiers = [representations.fee_tier_json(tier) for tier in fee_tiers()]
        mine: dict[str, Any] = next((tier for tier in tiers if tier["tier"] == user_of(request).fee_tier), {})
        return Response({**mine, "tiers": tiers})


def _statuses(text: str | None) -> list[OrderStatus]:
    names = text.split(",") if text else []
    if not set(names) <= set(_STATUSES):
        raise ValidationError({"status": [f"Of {', '.join(_STATUSES)}, joined by commas."]})
    return [_STATUSES[name] for name in names]


def _my_order(request: Request, order_id: str) -> OrderView:
    return get_order(account_id=account_of(request), order_id=order_id_of(order_id))
