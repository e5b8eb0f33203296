"""GET /api/v1/markets/{symbol}/trades"""

from tests.integration.api.conftest import TradingFloor

TRADES = "/api/v1/markets/BTC-USDT/trades"


def test_newest_first_and_nobody_has_a_name(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "60000", "0.5")
    floor.limit(floor.owner, "BUY", "60000", "0.2")
    floor.limit(floor.owner, "BUY", "59000", "0.2")
    floor.limit(floor.colleague, "SELL", "59000", "0.1", time_in_force="IOC")
    floor.limit(floor.colleague, "SELL", "3000", "0.5", symbol="ETH-USDT")

    items = floor.stranger.get(TRADES).json()["items"]

    assert [(trade["number"], trade["price"], trade["quantity"], trade["taker_side"]) for trade in items] == [
        (2, "59000", "0.1", "SELL"),
        (1, "60000", "0.2", "BUY"),
    ]
    assert set(items[0]) == {
        "id",
        "number",
        "price",
        "quantity",
        "quote_amount",
        "taker_side",
        "is_house",
        "executed_at",
    }


def test_pages(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "60000", "1")
    for _ in range(5):
        floor.limit(floor.owner, "BUY", "60000", "0.1")

    first = floor.stranger.get(f"{TRADES}?limit=3").json()
    second = floor.stranger.get(f"{TRADES}?limit=3&cursor={first['next_cursor']}").json()

    assert [trade["number"] for trade in first["items"] + second["items"]] == [5, 4, 3, 2, 1]
    assert second["next_cursor"] is None
