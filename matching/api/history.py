"""My orders and my fills: filtered, in pages, and as files."""

import re
from typing import Any, NamedTuple

from django.http import StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.api import exports
from ledger.api.holder import account_of
from ledger.api.parameters import (
    PAGE_PARAMETERS,
    PERIOD_PARAMETERS,
    Query,
    no_cursor,
    paginated,
    parameter,
    parse_id,
)
from matching.api import representations, serializers
from matching.api.body import CLIENT_ORDER_ID
from matching.engine.types import OrderType, Side
from matching.errors import OrderNotFound
from matching.models import OrderStatus
from matching.selectors.markets import market_by_symbol
from matching.selectors.orders import OrderFilter, OrderView, get_order, list_orders, walk_orders
from matching.selectors.trades import FillFilter, FillView, list_fills, walk_fills

_SIDES = {side.name: side for side in Side}
_TYPES = {order_type.name: order_type for order_type in OrderType}
_STATUSES = {status.name: status for status in OrderStatus}
_ENDED = (OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED, OrderStatus.EXPIRED)
_IS_MAKER = {"MAKER": True, "TAKER": False}
_MAKER_NEXT = "m"
_FILL_CURSOR = re.compile(rf"([0-9]{{1,19}})({_MAKER_NEXT}?)")

_SYMBOL = parameter("symbol", "BTC-USDT or BTC/USDT")
_SIDE = parameter("side", "BUY or SELL", choices=_SIDES)

_ORDER_FILTERS = ("symbol", "side", "type", "status", "client_order_id", "from", "to")
_ORDER_PARAMETERS = [
    _SYMBOL,
    _SIDE,
    parameter("type", f"One or more of {', '.join(_TYPES)}, joined by commas."),
    parameter("status", f"One or more of {', '.join(_STATUSES)}, joined by commas."),
    parameter("client_order_id", "Only orders that were placed under this id of mine."),
]
_ORDER_COLUMNS = exports.columns_of(serializers.OrderSerializer)

_FILL_FILTERS = ("symbol", "side", "role", "order_id", "from", "to")
_FILL_PARAMETERS = [
    _SYMBOL,
    _SIDE,
    parameter("role", "Whether my order rested or took.", choices=_IS_MAKER),
    parameter("order_id", "Only fills of this order."),
]
_FILL_COLUMNS = exports.columns_of(serializers.TradeSerializer)


class OrderHistory(APIView):
    """What there is to read at `orders`; placing and cancelling add to it."""

    @extend_schema(
        operation_id="list_orders",
        tags=["orders"],
        parameters=[*_ORDER_PARAMETERS, *PERIOD_PARAMETERS, *PAGE_PARAMETERS],
        responses=serializers.OrdersSerializer,
    )
    def get(self, request: Request) -> Response:
        """My orders, newest first."""
        query = Query(request, *_ORDER_FILTERS, "limit", "cursor")
        page = query.page()
        first_id, before_id = query.id_range(page)
        wanted = OrderFilter(**_order_filter(query), first_id=first_id, before_id=before_id)
        rows = list_orders(account_id=account_of(request), wanted=wanted, limit=page.limit + 1)
        return Response(paginated(rows, page, lambda row: row.id, representations.order_json))


class OrderExportView(exports.ExportView):
    @extend_schema(
        operation_id="export_orders",
        tags=["orders"],
        parameters=[*_ORDER_PARAMETERS, *exports.PERIOD_PARAMETERS],
        responses=exports.RESPONSES,
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """My orders of a period, as a CSV file."""
        query = Query(request, *_ORDER_FILTERS)
        account_id, period = account_of(request), exports.read_period(query)
        wanted = OrderFilter(**_order_filter(query), first_id=period.first_id, before_id=period.before_id)
        return exports.export(
            name="orders",
            period=period,
            account_id=account_id,
            columns=_ORDER_COLUMNS,
            rows=lambda: map(representations.order_json, walk_orders(account_id=account_id, wanted=wanted)),
        )


class FillsView(APIView):
    @extend_schema(
        operation_id="list_my_trades",
        tags=["orders"],
        parameters=[*_FILL_PARAMETERS, *PERIOD_PARAMETERS, *PAGE_PARAMETERS],
        responses=serializers.TradesSerializer,
    )
    def get(self, request: Request) -> Response:
        """My side of trades, newest first: fee, role, and the average price of the order."""
        query = Query(request, *_FILL_FILTERS, "limit", "cursor")
        account_id, limit, place = account_of(request), query.limit(), _read_place(query)
        first_id, end_id = query.period()
        wanted = FillFilter(**_fill_filter(query, account_id), first_id=first_id, before_id=end_id)
        if place is not None and (end_id is None or place.trade_id < end_id):
            wanted = wanted.behind(place.trade_id, maker_is_next=place.maker_is_next)
        rows = list_fills(account_id=account_id, wanted=wanted, limit=limit + 1)
        items = rows[:limit]
        return Response(
            {
                "items": [representations.fill_json(fill) for fill in items],
                "next_cursor": _place_behind(items[-1]) if len(rows) > limit else None,
            }
        )


class FillExportView(exports.ExportView):
    @extend_schema(
        operation_id="export_my_trades",
        tags=["orders"],
        parameters=[*_FILL_PARAMETERS, *exports.PERIOD_PARAMETERS],
        responses=exports.RESPONSES,
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """My side of the trades of a period, as a CSV file."""
        query = Query(request, *_FILL_FILTERS)
        account_id, period = account_of(request), exports.read_period(query)
        wanted = FillFilter(**_fill_filter(query, account_id), first_id=period.first_id, before_id=period.before_id)
        return exports.export(
            name="trades",
            period=period,
            account_id=account_id,
            columns=_FILL_COLUMNS,
            rows=lambda: map(representations.fill_json, walk_fills(account_id=account_id, wanted=wanted)),
        )


class _Place(NamedTuple):
    """Behind which fill a page begins: a trade's, and whether the maker's half of it comes first."""

    trade_id: int
    maker_is_next: bool


def _read_place(query: Query) -> _Place | None:
    cursor = query.text("cursor")
    if cursor is None:
        return None
    written = _FILL_CURSOR.fullmatch(cursor)
    trade_id = parse_id(written[1]) if written else None
    if written is None or trade_id is None:
        raise no_cursor()
    return _Place(trade_id, bool(written[2]))


def _place_behind(fill: FillView) -> str:
    return str(fill.trade_id) if fill.is_maker else f"{fill.trade_id}{_MAKER_NEXT}"


def _order_filter(query: Query) -> dict[str, Any]:
    client_order_id = query.text("client_order_id")
    if client_order_id is not None and not CLIENT_ORDER_ID.fullmatch(client_order_id):
        raise ValidationError({"client_order_id": ["1 to 64 of the characters A-Z a-z 0-9 _ . : -"]})
    return {
        "market_id": _market_id(query),
        "side": query.choice("side", _SIDES),
        "order_types": _words(query, "type", _TYPES),
        "statuses": _words(query, "status", _STATUSES),
        "client_order_id": client_order_id,
    }


def _fill_filter(query: Query, account_id: int) -> dict[str, Any]:
    text = query.text("order_id")
    order = None if text is None else _my_order(text, account_id)
    return {
        "market_id": _market_id(query),
        "order_id": order and order.id,
        "order_ended_at": order.updated_at if order and order.status in _ENDED else None,
        "side": query.choice("side", _SIDES),
        "is_maker": query.choice("role", _IS_MAKER),
    }


def _market_id(query: Query) -> int | None:
    symbol = query.text("symbol")
    return market_by_symbol(symbol).id if symbol else None


def _words(query: Query, name: str, choices: dict[str, Any]) -> list[Any]:
    text = query.text(name)
    words = text.split(",") if text else []
    if not set(words) <= set(choices):
        raise ValidationError({name: [f"Of {', '.join(choices)}, joined by commas."]})
    return [choices[word] for word in words]


def _my_order(text: str, account_id: int) -> OrderView:
    """Raises OrderNotFound, also for somebody else's order."""
    order_id = parse_id(text)
    if order_id is None:
        raise OrderNotFound
    return get_order(account_id=account_id, order_id=order_id)
