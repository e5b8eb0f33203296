"""Pairs, amendments, replacements, lists and countdowns over the private socket, and what it tells of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from matching.models import Command
from tests.integration.streams.conftest import Stage
from tests.support.api import SignedClient
from tests.support.streams_process import Frame, StreamClient

Clients = Callable[..., StreamClient]
PAIR = {"symbol": "BTC-USDT", "side": "SELL", "quantity": "0.5", "price": "70000", "trigger_price": "40000"}


def limit(side: str = "BUY", price: str = "50000", quantity: str = "0.1", **fields: Any) -> dict[str, Any]:
    return {"symbol": "BTC-USDT", "side": side, "type": "LIMIT", "price": price, "quantity": quantity, **fields}


@pytest.fixture(autouse=True)
def no_open_orders(stage: Stage) -> None:
    stage.clear()


@pytest.fixture
def owner(clients: Clients) -> StreamClient:
    """Listening, with its snapshot taken."""
    client = clients("owner")
    client.ask("subscribe")
    return client


@pytest.fixture
def rest(stage: Stage) -> SignedClient:
    client = SignedClient(stage.key("owner"))
    # The first request of a process loads all views; a signature must not grow old over that.
    client.get("/api/v1/time")
    return client


def told(client: StreamClient, event: str) -> Frame:
    return client.next("event", event=event)


def about(client: StreamClient, order_id: str) -> Frame:
    """The next event that shows this order whole."""
    return client.take(lambda frame: frame["type"] == "event" and frame.get("order", {}).get("id") == order_id)


def same_but_for_the_microseconds(order: Frame, stored: Frame) -> None:
    """An event has the moment of acceptance from the order's id."""
    moments = [datetime.fromisoformat(one.pop("created_at")) for one in (order, stored)]
    assert abs(moments[0] - moments[1]) < timedelta(seconds=1)
    assert order == stored


def test_a_pair(stage: Stage, owner: StreamClient, rest: SignedClient) -> None:
    result = owner.ask("place_oco", order=PAIR)
    assert (result["type"], result["status"]) == ("result", 201), result
    first, second = result["legs"]
    for leg in (first, second):
        event = about(owner, leg["id"])
        same_but_for_the_microseconds(event["order"], dict(leg))
        assert event["amended"] is False
    cancelled = owner.ask("cancel", order_id=second["id"])
    assert cancelled["order"]["status"] == "CANCELLED"
    assert {told(owner, "closed")["order_id"] for _ in range(2)} == {first["id"], second["id"]}
    refused = owner.ask("place_oco", order=PAIR | {"trigger_price": "80000"})["error"]
    assert refused["code"] == "STOP_WOULD_TRIGGER"
    assert rest.get(f"/api/v1/orders/{refused['details']['order_id']}").json()["status"] == "REJECTED"
    assert owner.ask("place_oco", order=PAIR | {"validate_only": True})["is_acceptable"] is True


def test_amendments(stage: Stage, owner: StreamClient, rest: SignedClient) -> None:
    order_id = owner.ask("place", order=limit(client_order_id="amended"))["order"]["id"]
    less = owner.ask("amend", order_id=order_id, quantity="0.05")
    assert (less["status"], less["order"]["quantity"]) == (200, "0.05")
    event = told(owner, "amended")
    fields = ("order_id", "side", "price", "quantity", "remaining_quantity")
    assert tuple(event[field] for field in fields) == (order_id, "BUY", "50000", "0.05", "0.05")
    moved = owner.ask("amend", client_order_id="amended", price="50001")
    assert (moved["status"], moved["order"]["price"]) == (200, "50001")
    event = owner.next("event", event="order", amended=True)
    same_but_for_the_microseconds(event["order"], rest.get(f"/api/v1/orders/{order_id}").json())
    assert owner.ask("amend", order_id=order_id)["error"]["code"] == "INVALID_ORDER"


def test_one_in_the_place_of_another(stage: Stage, owner: StreamClient) -> None:
    old = owner.ask("place", order=limit())["order"]["id"]
    result = owner.ask("replace", order_id=old, order=limit(price="50001"))
    assert (result["status"], result["order"]["status"]) == (201, "OPEN")
    event = told(owner, "closed")
    assert (event["order_id"], event["reason"]) == (old, "REPLACED")
    # The engine finds that it has ended; the new order is on record as rejected.
    refused = owner.ask("replace", order_id=old, order=limit(price="50002"))["error"]
    assert refused["code"] == "ORDER_NOT_FOUND"
    assert refused["details"].keys() == {"order_id"}


def test_lists(stage: Stage, owner: StreamClient) -> None:
    stop = {"symbol": "BTC-USDT", "side": "SELL", "type": "STOP_MARKET", "quantity": "1", "trigger_price": "40000"}
    orders = [limit(client_order_id="one"), limit(price="1.234"), stop, *(limit() for _ in range(97))]
    result = owner.ask("place_batch", orders=orders)
    statuses = [one["status"] for one in result["results"]]
    assert (result["status"], statuses[:3], set(statuses[3:])) == (200, [201, 422, 201], {201})
    ids = [one["order"]["id"] for one in result["results"] if "order" in one]
    assert Command.objects.filter(pk__in=ids).values("xact_number").distinct().count() == 1
    cancelled = owner.ask("cancel_batch", order_ids=ids[1:], client_order_ids=["one", "two"])
    assert [one["status"] for one in cancelled["results"]] == [200] * 99 + [404]


def test_an_order_is_cancelled_by_an_id_given_in_the_same_moment(stage: Stage, owner: StreamClient) -> None:
    placed = owner.send("place", order=limit(client_order_id="now", response="ACK"))
    cancelled = owner.send("cancel", client_order_id="now")
    owner.take(lambda frame: frame.get("id") == placed)
    result = owner.take(lambda frame: frame.get("id") == cancelled)
    assert (result["type"], result["order"]["status"]) == ("result", "CANCELLED"), result


def test_everything_of_a_side_and_everywhere(stage: Stage, owner: StreamClient) -> None:
    bid = owner.ask("place", order=limit())["order"]["id"]
    ask = owner.ask("place", order=limit("SELL", "70000"))["order"]["id"]
    ether = owner.ask("place", order=limit(symbol="ETH-USDT", price="2500", quantity="1"))["order"]["id"]
    assert owner.ask("cancel_all", symbol="BTC-USDT", side="SELL")["cancelled"] == [ask]
    result = owner.ask("cancel_all")
    assert {market["symbol"]: market["cancelled"] for market in result["markets"]} == {
        "BTC-USDT": [bid],
        "ETH-USDT": [ether],
    }


def test_waiting_orders_are_told(stage: Stage, owner: StreamClient, rest: SignedClient) -> None:
    base = {"symbol": "BTC-USDT", "side": "SELL", "type": "TRAILING_STOP", "quantity": "0.1"}
    stage.place("colleague", "BUY", "55000", "5")
    stage.place("outsider", "SELL", "55000", "0.1")
    stop_id = owner.ask("place", order=base | {"trailing_delta": "0.01"})["order"]["id"]
    event = about(owner, stop_id)
    assert (event["order"]["is_waiting"], event["order"]["trigger_price"]) == (True, "54450")
    stage.place("colleague", "SELL", "56000", "0.1")
    stage.place("outsider", "BUY", "56000", "0.1")
    trailed = told(owner, "trailing")
    assert (trailed["order_id"], trailed["trigger_price"]) == (stop_id, "55440")
    stage.place("outsider", "SELL", "55000", "0.1")
    assert told(owner, "triggered")["trigger_price"] == "55440"
    event = about(owner, stop_id)
    assert (event["order"]["status"], len(event["fills"])) == ("FILLED", 1)
    same_but_for_the_microseconds(event["order"], rest.get(f"/api/v1/orders/{stop_id}").json())


def test_self_trades_that_are_prevented_are_told(stage: Stage, owner: StreamClient, rest: SignedClient) -> None:
    maker = owner.ask("place", order=limit("SELL", "60000", "0.5"))["order"]["id"]
    taker = owner.ask("place", order=limit(price="60000", quantity="0.2", self_trade_prevention="DECREMENT"))["order"]
    assert (taker["status"], taker["prevented_quantity"]) == ("EXPIRED", "0.2")
    event = told(owner, "reduced")
    assert (event["order_id"], event["quantity"], event["remaining_quantity"]) == (maker, "0.2", "0.3")
    assert rest.get(f"/api/v1/orders/{maker}").json()["prevented_quantity"] == "0.2"


def test_countdowns(stage: Stage, owner: StreamClient) -> None:
    result = owner.ask("cancel_all_after", timeout_ms=60_000, symbol="BTC-USDT")
    (market,) = result["markets"]
    assert (result["status"], market["symbol"]) == (200, "BTC-USDT")
    event = told(owner, "countdown")
    assert (event["symbol"], event["deadline"]) == ("BTC-USDT", market["deadline"])
    ended = owner.ask("cancel_all_after", timeout_ms=0)
    assert [market["deadline"] for market in ended["markets"]] == [None, None]
