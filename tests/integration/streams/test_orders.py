"""Orders over the private socket: the same bodies, answers and refusals as over REST."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import AccountState, User
from matching.engine.types import MarketState
from matching.models import Command, Order, OrderStatus
from tests.integration.streams.conftest import Stage
from tests.support.api import SignedClient
from tests.support.streams_process import Frame, StreamClient
from tests.support.worker_process import eventually

Clients = Callable[..., StreamClient]


def limit(side: str = "BUY", price: object = "50000", quantity: str = "0.1", **fields: Any) -> dict[str, Any]:
    return {"symbol": "BTC-USDT", "side": side, "type": "LIMIT", "price": price, "quantity": quantity, **fields}


def status_of(order_id: int | str) -> OrderStatus:
    return OrderStatus(Order.objects.get(pk=order_id).status)


def refusal_of(frame: Frame) -> str | None:
    """The code of an error, None of a result."""
    return frame["error"]["code"] if frame["type"] == "error" else None


@pytest.fixture(autouse=True)
def no_open_orders(stage: Stage) -> None:
    stage.clear()


@pytest.fixture
def owner(clients: Clients) -> StreamClient:
    return clients("owner")


def test_place_reads_as_over_rest(stage: Stage, owner: StreamClient) -> None:
    result = owner.ask("place", order=limit(client_order_id="a-1"))
    assert (result["type"], result["status"]) == ("result", 201)
    assert result["order"].pop("fills") == []
    stored = SignedClient(stage.key("owner")).get(f"/api/v1/orders/{result['order']['id']}").json()
    assert result["order"] == stored
    assert stored["status"] == "OPEN"


def test_a_taker_gets_its_fills(stage: Stage, owner: StreamClient) -> None:
    stage.place("colleague", "SELL", "60000", "0.5")
    result = owner.ask("place", order=limit(price="60000", quantity="0.2"))
    assert (result["order"]["status"], result["order"]["average_price"]) == ("FILLED", "60000")
    (fill,) = result["order"]["fills"]
    assert (fill["quantity"], fill["fee_asset"]) == ("0.2", "BTC")


def test_acknowledged_only(stage: Stage, owner: StreamClient) -> None:
    result = owner.ask("place", order=limit(response="ACK"))
    assert (result["status"], result["order"]["status"]) == (202, "PENDING")
    stage.settle()
    assert Order.objects.get(pk=result["order"]["id"]).price == 50000


def test_many_at_once_each_have_their_result(stage: Stage, owner: StreamClient) -> None:
    asked = {owner.send("place", order=limit(price=f"{50000 + number}")): number for number in range(60)}
    results = [owner.next("result") for _ in asked]
    assert {frame["id"] for frame in results} == set(asked)
    for frame in results:
        assert frame["order"]["price"] == str(50000 + asked[frame["id"]])
    cancelled = owner.ask("cancel_all", symbol="BTC-USDT")
    assert (cancelled["status"], cancelled["symbol"]) == (200, "BTC-USDT")
    assert set(cancelled["cancelled"]) == {frame["order"]["id"] for frame in results}


def test_cancel(stage: Stage, owner: StreamClient) -> None:
    order_id = owner.ask("place", order=limit())["order"]["id"]
    result = owner.ask("cancel", order_id=order_id)
    assert (result["status"], result["order"]["id"], result["order"]["status"]) == (200, order_id, "CANCELLED")
    again = owner.ask("cancel", order_id=order_id)["error"]
    assert (again["code"], again["details"]["status"]) == ("ORDER_NOT_OPEN", "CANCELLED")


def test_a_place_and_its_cancel_acknowledged_only(stage: Stage, owner: StreamClient) -> None:
    order_id = owner.ask("place", order=limit(response="ACK"))["order"]["id"]
    assert owner.ask("cancel", order_id=order_id, response="ACK")["status"] == 202
    stage.settle()
    assert status_of(order_id) == OrderStatus.CANCELLED


def test_the_same_client_id_is_the_same_order(stage: Stage, owner: StreamClient) -> None:
    first = owner.ask("place", order=limit(client_order_id="twice"))
    commands = Command.objects.count()
    second = owner.ask("place", order=limit(client_order_id="twice", price="50000.00"))
    assert (second["status"], second["order"]["id"]) == (201, first["order"]["id"])
    conflict = owner.ask("place", order=limit(client_order_id="twice", price="50001"))["error"]
    assert conflict["code"] == "CLIENT_ORDER_ID_CONFLICT"
    rest = SignedClient(stage.key("owner")).post("/api/v1/orders", limit(client_order_id="twice"))
    assert rest.json()["id"] == first["order"]["id"]
    assert Command.objects.count() == commands


def test_one_client_id_many_times_in_one_commit(stage: Stage, owner: StreamClient) -> None:
    before = Command.objects.count()
    for _ in range(10):
        owner.send("place", order=limit(client_order_id="burst"))
    results = [owner.next("result") for _ in range(10)]
    assert len({frame["order"]["id"] for frame in results}) == 1
    assert Command.objects.count() == before + 1


REFUSALS: list[tuple[dict[str, Any], str]] = [
    (limit(symbol="BTC-XXX"), "UNKNOWN_MARKET"),
    (limit(price="50000.001"), "PRICE_OFF_TICK"),
    (limit(quantity="0.00001"), "QUANTITY_OFF_LOT"),
    (limit(price=50000), "NUMBER_MALFORMED"),
    (limit(side="HOLD"), "FIELD_INVALID"),
    (limit(hidden=True), "UNKNOWN_FIELD"),
    (limit(client_order_id="no spaces"), "FIELD_INVALID"),
    (limit(price=None), "INVALID_ORDER"),
    (limit(price="40000", quantity="0.0001"), "NOTIONAL_TOO_SMALL"),
    ({}, "FIELD_INVALID"),
]


@pytest.mark.parametrize(("order", "code"), REFUSALS)
def test_what_is_refused_changes_nothing(
    owner: StreamClient, unchanged: Callable[[], None], order: dict[str, Any], code: str
) -> None:
    assert owner.ask("place", order=order)["error"]["code"] == code


@pytest.mark.parametrize(
    ("op", "fields", "code"),
    [
        ("place", {}, "FIELD_INVALID"),
        ("place", {"order": "all"}, "FIELD_INVALID"),
        ("place", {"order": {}, "wait": True}, "UNKNOWN_FIELD"),
        ("cancel", {"order_id": "abc"}, "ORDER_NOT_FOUND"),
        ("cancel", {"order_id": "1"}, "ORDER_NOT_FOUND"),
        ("cancel", {"order_id": 1}, "FIELD_INVALID"),
        ("cancel", {"order_id": "1", "response": "SOON"}, "FIELD_INVALID"),
        ("cancel", {"order_id": "1", "client_order_id": "a"}, "FIELD_INVALID"),
        ("cancel", {"client_order_id": "unknown"}, "ORDER_NOT_FOUND"),
        ("cancel_all", {"symbol": ""}, "FIELD_INVALID"),
        ("cancel_all", {"side": "HOLD"}, "FIELD_INVALID"),
        ("place_oco", {"order": limit()}, "UNKNOWN_FIELD"),
        ("place_oco", {"order": {}}, "FIELD_INVALID"),
        ("place_batch", {"orders": []}, "FIELD_INVALID"),
        ("place_batch", {"orders": [limit(quantity="0.00001")] * 101}, "FIELD_INVALID"),
        ("cancel_batch", {}, "FIELD_INVALID"),
        ("replace", {"order_id": "abc", "order": limit()}, "ORDER_NOT_FOUND"),
        ("replace", {"order_id": "1", "order": limit(replaces="1")}, "UNKNOWN_FIELD"),
        ("amend", {"order_id": "1", "price": "50000"}, "ORDER_NOT_FOUND"),
        ("amend", {"order_id": "1", "side": "BUY"}, "UNKNOWN_FIELD"),
        ("amend", {"price": "50000"}, "FIELD_INVALID"),
        ("cancel_all_after", {"timeout_ms": 1}, "FIELD_INVALID"),
        ("cancel_on_disconnect", {"symbols": "*"}, "FIELD_INVALID"),
        ("cancel_on_disconnect", {"enabled": True}, "FIELD_INVALID"),
        ("cancel_on_disconnect", {"enabled": True, "symbols": ["BTC-XXX"]}, "UNKNOWN_MARKET"),
        ("cancel_all", {"symbol": "BTC-XXX"}, "UNKNOWN_MARKET"),
    ],
)
def test_malformed_commands_change_nothing(
    owner: StreamClient, unchanged: Callable[[], None], op: str, fields: dict[str, Any], code: str
) -> None:
    assert owner.ask(op, **fields)["error"]["code"] == code


def test_the_engine_refuses(stage: Stage, owner: StreamClient) -> None:
    refused: Frame = owner.ask("place", order=limit("SELL", "48000", "104"))
    assert refused["error"]["code"] == "INSUFFICIENT_BALANCE"
    assert status_of(refused["error"]["details"]["order_id"]) == OrderStatus.REJECTED


def test_other_peoples_orders_are_not_there(stage: Stage, clients: Clients) -> None:
    order_id = stage.place("owner", "BUY", "50000", "0.1")
    outsider = clients("outsider")
    assert outsider.ask("cancel", order_id=str(order_id))["error"]["code"] == "ORDER_NOT_FOUND"
    assert outsider.ask("cancel_all", symbol="BTC-USDT")["cancelled"] == []
    assert status_of(order_id) == OrderStatus.OPEN


def test_only_checked(owner: StreamClient, unchanged: Callable[[], None]) -> None:
    assert owner.ask("place", order=limit(validate_only=True))["is_acceptable"] is True
    assert (
        owner.ask("place", order=limit("SELL", "48000", "104", validate_only=True))["error"]["code"]
        == "INSUFFICIENT_BALANCE"
    )


def test_frozen_and_closed_accounts(stage: Stage, clients: Clients) -> None:
    order_id = stage.place("outsider", "BUY", "50000", "0.1")
    for state, place_code, cancel_code in (
        (AccountState.CLOSED, "ACCOUNT_CLOSED", "ACCOUNT_CLOSED"),
        (AccountState.TRADE_FROZEN, "ACCOUNT_TRADE_FROZEN", None),
    ):
        User.objects.filter(username="outsider").update(state=state)
        try:
            # A process keeps what it knows of a key for two seconds, as for REST.
            client = clients("outsider")
            eventually(lambda: refusal_of(client.ask("place", order=limit(quantity="0"))) == place_code)  # noqa: B023
            eventually(lambda: refusal_of(client.ask("cancel", order_id=str(order_id))) == cancel_code)  # noqa: B023
        finally:
            User.objects.filter(username="outsider").update(state=AccountState.ACTIVE)


def test_a_halted_market(stage: Stage, owner: StreamClient) -> None:
    stage.exchange.set_state(MarketState.HALTED, reason="checking", symbol="ETH-USDT")
    stage.settle()
    try:
        order = limit(symbol="ETH-USDT", price="3000", quantity="1")
        eventually(lambda: owner.ask("place", order=order).get("error", {}).get("code") == "MARKET_HALTED")
    finally:
        stage.exchange.set_state(MarketState.TRADING, symbol="ETH-USDT")
        stage.settle()
