"""Public data of markets."""

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
    list_tickers,
    list_trades_without_house,
    market_depth,
    market_ticker,
)
from marketdata.selectors.candles import DEFAULT_CANDLES, INTERVALS, MOST_CANDLES
from matching.selectors.markets import market_by_symbol

_HOUSE = {"include": True, "exclude": False}
_HOUSE_PARAMETER = parameter(
    "house", "exclude leaves out what house accounts traded with each other; prices stay.", choices=_HOUSE
)

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
        parameters=[*PERIOD_PARAMETERS, *PAGE_PARAMETERS, _HOUSE_PARAMETER],
        responses=serializers.PublicTradesSerializer,
        auth=[],
    )
    def get(self, request: Request, symbol: str) -> Response:
        """The market's trades, newest first.

        Without house trades a page may be shorter than its limit, even empty: go on while there is a next_cursor.
        """
        query = Query(request, "from", "to", "limit", "cursor", "house")
        page = query.page()
        first_id, before_id = query.id_range(page)
        leaves_house_out = _leaves_house_out(query)
        market_id = market_by_symbol(symbol).id
        if leaves_house_out:
            trades, next_id = list_trades_without_house(
                market_id=market_id, first_id=first_id, before_id=before_id, limit=page.limit
            )
            items = [representations.trade_json(trade) for trade in trades]
            return Response({"items": items, "next_cursor": str(next_id) if next_id is not None else None})
        rows = list_public_trades(market_id=market_id, first_id=first_id, before_id=before_id, limit=page.limit + 1)
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
            _HOUSE_PARAMETER,
        ],
        responses=serializers.CandlesSerializer,
        auth=[],
    )
    def get(self, request: Request, symbol: str) -> Response:
        """Candles, oldest first, without gaps: an interval without trades is flat."""
        query = Query(request, "interval", "start", "end", "limit", "house")
        interval = query.required_text("interval")
        start_ms, end_ms = query.time_ms("start"), query.time_ms("end")
        if start_ms is not None and end_ms is not None and end_ms <= start_ms:
            raise ValidationError({"end": ["Later than start."]})
        leaves_house_out = _leaves_house_out(query)
        market = market_by_symbol(symbol)
        candles = list_candles(
            market_id=market.id,
            interval_ms=query.choice("interval", INTERVALS),
            start_ms=start_ms,
            end_ms=end_ms,
            limit=query.count("limit", default=DEFAULT_CANDLES, least=1, most=MOST_CANDLES),
            now_ms=_now_ms(),
        )
        if leaves_house_out:
            candles = [candle.without_house() for candle in candles]
        items = [representations.candle_json(candle) for candle in candles]
        return Response({"symbol": market.symbol, "interval": interval, "items": items})


class TickerView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="get_ticker",
        tags=["markets"],
        parameters=[_HOUSE_PARAMETER],
        responses=serializers.TickerSerializer,
        auth=[],
    )
    def get(self, request: Request, symbol: str) -> Response:
        """The last 24 hours, and the best prices now."""
        leaves_house_out = _leaves_house_out(Query(request, "house"))
        ticker = market_ticker(market_by_symbol(symbol), now_ms=_now_ms())
        return Response(representations.ticker_json(ticker.without_house() if leaves_house_out else ticker))


class TickersView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="list_tickers",
        tags=["markets"],
        parameters=[_HOUSE_PARAMETER],
        responses=serializers.TickersSerializer,
        auth=[],
    )
    def get(self, request: Request) -> Response:
        """The last 24 hours of every market, and the best prices now."""
        leaves_house_out = _leaves_house_out(Query(request, "house"))
        tickers = list_tickers(now_ms=_now_ms())
        if leaves_house_out:
            tickers = [ticker.without_house() for ticker in tickers]
        return Response({"items": [representations.ticker_json(ticker) for ticker in tickers]})


def _leaves_house_out(query: Query) -> bool:
    return query.choice("house", _HOUSE) is False


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
