"""Public data of one market."""

import time

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ledger.api.parameters import PAGE_PARAMETERS, PERIOD_PARAMETERS, Query, paginated, parameter
from marketdata.api import representations, serializers
from marketdata.selectors import (
    list_candles,
    list_public_trades,
    market_depth,
    market_ticker,
)
from marketdata.selectors.candles import DEFAULT_CANDLES, INTERVALS, MOST_CANDLES
from matching.selectors.markets import market_by_symbol

DEFAULT_LEVELS, LEAST_LEVELS, MOST_LEVELS = 100, 5, 1000


class DepthView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="get_depth",
        tags=["markets"],
        parameters=[
            OpenApiParameter(
                "limit", OpenApiTypes.INT, description=f"{LEAST_LEVELS} to {MOST_LEVELS} price levels a side."
            )
        ],
        responses=serializers.DepthSerializer,
        auth=[],
    )
    def get(self, request: Request, symbol: str) -> Response:
        """The order book by price, best first."""
        query = Query(request, "limit")
        limit = query.count("limit", default=DEFAULT_LEVELS, least=LEAST_LEVELS, most=MOST_LEVELS)
        market = market_by_symbol(symbol)
        depth = market_depth(market, limit=limit)
        return Response({"symbol": market.symbol, "update_id": depth.update_id, "bids": depth.bids, "asks": depth.asks})


class PublicTradesView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="list_public_trades",
        tags=["markets"],
        parameters=[*PERIOD_PARAMETERS, *PAGE_PARAMETERS],
        responses=serializers.PublicTradesSerializer,
        auth=[],
    )
    def get(self, request: Request, symbol: str) -> Response:
        """The market's trades, newest first."""
        query = Query(request, "from", "to", "limit", "cursor")
        page = query.page()
        first_id, before_id = query.id_range(page)
        rows = list_public_trades(
            market_id=market_by_symbol(symbol).id, first_id=first_id, before_id=before_id, limit=page.limit + 1
        )
        return Response(paginated(rows, page, lambda row: row.id, representations.trade_json))


class CandlesView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="list_candles",
        tags=["markets"],
        parameters=[
            parameter("interval", "Length of a candle.", required=True, choices=INTERVALS),
            parameter("start", "RFC 3339 or milliseconds: the first candle holds this moment."),
            parameter("end", "RFC 3339 or milliseconds, exclusive; now if left out."),
            OpenApiParameter("limit", OpenApiTypes.INT, description=f"1 to {MOST_CANDLES}; default {DEFAULT_CANDLES}."),
        ],
        responses=serializers.CandlesSerializer,
        auth=[],
    )
    def get(self, request: Request, symbol: str) -> Response:
        """Candles, oldest first, without gaps: an interval without trades is flat."""
        query = Query(request, "interval", "start", "end", "limit")
        interval = query.required_text("interval")
        start_ms, end_ms = query.time_ms("start"), query.time_ms("end")
        if start_ms is not None and end_ms is not None and end_ms <= start_ms:
            raise ValidationError({"end": ["Later than start."]})
        market = market_by_symbol(symbol)
        candles = list_candles(
            market_id=market.id,
            interval_ms=query.choice("interval", INTERVALS),
            start_ms=start_ms,
            end_ms=end_ms,
            limit=query.count("limit", default=DEFAULT_CANDLES, least=1, most=MOST_CANDLES),
            now_ms=_now_ms(),
        )
        return Response(
            {"symbol": market.symbol, "interval": interval, "items": list(map(representations.candle_json, candles))}
        )


class TickerView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(operation_id="get_ticker", tags=["markets"], responses=serializers.TickerSerializer, auth=[])
    def get(self, request: Request, symbol: str) -> Response:
        """The last 24 hours, and the best prices now."""
        Query(request)
        market = market_by_symbol(symbol)
        return Response(representations.ticker_json(market.symbol, market_ticker(market, now_ms=_now_ms())))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
