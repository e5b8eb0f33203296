"""GET /api/v1/markets/{symbol}/trades"""

from tests.integration.api.conftest import TradingFloor
from tests.support.api import error_code

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
        "is_busted",
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


def test_from_a_number_on(floor: TradingFloor) -> None:
    assert floor.stranger.get(f"{TRADES}?from_number=1").json() == {"items": [], "next_cursor": None, "next_number": 1}
    floor.limit(floor.colleague, "SELL", "60000", "1")
    for _ in range(5):
        floor.limit(floor.owner, "BUY", "60000", "0.1")

    known, number = [], 2
    while items := (page := floor.stranger.get(f"{TRADES}?from_number={number}&limit=3").json())["items"]:
        known += [trade["number"] for trade in items]
        number = page["next_number"]

    assert known == [2, 3, 4, 5]
    assert (number, page["next_cursor"]) == (6, None)
    floor.limit(floor.owner, "BUY", "60000", "0.1")
    (newest,) = floor.stranger.get(f"{TRADES}?from_number=6").json()["items"]
    assert newest == floor.stranger.get(f"{TRADES}?limit=1").json()["items"][0]


def test_bad_numbers(floor: TradingFloor) -> None:
    for query in ("0", "-1", "x", "1.5", "99999999999", "1&house=exclude", "1&cursor=5", "1&from=0", "1&limit=0"):
        response = floor.stranger.get(f"{TRADES}?from_number={query}")
        assert (response.status_code, error_code(response)) == (400, "FIELD_INVALID"), query
