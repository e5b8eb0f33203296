"""One id leads from a request through its command and its batch to what the account was told."""

import io
import json

import orjson
import pytest
from django.core.management import CommandError, call_command

from matching.models import Batch, Command, Outcome, UserEvent
from tests.integration.observability.conftest import Log, TradingFloor
from tests.support.api import SignedClient

BODY = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "price": "60000.00", "quantity": "0.1"}


def place(floor: TradingFloor, request_id: str, **fields: object) -> int:
    body = orjson.dumps(BODY | fields)
    headers = floor.owner.headers("POST", "/api/v1/orders", body) | {"X-Request-Id": request_id}
    answer = floor.owner.send("POST", "/api/v1/orders", raw=body, headers=headers)
    assert answer.headers["X-Request-Id"] == request_id
    return int(answer.status_code)


def test_from_the_request_to_the_event(floor: TradingFloor, log: Log) -> None:
    assert place(floor, "request-of-a-good-order") == 201
    floor.stop()
    command = Command.objects.get(request_id="request-of-a-good-order")
    event = UserEvent.objects.get(command_id=command.pk)
    assert event.account_id == command.account_id
    assert event.payload["request_id"] == "request-of-a-good-order"
    (line,) = log.lines("access", "request")
    assert line["request_id"] == "request-of-a-good-order"
    assert line["level"] == "debug"
    sequence = Outcome.objects.get(command_id=command.pk).applied_sequence
    (batch,) = log.lines("matching.worker.reporting", "batch")
    assert (batch["first_sequence"], batch["last_sequence"], batch["commands"]) == (sequence, sequence, 1)
    assert batch["refused"] == []
    assert batch["shard"] == "main"


def test_a_refusal_by_the_engine_is_named_in_its_batch(floor: TradingFloor, log: Log) -> None:
    assert place(floor, "request-of-a-refused-order", side="SELL", price="45000.00", quantity="105") == 422
    floor.stop()
    command = Command.objects.get(request_id="request-of-a-refused-order")
    (batch,) = log.lines("matching.worker.reporting", "batch")
    refused: dict[str, object] = batch["refused"][0]  # type: ignore[index]
    assert refused["request_id"] == "request-of-a-refused-order"
    assert refused["command_id"] == command.pk
    (line,) = log.lines("access", "request")
    assert (line["status"], line["level"]) == (422, "info")


def test_every_line_of_a_request_carries_its_id(owner_client: SignedClient, statements: Log) -> None:
    answer = owner_client.get("/api/v1/balances")
    lines = statements.lines("django.db.backends")
    assert lines
    assert {line["request_id"] for line in lines} == {answer.headers["X-Request-Id"]}


def test_nobody_is_told_of_somebody_elses_request(floor: TradingFloor) -> None:
    resting = floor.limit(floor.colleague, "SELL", "60000.00", "0.1")
    assert resting.status_code == 201
    assert place(floor, "request-of-the-taker", price="60000.00") == 201
    floor.stop()
    taken = Command.objects.get(request_id="request-of-the-taker")
    told = {event.account_id: event.payload for event in UserEvent.objects.filter(command_id=taken.pk)}
    assert told.pop(taken.account_id or 0)["request_id"] == "request-of-the-taker"
    assert len(told) == 1
    assert "request-of-the-taker" not in str(told)


def test_trace_follows_a_request(floor: TradingFloor) -> None:
    assert floor.limit(floor.colleague, "SELL", "60000.00", "0.1").status_code == 201
    assert place(floor, "request-of-the-taker", price="60000.00") == 201
    floor.stop()
    output = io.StringIO()
    call_command("trace", "request-of-the-taker", stdout=output)
    (line,) = output.getvalue().splitlines()
    traced = json.loads(line)
    outcome = Outcome.objects.get(command_id=traced["command_id"])
    assert traced["applied_sequence"] == outcome.applied_sequence
    assert traced["refused"] is None
    batch = Batch.objects.get(last_sequence=traced["batch"]["last_sequence"])
    assert batch.first_sequence <= outcome.applied_sequence <= batch.last_sequence
    told = {event["account_id"]: event["type"] for event in traced["events"]}
    assert told == {traced["account_id"]: "order", floor.exchange.account("colleague").pk: "fill"}

    for unknown in ("request-of-nobody", ""):
        with pytest.raises(CommandError, match="no command"):
            call_command("trace", unknown, "--hours", "1", stdout=output)


def test_trace_of_what_waits(idle: TradingFloor) -> None:
    idle.exchange.place("owner", "SELL", "60000.00", "0.1", request_id="request-that-waits")
    output = io.StringIO()
    call_command("trace", "request-that-waits", stdout=output)
    traced = json.loads(output.getvalue())
    assert (traced["applied_sequence"], traced["batch"], traced["events"]) == (None, None, [])
