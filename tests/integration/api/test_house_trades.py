"""GET /api/v1/tickers, and the switch that leaves out what the house traded with itself."""

from unittest.mock import patch

import pytest

from accounts.services import change_house_mark
from marketdata.selectors import trades
from marketdata.selectors.house import forget_house_accounts
from marketdata.selectors.summaries import forget_summaries
from tests.integration.api.conftest import TradingFloor
from tests.support.api import error_code

MARKET = "/api/v1/markets/BTC-USDT"


@pytest.fixture
def house_floor(floor: TradingFloor) -> TradingFloor:
    """Owner and colleague are the house. They trade 0.3 with each other and 0.1 with the outsider."""
    for name in ("owner", "colleague"):
        change_house_mark(user=floor.exchange.user(name), is_house=True, by=None, reason="makes the market")
    forget_house_accounts()
    floor.limit(floor.colleague, "SELL", "60000", "1")
    floor.limit(floor.owner, "BUY", "60000", "0.3")
    floor.limit(floor.outsider, "BUY", "60000", "0.1")
    forget_summaries()
    return floor


def test_a_trade_between_house_accounts_says_so(house_floor: TradingFloor) -> None:
    items = house_floor.stranger.get(f"{MARKET}/trades").json()["items"]
    assert [(trade["number"], trade["is_house"]) for trade in items] == [(2, False), (1, True)]


def test_volumes_with_and_without_the_house(house_floor: TradingFloor) -> None:
    names = ("volume", "quote_volume", "trades", "house_volume", "house_quote_volume", "house_trades")
    get = house_floor.stranger.get
    for house, expected in (
        ("include", ["0.4", "24000", 2, "0.3", "18000", 1]),
        ("exclude", ["0.1", "6000", 1, "0", "0", 0]),
    ):
        ticker = get(f"{MARKET}/ticker?house={house}").json()
        assert [ticker[name] for name in names] == expected
        (candle,) = get(f"{MARKET}/candles?interval=1d&limit=1&house={house}").json()["items"]
        assert [candle[name] for name in names] == expected
        statistics = get(f"{MARKET}/statistics?house={house}").json()
        for period in statistics["periods"]:
            assert [period[name] for name in names] == expected
        bitcoin, ether = get(f"/api/v1/tickers?house={house}").json()["items"]
        assert bitcoin == ticker
        assert (ether["symbol"], ether["volume"], ether["last"]) == ("ETH-USDT", "0", None)
        assert ticker["last"] == candle["close"] == "60000"


def test_trades_without_the_house_in_pages(house_floor: TradingFloor) -> None:
    floor = house_floor
    for _ in range(4):
        floor.limit(floor.owner, "BUY", "60000", "0.01")
    floor.limit(floor.outsider, "BUY", "60000", "0.02")
    url = f"{MARKET}/trades?house=exclude&limit=1"
    with patch.object(trades, "TRADES_LOOKED_AT", 3):
        found, pages, cursor = [], 0, ""
        while True:
            page = floor.stranger.get(url + cursor).json()
            found += page["items"]
            pages += 1
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
    assert [(trade["number"], trade["quantity"], trade["is_house"]) for trade in found] == [
        (7, "0.02", False),
        (2, "0.1", False),
    ]
    assert pages == 3
    assert [trade["number"] for trade in floor.stranger.get(f"{MARKET}/trades?house=exclude").json()["items"]] == [7, 2]


def test_bad_parameters(house_floor: TradingFloor) -> None:
    for path in (
        f"{MARKET}/ticker",
        f"{MARKET}/statistics",
        f"{MARKET}/trades",
        "/api/v1/tickers",
        f"{MARKET}/candles",
    ):
        response = house_floor.stranger.get(f"{path}?house=no&interval=1m" if "candles" in path else f"{path}?house=no")
        assert (response.status_code, error_code(response)) == (400, "FIELD_INVALID"), path
        assert error_code(house_floor.stranger.get(f"{path}?hose=exclude")) == "UNKNOWN_FIELD"
