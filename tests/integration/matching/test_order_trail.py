"""The trail of order events: complete, in order, to the microsecond, and readable."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from matching.engine.types import OrderType
from matching.models import Command, Outcome, Shard, UserEvent
from matching.selectors.trail import order_trail
from tests.support.exchange import Exchange

ALWAYS = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def trade_a_little(exchange: Exchange) -> None:
    exchange.place("owner", "SELL", "50000", "1")
    exchange.run()
    exchange.place("colleague", "BUY", "50000", "0.4", client_order_id="mine-1")
    exchange.place("colleague", "BUY", "49000", "1000000")
    stop = exchange.place("colleague", "SELL", None, "0.1", order_type=OrderType.STOP_MARKET, trigger="40000")
    exchange.run()
    exchange.cancel("colleague", stop)
    exchange.cancel("outsider", stop)
    exchange.run()


def test_every_command_and_every_event_is_in_the_trail(exchange: Exchange) -> None:
    trade_a_little(exchange)
    trail = list(order_trail(shard=Shard.objects.get(), since=ALWAYS[0], until=ALWAYS[1]))
    assert [record["applied_sequence"] for record in trail] == list(range(1, Command.objects.count() + 1))
    assert sum(len(record["events"]) for record in trail) == UserEvent.objects.count()
    bought = next(record for record in trail if record["asked"].get("client_order_id") == "mine-1")
    assert bought["asked"] | {"price": "50000", "quantity": "0.4", "side": "BUY"} == bought["asked"]
    assert {event["type"] for event in bought["events"]} == {"order", "fill"}
    (taker,) = [event for event in bought["events"] if event["type"] == "order"]
    assert [(fill["price"], fill["quantity"]) for fill in taker["fills"]] == [("50000", "0.4")]
    accepted, applied = (datetime.fromisoformat(bought[name]) for name in ("accepted_at", "applied_at"))
    assert accepted <= applied
    assert len(bought["applied_at"].partition(".")[2]) == len("123456+00:00")
    assert [record["refused"] for record in trail if record["refused"]] == ["QUANTITY_TOO_LARGE", "ORDER_NOT_FOUND"]
    assert all(before["applied_at"] <= after["applied_at"] for before, after in pairwise(trail))


def test_a_time_has_its_own_commands_and_events(exchange: Exchange) -> None:
    trade_a_little(exchange)
    shard = Shard.objects.get()
    middle = Outcome.objects.order_by("applied_sequence")[3].applied_at
    early = list(order_trail(shard=shard, since=ALWAYS[0], until=middle))
    late = list(order_trail(shard=shard, since=middle, until=ALWAYS[1]))
    assert early + late == list(order_trail(shard=shard, since=ALWAYS[0], until=ALWAYS[1]))
    assert early
    assert late


def test_the_command_writes_json_lines_into_a_new_file(exchange: Exchange, tmp_path: Path) -> None:
    trade_a_little(exchange)
    file = tmp_path / "trail.jsonl"
    since = datetime.now(UTC) - timedelta(hours=1)
    call_command("order_trail", since=since, output=file)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(lines) == Command.objects.count()
    with pytest.raises(CommandError, match="File exists"):
        call_command("order_trail", since=since, output=file)
    with pytest.raises(CommandError, match="not after"):
        call_command("order_trail", since=since, until=since)
