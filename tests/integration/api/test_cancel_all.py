"""DELETE /api/v1/orders: of a market, of a side, everywhere."""

from tests.integration.api.conftest import ORDERS, TradingFloor
from tests.support.api import error_code


def test_all_of_mine_in_one_market(floor: TradingFloor) -> None:
    mine = [floor.limit(floor.owner, "BUY", price, "0.1").json()["id"] for price in ("60000", "59000", "61000")]
    other_market = floor.limit(floor.owner, "BUY", "3000", "1", symbol="ETH-USDT").json()["id"]
    not_mine = floor.limit(floor.colleague, "BUY", "60000", "0.1").json()["id"]

    response = floor.owner.delete(f"{ORDERS}?symbol=BTC/USDT")

    assert response.status_code == 200
    body = response.json()
    assert (body["symbol"], body["cancelled"]) == ("BTC-USDT", mine)
    assert floor.owner.get(f"{ORDERS}/{other_market}").json()["status"] == "OPEN"
    assert floor.colleague.get(f"{ORDERS}/{not_mine}").json()["status"] == "OPEN"
    assert floor.owner.delete(f"{ORDERS}?symbol=BTC-USDT").json()["cancelled"] == []


def test_of_one_side(floor: TradingFloor) -> None:
    bid = floor.limit(floor.owner, "BUY", "50000", "0.1").json()["id"]
    ask = floor.limit(floor.owner, "SELL", "70000", "0.1").json()["id"]

    assert floor.owner.delete(f"{ORDERS}?symbol=BTC-USDT&side=SELL").json()["cancelled"] == [ask]
    assert floor.owner.get(f"{ORDERS}/{bid}").json()["status"] == "OPEN"


def test_everywhere(floor: TradingFloor) -> None:
    bitcoin = floor.limit(floor.owner, "BUY", "50000", "0.1").json()["id"]
    ether = floor.limit(floor.owner, "BUY", "2500", "1", symbol="ETH-USDT").json()["id"]
    stop = {"symbol": "ETH-USDT", "side": "SELL", "type": "STOP_MARKET", "quantity": "1", "trigger_price": "2000"}
    waiting = floor.owner.post(ORDERS, stop).json()["id"]
    not_mine = floor.limit(floor.colleague, "BUY", "50000", "0.1").json()["id"]

    response = floor.owner.delete(ORDERS)

    assert response.status_code == 200
    cancelled = {market["symbol"]: market["cancelled"] for market in response.json()["markets"]}
    assert cancelled == {"BTC-USDT": [bitcoin], "ETH-USDT": [ether, waiting]}
    assert floor.colleague.get(f"{ORDERS}/{not_mine}").json()["status"] == "OPEN"
    assert floor.owner.delete(ORDERS).json() == {"markets": []}


def test_everywhere_includes_what_the_engine_has_not_seen(idle: TradingFloor) -> None:
    idle.limit(idle.owner, "BUY", "50000", "0.1", response="ACK")

    response = idle.owner.delete(f"{ORDERS}?response=ACK")

    assert response.status_code == 202
    assert [(market["symbol"], market["cancelled"]) for market in response.json()["markets"]] == [("BTC-USDT", None)]


def test_ack(idle: TradingFloor) -> None:
    response = idle.owner.delete(f"{ORDERS}?symbol=BTC-USDT&response=ACK")

    assert response.status_code == 202
    assert response.json()["cancelled"] is None


def test_refusals(idle: TradingFloor) -> None:
    idle.limit(idle.owner, "BUY", "60000", "0.1", response="ACK")
    idle.exchange.run()
    before = idle.rows()
    for client, query, status, code in (
        (idle.owner, "?symbol=", 400, "FIELD_INVALID"),
        (idle.owner, "?symbol=BTC-EUR", 404, "UNKNOWN_MARKET"),
        (idle.owner, "?symbol=BTC-USDT&side=HOLD", 400, "FIELD_INVALID"),
        (idle.owner, "?symbols=BTC-USDT", 400, "UNKNOWN_FIELD"),
        (idle.stranger, "?symbol=BTC-USDT", 401, "AUTHENTICATION_REQUIRED"),
    ):
        response = client.delete(f"{ORDERS}{query}")
        assert (response.status_code, error_code(response)) == (status, code), query
    assert idle.rows() == before
