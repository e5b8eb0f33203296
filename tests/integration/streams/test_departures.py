"""cancel_on_disconnect: orders end with the connection of their owner, however it ends."""

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from matching.models import Order
from tests.integration.streams.conftest import Stage, make_stage
from tests.support.streams_process import StreamClient
from tests.support.worker_process import eventually

Clients = Callable[..., StreamClient]


@pytest.fixture(scope="module")
def stage(django_db_blocker: Any) -> Iterator[Stage]:
    yield from make_stage(django_db_blocker, "departures", STREAM_BUFFER_BYTES=300_000)


def place(client: StreamClient, **fields: Any) -> str:
    order = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": "50000", "quantity": "0.1"} | fields
    order_id: str = client.ask("place", order=order)["order"]["id"]
    return order_id


def reason_of(order_id: str) -> str:
    """Why the order ended; empty while it has not."""
    return Order.objects.get(pk=order_id).reason


def test_only_those_who_asked_and_only_there(stage: Stage, clients: Clients) -> None:
    owner, colleague = clients("owner"), clients("colleague")
    switched = owner.ask("cancel_on_disconnect", enabled=True, symbols=["BTC/USDT"])
    assert (switched["status"], switched["symbols"]) == (200, ["BTC-USDT"])
    off = colleague.ask("cancel_on_disconnect", enabled=True, symbols="*")
    assert off["symbols"] == "*"
    assert colleague.ask("cancel_on_disconnect", enabled=False)["symbols"] == []
    mine, elsewhere = place(owner), place(owner, symbol="ETH-USDT", price="2500")
    theirs = place(colleague)
    owner.close()
    colleague.close()
    eventually(lambda: reason_of(mine) == "CANCELLED_ON_DISCONNECT")
    assert (reason_of(elsewhere), reason_of(theirs)) == ("", "")


def test_a_client_that_is_gone_without_a_word(stage: Stage, clients: Clients) -> None:
    owner = clients("owner")
    owner.ask("cancel_on_disconnect", enabled=True, symbols="*")
    stop = {"type": "STOP_MARKET", "side": "SELL", "price": None, "trigger_price": "40000"}
    orders = [place(owner), place(owner, symbol="ETH-USDT", price="2500"), place(owner, **stop)]
    # The last one has no answer before the connection is cut.
    order = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": "50000", "quantity": "0.3"}
    owner.send("place", order=order | {"client_order_id": "last words"})
    owner.connection.socket.close()
    for order_id in orders:
        eventually(lambda order_id=order_id: reason_of(order_id) == "CANCELLED_ON_DISCONNECT")
    stage.settle()
    last = Order.objects.filter(client_order_id="last words").first()
    assert last is None or last.reason == "CANCELLED_ON_DISCONNECT"


def test_a_revoked_key_ends_the_connection(stage: Stage, clients: Clients) -> None:
    outsider = clients("outsider")
    outsider.ask("cancel_on_disconnect", enabled=True, symbols="*")
    order_id = place(outsider)
    key = stage.key("outsider").api_key
    key.revoked_at = key.created_at
    key.save(update_fields=["revoked_at"])
    assert outsider.closed_with() == 4401
    eventually(lambda: reason_of(order_id) == "CANCELLED_ON_DISCONNECT")


def test_the_service_stops(stage: Stage, clients: Clients) -> None:
    owner, colleague = clients("owner"), clients("colleague")
    owner.ask("cancel_on_disconnect", enabled=True, symbols="*")
    mine, theirs = place(owner), place(colleague)
    stage.streams.process.send_signal(signal.SIGTERM)
    assert stage.streams.process.wait(60) is not None
    eventually(lambda: reason_of(mine) == "CANCELLED_ON_DISCONNECT")
    assert reason_of(theirs) == ""
