"""Public data of markets."""

import time
from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.errors import BourseError
from kernel.units import EXACT, parse_positive, plain
from ledger.api.parameters import PAGE_PARAMETERS, PERIOD_PARAMETERS, Query, paginated, parameter
from marketdata.api import representations, serializers
from marketdata.intervals import INTERVALS
from marketdata.selectors import (
    list_candles,
    list_public_trades,
    list_tickers,
    list_trades_since,
    list_trades_without_house,
    market_depth,
    market_statistics,
    market_ticker,
)
from marketdata.selectors.candles import DEFAULT_CANDLES, MOST_CANDLES
from matching.api.representations import market_json
from matching.selectors.markets import MarketView, market_by_symbol

_HOUSE = {"include": True, "exclude": False}
_HOUSE_PARAMETER = parameter(
    "house", "exclude leaves out what house accounts traded with each other; prices stay.", choices=_HOUSE
)

LEVELS: dict[str, int | None] = {"5": 5, "10": 10, "20": 20, "100": 100, "1000": 1000, "full": None}
DEFAULT_LEVELS = "100"


MOST_TRADE_NUMBER = 9_999_999_999


class DepthView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="get_depth",
        tags=["markets"],
        parameters=[
            parameter("limit", f"Price levels a side; {DEFAULT_LEVELS} if left out.", choices=LEVELS),
            parameter(
                "group",
                "Put levels together, a multiple of the market's tick size: bids are rounded down, asks up.",
            ),
        ],
        responses=serializers.DepthSerializer,
        auth=[],
    )
    def get(self, request: Request, symbol: str) -> Response:
        """The order book by price, best first."""
        query = Query(request, "limit", "group")
        limit = LEVELS[DEFAULT_LEVELS] if query.text("limit") is None else query.choice("limit", LEVELS)
        group = query.text("group")
        market = market_by_symbol(symbol)
        group_ticks = None if group is None else _group_ticks(market, group)
        depth = market_depth(market, limit=limit, group_ticks=group_ticks)
        return Response(representations.depth_json(market.symbol, depth))


def _group_ticks(market: MarketView, text: str) -> int:
    """Raises ValidationError."""
    tick_size: Decimal = market_json(market)["tick_size"]
    try:
        group = parse_positive(text, field="group")
    except BourseError as error:
        raise ValidationError({"group": [error.message]}) from error
    ticks = market.units.ticks(group)
    if ticks is None or EXACT.remainder(group, tick_size):
        raise ValidationError({"group": [f"A multiple of the tick size, {plain(tick_size)}."]})
    return ticks


class PublicTradesView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="list_public_trades",
        tags=["markets"],
        parameters=[
            *PERIOD_PARAMETERS,
            *PAGE_PARAMETERS,
            OpenApiParameter(
                "from_number",
                OpenApiTypes.INT,
                description="Trades from this number on, oldest first; goes with limit alone.",
            ),
            _HOUSE_PARAMETER,
        ],
        responses=serializers.PublicTradesSerializer,
        auth=[],
    )
    def get(self, request: Request, symbol: str) -> Response:
        """The market's trades, newest first, or from a number on, oldest first.

        Without house trades a page may be shorter than its limit, even empty: go on while there is a next_cursor.
        """
        query = Query(request, "from", "to", "limit", "cursor", "from_number", "house")
        page = query.page()
        first_id, before_id = query.id_range(page)
        leaves_house_out = _leaves_house_out(query)
        if query.text("from_number") is not None:
            others = [name for name in ("from", "to", "cursor", "house") if query.text(name) is not None]
            if others:
                raise ValidationError({name: ["Does not go with from_number."] for name in others})
            return self._oldest_first(query, symbol, page.limit)
        market_id = market_by_symbol(symbol).id
        if leaves_house_out:
            trades, next_id = list_trades_without_house(
                market_id=market_id, first_id=first_id, before_id=before_id, limit=page.limit
            )
            answer: dict[str, Any] = {
                "items": [representations.trade_json(trade) for trade in trades],
                "next_cursor": str(next_id) if next_id is not None else None,
            }
        else:
            rows = list_public_trades(market_id=market_id, first_id=first_id, before_id=before_id, limit=page.limit + 1)
            answer = paginated(rows, page, lambda row: row.id, representations.trade_json)
        return Response({**answer, "next_number": None})

    def _oldest_first(self, query: Query, symbol: str, limit: int) -> Response:
        number = query.count("from_number", default=1, least=1, most=MOST_TRADE_NUMBER)
        trades = list_trades_since(market_id=market_by_symbol(symbol).id, number=number, limit=limit)
        return Response(
            {
                "items": [representations.trade_json(trade) for trade in trades],
                "next_cursor": None,
                "next_number": trades[-1].number + 1 if trades else number,
            }
        )


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
            interval=query.choice("interval", INTERVALS),
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


class StatisticsView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="get_statistics",
        tags=["markets"],
        parameters=[_HOUSE_PARAMETER],
        responses=serializers.StatisticsSerializer,
        auth=[],
    )
    def get(self, request: Request, symbol: str) -> Response:
        """The last 24 hours, 7 days and 30 days, and how far the sides of the book are apart now."""
        leaves_house_out = _leaves_house_out(Query(request, "house"))
        statistics = market_statistics(market_by_symbol(symbol), now_ms=_now_ms())
        if leaves_house_out:
            statistics = statistics.without_house()
        return Response(representations.statistics_json(statistics))


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
