"""The API's description and its answers have the same fields."""

from typing import Any

from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from ledger.api import serializers as money
from marketdata.api import serializers as data
from matching.api import serializers as trading
from matching.api.body import FIELDS
from matching.api.fees import FeesSerializer
from tests.integration.api.conftest import ORDERS, TradingFloor


def check(serializer: Any, answer: Any) -> None:
    if isinstance(serializer, serializers.ListSerializer):
        assert answer, "an example is needed"
        for item in answer:
            check(serializer.child, item)
        return
    assert isinstance(serializer, serializers.Serializer)
    assert set(answer) == set(serializer.fields), type(serializer).__name__
    for name, field in serializer.fields.items():
        if isinstance(field, serializers.BaseSerializer):
            check(field, answer[name])
        elif answer[name] is None:
            assert field.allow_null, name
        elif isinstance(field, serializers.CharField):
            assert isinstance(answer[name], str), name


def test_answers_have_the_documented_fields(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "60000", "0.5")
    placed = floor.limit(floor.owner, "BUY", "60000", "0.2").json()
    check(trading.PlacedOrderSerializer(), placed)
    market = "/api/v1/markets/BTC-USDT"
    for serializer, path in (
        (trading.OrderSerializer(), f"{ORDERS}/{placed['id']}"),
        (trading.OrdersSerializer(), ORDERS),
        (trading.TradesSerializer(), "/api/v1/trades"),
        (FeesSerializer(), "/api/v1/fees"),
        (trading.MarketsSerializer(), "/api/v1/markets"),
        (trading.MarketSerializer(), market),
        (money.BalancesSerializer(), "/api/v1/balances"),
        (money.PostingsSerializer(), "/api/v1/ledger"),
        (data.DepthSerializer(), f"{market}/depth"),
        (data.PublicTradesSerializer(), f"{market}/trades"),
        (data.CandlesSerializer(), f"{market}/candles?interval=1m"),
        (data.TickerSerializer(), f"{market}/ticker"),
        (data.TickersSerializer(), "/api/v1/tickers"),
        (data.StatisticsSerializer(), f"{market}/statistics"),
    ):
        check(serializer, floor.owner.get(path).json())
    check(trading.CancelledOrdersSerializer(), floor.owner.delete(f"{ORDERS}?symbol=BTC-USDT").json())


def test_the_body_of_an_order_is_described_as_it_is_read() -> None:
    assert set(trading.OrderRequestSerializer().fields) == FIELDS


def test_every_operation_is_described() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    operations = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in schema["paths"].items()
        for method in methods
    }
    assert operations >= {
        "GET /markets",
        "GET /markets/{symbol}",
        "GET /markets/{symbol}/depth",
        "GET /markets/{symbol}/trades",
        "GET /markets/{symbol}/candles",
        "GET /markets/{symbol}/ticker",
        "GET /markets/{symbol}/statistics",
        "GET /tickers",
        "POST /orders",
        "GET /orders",
        "DELETE /orders",
        "GET /orders/{order_id}",
        "DELETE /orders/{order_id}",
        "GET /orders/by-client-id/{client_order_id}",
        "GET /orders/export",
        "GET /trades",
        "GET /trades/export",
        "GET /balances",
        "GET /ledger",
        "GET /ledger/export",
        "GET /notices",
        "GET /status",
        "GET /fees",
    }
