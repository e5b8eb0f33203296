"""What a bot believes about its account, whatever order it is told in."""

from decimal import Decimal
from typing import Any

from exchange.bots.desk import Desk


def order(order_id: str = "1", status: str = "OPEN", filled: str = "0") -> dict[str, Any]:
    return {
        "id": order_id,
        "symbol": "BTC-USDT",
        "side": "BUY",
        "price": "100",
        "quantity": "2",
        "filled_quantity": filled,
        "status": status,
    }


def fill(remaining: str, **fields: Any) -> dict[str, Any]:
    return {"event": "fill", "order_id": "1", "remaining_quantity": remaining, **fields}


def resting(desk: Desk) -> list[tuple[str, Decimal]]:
    return [(found.order_id, found.remaining) for found in desk.orders_of("BTC-USDT")]


def test_an_order_is_known_once_however_often_it_is_told() -> None:
    desk = Desk()
    desk.learn_order(order())
    desk.learn_event({"event": "order", "order": order(), "fills": []})
    assert resting(desk) == [("1", Decimal(2))]
    assert desk.orders_of("ETH-USDT") == []


def test_an_order_that_ended_stays_ended() -> None:
    desk = Desk()
    desk.learn_event({"event": "closed", "order_id": "1"})
    desk.learn_order(order())
    assert resting(desk) == []
    desk.learn_snapshot([order(), order("2", "PARTIAL", "0.5")], [])
    assert resting(desk) == [("2", Decimal("1.5"))]


def test_fills_take_away_and_never_give_back() -> None:
    desk = Desk()
    desk.learn_order(order())
    desk.learn_event(fill("0.7"))
    desk.learn_event(fill("1.2"))
    desk.learn_order(order(filled="0.1"))
    assert resting(desk) == [("1", Decimal("0.7"))]
    desk.learn_event(fill("0"))
    assert resting(desk) == []


def test_what_does_not_rest_is_not_open() -> None:
    desk = Desk()
    desk.learn_order(order(status="REJECTED"))
    desk.learn_order(order("2", "FILLED", "2"))
    desk.learn_order(order("3") | {"price": None})
    assert resting(desk) == []


def test_an_older_balance_is_old_news() -> None:
    desk = Desk()
    assert desk.total_of("BTC") is None
    desk.learn_snapshot([], [{"asset": "BTC", "total": "5", "version": 7}])
    desk.learn_event(fill("1", balances=[{"asset": "BTC", "total": "6", "version": 9}]))
    desk.learn_event(fill("1", balances=[{"asset": "BTC", "total": "1", "version": 8}]))
    assert desk.total_of("BTC") == Decimal(6)


def test_a_snapshot_replaces_everything() -> None:
    desk = Desk()
    desk.learn_order(order())
    desk.learn_balances([{"asset": "BTC", "total": "6", "version": 9}])
    desk.learn_snapshot([order("2")], [])
    assert resting(desk) == [("2", Decimal(2))]
    assert desk.total_of("BTC") is None
    assert desk.is_known
