"""GET /api/v1/markets and /markets/{symbol}: public."""

from matching.engine.types import MarketState
from matching.models import Market
from matching.selectors.markets import forget_markets
from matching.services import set_market_state
from tests.integration.api.conftest import TradingFloor
from tests.support.api import error_code

MARKETS = "/api/v1/markets"


def test_markets_tell_their_rules(idle: TradingFloor) -> None:
    items = idle.stranger.get(MARKETS).json()["items"]

    assert [market["symbol"] for market in items] == ["BTC-USDT", "ETH-USDT"]
    assert items[0] == {
        "symbol": "BTC-USDT",
        "base": "BTC",
        "quote": "USDT",
        "state": "TRADING",
        "state_reason": "",
        "state_until": None,
        "tick_size": "0.01",
        "lot_size": "0.0001",
        "min_quantity": "0.0001",
        "max_quantity": "1000",
        "min_notional": "5",
        "max_order_value": "5000000",
        "max_open_orders": 200,
        "max_stop_orders": None,
        "max_order_rate": None,
        "min_kyc_level": 0,
        "price_band": "0.5",
        "static_band": None,
        "static_reference": "60000",
        "initial_price": "60000",
        "protection": None,
        "circuit_breaker": None,
        "last_price": None,
    }


def test_all_rules_are_told(idle: TradingFloor) -> None:
    Market.objects.filter(symbol="BTC-USDT").update(
        tick_multiple=50, lot_multiple=10, static_band_ppm=200_000, protection_ppm=50_000, breaker_ppm=100_000,
        breaker_window_seconds=60, halt_seconds=30, auction_seconds=120, max_stop_orders=5, max_order_rate=100,
        min_kyc_level=2, initial_price=61_000,
    )  # fmt: skip
    forget_markets()
    market = idle.stranger.get(f"{MARKETS}/BTC-USDT").json()
    expected = {
        "tick_size": "0.5",
        "lot_size": "0.001",
        "static_band": "0.2",
        "static_reference": "61000",
        "initial_price": "61000",
        "protection": "0.05",
        "circuit_breaker": {"move": "0.1", "window_seconds": 60, "halt_seconds": 30, "auction_seconds": 120},
        "max_stop_orders": 5,
        "max_order_rate": 100,
        "min_kyc_level": 2,
    }
    assert {field: market[field] for field in expected} == expected


def test_a_symbol_may_have_a_slash_in_the_path(idle: TradingFloor) -> None:
    answers = [idle.stranger.get(f"{MARKETS}/{symbol}") for symbol in ("BTC-USDT", "BTC/USDT", "BTC%2FUSDT")]

    assert [answer.json()["symbol"] for answer in answers] == ["BTC-USDT"] * 3
    for path in ("depth", "trades", "ticker", "candles?interval=1m"):
        for symbol in ("BTC-USDT", "BTC/USDT", "BTC%2FUSDT"):
            assert idle.stranger.get(f"{MARKETS}/{symbol}/{path}").status_code == 200


def test_unknown_markets(idle: TradingFloor) -> None:
    for symbol in ("BTC-EUR", "BTC", "BTC-USDT-X", "BTC/USDT/X", "btc-usdt"):
        for path in ("", "/depth", "/trades", "/ticker", "/statistics", "/candles?interval=1m"):
            response = idle.stranger.get(f"{MARKETS}/{symbol}{path}")
            if symbol == "BTC/USDT/X" and response.status_code == 404:
                continue  # three segments are no address at all
            assert (response.status_code, error_code(response)) == (404, "UNKNOWN_MARKET"), (symbol, path)


def test_state_and_last_price_are_the_engines(idle: TradingFloor) -> None:
    idle.limit(idle.colleague, "SELL", "60000.5", "0.1", response="ACK")
    idle.limit(idle.owner, "BUY", "60000.5", "0.1", response="ACK")
    set_market_state(symbol="BTC-USDT", state=MarketState.HALTED, reason="maintenance")
    idle.exchange.run()
    forget_markets()

    market = idle.stranger.get(f"{MARKETS}/BTC-USDT").json()
    assert (market["state"], market["state_reason"], market["last_price"]) == ("HALTED", "maintenance", "60000.5")

    set_market_state(symbol="BTC-USDT", state=MarketState.TRADING, reason="done")
    idle.exchange.run()
    forget_markets()
    assert idle.stranger.get(f"{MARKETS}/BTC-USDT").json()["state"] == "TRADING"
