"""One account's stream: complete, in order, resumable, and nobody else's."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ledger.models import Balance
from matching.models import Command, UserEvent
from tests.integration.streams.conftest import Stage
from tests.support.api import SignedClient
from tests.support.random_flow import log_flow
from tests.support.streams_process import StreamClient

Clients = Callable[..., StreamClient]

WRITER = "matching:main"
WHAT_ORDERS_SHARE = (
    "shard_id", "market_id", "account_id", "rules_version", "kind", "side", "order_type", "time_in_force", "lots",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_open_orders(stage: Stage) -> None:
    stage.clear()


def last_sequence(stage: Stage, name: str) -> int:
    events = UserEvent.objects.filter(account=stage.exchange.account(name)).order_by("-sequence")
    return events.values_list("sequence", flat=True).first() or 0


def events_until(client: StreamClient, last: int) -> list[dict[str, Any]]:
    events = [client.next("event")]
    while events[-1]["sequence"] < last:
        events.append(client.next("event"))
    return events


def test_snapshot_then_events(stage: Stage, clients: Clients) -> None:
    order_id = stage.place("owner", "BUY", "50000", "0.2")
    client = clients("owner")
    snapshot = client.ask("subscribe")
    assert snapshot["type"] == "snapshot"
    assert [order["id"] for order in snapshot["orders"]] == [str(order_id)]
    signed = SignedClient(stage.key("owner"))
    assert snapshot["orders"][0] == signed.get(f"/api/v1/orders/{order_id}").json()
    assert snapshot["balances"] == signed.get("/api/v1/balances").json()["items"]
    stage.cancel("owner", order_id)
    event = client.next("event")
    assert event["sequence"] == snapshot["sequences"][WRITER] + 1
    assert (event["event"], event["order_id"], event["status"]) == ("closed", str(order_id), "CANCELLED")
    assert event["unfilled_quantity"] == "0.2"
    assert event["balances"][0]["locked"] == "0"


def test_both_sides_of_a_trade(stage: Stage, clients: Clients) -> None:
    maker, taker, outsider = clients("owner"), clients("colleague"), clients("outsider")
    for client in (maker, taker, outsider):
        client.ask("subscribe")
    sale = stage.place("owner", "SELL", "60000", "1")
    buy = stage.place("colleague", "BUY", "60000", "0.4", client_order_id="mine")
    opened, filled = maker.next("event"), maker.next("event")
    assert (opened["order"]["id"], opened["order"]["status"], opened["fills"]) == (str(sale), "OPEN", [])
    assert (filled["event"], filled["order_id"], filled["role"]) == ("fill", str(sale), "MAKER")
    assert (filled["quantity"], filled["remaining_quantity"], filled["status"]) == ("0.4", "0.6", "PARTIAL")
    assert (filled["fee_asset"], filled["symbol"], filled["side"]) == ("USDT", "BTC-USDT", "SELL")
    bought = taker.next("event")
    assert (bought["order"]["id"], bought["order"]["client_order_id"]) == (str(buy), "mine")
    assert (bought["order"]["status"], bought["order"]["average_price"]) == ("FILLED", "60000")
    (fill,) = bought["fills"]
    assert (fill["trade_id"], fill["fee_asset"], fill["role"]) == (filled["trade_id"], "BTC", "TAKER")
    for name, event in (("owner", filled), ("colleague", bought)):
        for told in event["balances"]:
            row = Balance.objects.get(account__user__username=name, asset__symbol=told["asset"])
            assert (Decimal(told["available"]), told["version"]) == (row.available, row.version)
    assert outsider.drain(0.3) == []


def test_numbers_have_no_gap_through_everything(stage: Stage, clients: Clients) -> None:
    client = clients("owner")
    start = client.ask("subscribe")["sequences"].get(WRITER, 0)
    for seed in range(3):
        log_flow(stage.exchange, 50, seed=seed)
    stage.settle()
    last = last_sequence(stage, "owner")
    assert [event["sequence"] for event in events_until(client, last)] == list(range(start + 1, last + 1))


def test_resume_from_a_number(stage: Stage, clients: Clients) -> None:
    first = clients("owner")
    first.ask("subscribe")
    log_flow(stage.exchange, 60, seed=21)
    stage.settle()
    last = last_sequence(stage, "owner")
    seen = events_until(first, last)
    half = seen[len(seen) // 2]["sequence"]
    second = clients("owner")
    confirmed = second.ask("subscribe", **{"from": {WRITER: half}})
    assert (confirmed["type"], confirmed["from"]) == ("subscribed", {WRITER: half})
    again = events_until(second, last)
    assert again == [event for event in seen if event["sequence"] > half]
    order_id = stage.place("owner", "BUY", "50000", "0.1")
    assert second.next("event")["order"]["id"] == str(order_id)


def test_resume_pages_through_a_long_absence(stage: Stage, clients: Clients) -> None:
    since = last_sequence(stage, "colleague")
    first = Command.objects.get(pk=stage.exchange.place("colleague", "BUY", "40000", "0.01"))
    same = {name: getattr(first, name) for name in WHAT_ORDERS_SHARE}
    Command.objects.bulk_create(Command(ticks=first.ticks + number, **same) for number in range(1, 520))
    stage.settle()
    last = last_sequence(stage, "colleague")
    assert last - since == 520
    client = clients("colleague")
    client.ask("subscribe", **{"from": {WRITER: since}})
    assert [event["sequence"] for event in events_until(client, last)] == list(range(since + 1, last + 1))


@pytest.mark.parametrize("since", [{"matching:elsewhere": 1}, {WRITER: 10**9}])
def test_an_unknown_place_gets_a_snapshot(stage: Stage, clients: Clients, since: dict[str, int]) -> None:
    client = clients("owner")
    assert client.ask("subscribe", **{"from": since})["type"] == "snapshot"
    order_id = stage.place("owner", "BUY", "50000", "0.1")
    assert client.next("event")["order"]["id"] == str(order_id)


@pytest.mark.parametrize("since", [{WRITER: -1}, {WRITER: "1"}, {WRITER: 1.5}, [1], "all"])
def test_a_malformed_place_is_refused(stage: Stage, clients: Clients, since: Any) -> None:
    client = clients("owner")
    assert client.ask("subscribe", **{"from": since})["error"]["code"] == "FIELD_INVALID"


def test_two_sockets_of_a_user_get_the_same(stage: Stage, clients: Clients) -> None:
    one, two = clients("owner"), clients("owner")
    one.ask("subscribe")
    two.ask("subscribe")
    stage.place("owner", "BUY", "50000", "0.1")
    assert one.next("event") == two.next("event")
