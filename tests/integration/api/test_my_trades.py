"""GET /api/v1/trades"""

from decimal import Decimal

from django.utils import timezone

from matching.engine.types import Side
from matching.models import Trade
from tests.integration.api.conftest import TradingFloor
from tests.support.api import SignedClient, error_code

TRADES = "/api/v1/trades"


def items(client: SignedClient, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"{TRADES}{query}")
    assert response.status_code == 200, response.content
    return list(response.json()["items"])


def test_both_sides_see_their_own_half(floor: TradingFloor) -> None:
    maker = floor.limit(floor.colleague, "SELL", "60000", "0.5", client_order_id="m").json()["id"]
    taker = floor.limit(floor.owner, "BUY", "60000", "0.2").json()["id"]

    (bought,) = items(floor.owner)
    (sold,) = items(floor.colleague)

    assert bought["id"] == sold["id"]
    assert (bought["order_id"], bought["side"], bought["role"]) == (taker, "BUY", "TAKER")
    assert (sold["order_id"], sold["side"], sold["role"]) == (maker, "SELL", "MAKER")
    assert (bought["fee"], bought["fee_asset"]) == ("0.0003", "BTC")
    assert (sold["fee"], sold["fee_asset"]) == ("12", "USDT")
    assert (sold["client_order_id"], bought["client_order_id"]) == ("m", None)
    assert (bought["price"], bought["quantity"], bought["quote_amount"]) == ("60000", "0.2", "12000")
    assert items(floor.outsider) == []


def test_the_average_price_is_the_orders(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "60000", "0.1")
    floor.limit(floor.colleague, "SELL", "60002", "0.1")
    floor.limit(floor.owner, "BUY", "60002", "0.2")

    assert [trade["price"] for trade in items(floor.owner)] == ["60002", "60000"]
    assert {trade["order_average_price"] for trade in items(floor.owner)} == {"60001"}
    assert [trade["order_average_price"] for trade in items(floor.colleague)] == ["60002", "60000"]


def test_filters_and_pages(floor: TradingFloor) -> None:
    floor.limit(floor.colleague, "SELL", "60000", "1")
    floor.limit(floor.colleague, "SELL", "3000", "1", symbol="ETH-USDT")
    orders = [floor.limit(floor.owner, "BUY", "60000", "0.1").json()["id"] for _ in range(3)]
    ether = floor.limit(floor.owner, "BUY", "3000", "0.5", symbol="ETH-USDT").json()["id"]
    floor.limit(floor.owner, "BUY", "50000", "0.1")
    floor.limit(floor.colleague, "SELL", "50000", "0.1", time_in_force="IOC")

    assert [trade["order_id"] for trade in items(floor.owner, "?symbol=ETH/USDT")] == [ether]
    assert [trade["order_id"] for trade in items(floor.owner, f"?order_id={orders[1]}")] == [orders[1]]
    assert {trade["role"] for trade in items(floor.owner)} == {"MAKER", "TAKER"}
    found, cursor = [], ""
    while True:
        body = floor.owner.get(f"{TRADES}?limit=2{cursor}").json()
        found += [trade["id"] for trade in body["items"]]
        if body["next_cursor"] is None:
            break
        cursor = f"&cursor={body['next_cursor']}"
    assert found == [trade["id"] for trade in items(floor.owner)]
    assert len(found) == 5


def test_other_peoples_orders_are_no_filter(floor: TradingFloor) -> None:
    theirs = floor.limit(floor.colleague, "SELL", "60000", "1").json()["id"]

    response = floor.owner.get(f"{TRADES}?order_id={theirs}")
    assert (response.status_code, error_code(response)) == (404, "ORDER_NOT_FOUND")
    assert error_code(floor.owner.get(f"{TRADES}?symbol=X-Y")) == "UNKNOWN_MARKET"


def test_by_side_and_role(floor: TradingFloor) -> None:
    floor.limit(floor.owner, "SELL", "60000", "0.1")
    floor.limit(floor.colleague, "BUY", "60000", "0.1")
    floor.limit(floor.colleague, "SELL", "60100", "0.1")
    floor.limit(floor.owner, "BUY", "60100", "0.1")

    everything = items(floor.owner)
    assert [(fill["side"], fill["role"]) for fill in everything] == [("BUY", "TAKER"), ("SELL", "MAKER")]
    for query, wanted in (
        ("?side=BUY", everything[:1]),
        ("?side=SELL", everything[1:]),
        ("?role=TAKER", everything[:1]),
        ("?role=MAKER", everything[1:]),
        ("?role=MAKER&side=BUY", []),
        (f"?from={everything[0]['executed_at']}", everything[:1]),
        (f"?to={everything[1]['executed_at']}", everything[1:]),
    ):
        assert items(floor.owner, query) == wanted, query
    for query in ("?role=maker", "?side=LEFT", "?cursor=x", "?cursor=12mm", "?cursor=-1", "?limit=501", "?from=x"):
        assert error_code(floor.owner.get(f"{TRADES}{query}")) == "FIELD_INVALID", query
    assert error_code(floor.owner.get(f"{TRADES}?status=OPEN")) == "UNKNOWN_FIELD"


def trade_with_oneself(idle: TradingFloor, number: int, orders: list[int]) -> None:
    account, amount = idle.exchange.account("owner"), Decimal("0.1")
    Trade.objects.create(
        id=orders[0] + number,
        market=idle.exchange.market(),
        number=number,
        price=Decimal(60_000),
        quantity=amount,
        quote_amount=Decimal(6_000),
        taker_side=Side.BUY,
        maker_order_id=orders[1],
        taker_order_id=orders[0],
        maker_account=account,
        taker_account=account,
        maker_fee=amount,
        taker_fee=amount,
        executed_at=timezone.now(),
    )


def test_a_trade_with_oneself_is_two_fills_also_across_pages(idle: TradingFloor) -> None:
    orders = [idle.exchange.place("owner", *order) for order in (("BUY", "50000", "1"), ("SELL", "70000", "1"))]
    idle.exchange.worker()
    idle.exchange.run()
    for number in (1, 2, 3):
        trade_with_oneself(idle, number, orders)

    everything = [(fill["id"], fill["role"], fill["side"]) for fill in items(idle.owner)]
    assert [fill[1:] for fill in everything] == [("TAKER", "BUY"), ("MAKER", "SELL")] * 3
    for limit in (1, 2, 3, 5):
        found, cursor = [], ""
        while True:
            body = idle.owner.get(f"{TRADES}?limit={limit}{cursor}").json()
            found += [(fill["id"], fill["role"], fill["side"]) for fill in body["items"]]
            if body["next_cursor"] is None:
                break
            cursor = f"&cursor={body['next_cursor']}"
            # What comes meanwhile is newer, so it moves nothing.
            trade_with_oneself(idle, 10 * limit + len(found), orders)
        assert found[-len(everything) :] == everything
        assert found == sorted(found, key=lambda fill: (-int(fill[0]), fill[1] == "MAKER"))
        assert len(set(found)) == len(found)
