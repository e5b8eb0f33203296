"""One id leads from a request through its command and its batch to what the account was told."""

import orjson

from matching.models import Command, Outcome, UserEvent
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
