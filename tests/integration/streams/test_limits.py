"""What one client may ask of the process, and what happens to who asks for more."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.integration.streams.conftest import Stage, make_stage
from tests.support.streams_process import USER_PATH, StreamClient, StreamsProcess, signature
from tests.support.worker_process import eventually

Clients = Callable[..., StreamClient]


@pytest.fixture(scope="module")
def stage(django_db_blocker: Any) -> Iterator[Stage]:
    yield from make_stage(
        django_db_blocker,
        "limits",
        STREAM_MAX_CONNECTIONS_PER_ADDRESS=6,
        STREAM_MAX_CONNECTIONS_PER_USER=2,
        STREAM_MAX_SUBSCRIPTIONS=3,
        STREAM_MAX_FRAME_BYTES=2000,
        STREAM_MAX_FRAMES_PER_SECOND=20,
        STREAM_BUFFER_BYTES=100_000,
        STREAM_AUTH_SECONDS=60,
    )


def test_hello_tells_the_limits(stage: Stage) -> None:
    client = stage.streams.open()
    limits = client.next("hello")["limits"]
    assert (limits["subscriptions"], limits["frame_bytes"], limits["connections_per_user"]) == (3, 2000, 2)
    client.close()


def test_connections_of_an_address(stage: Stage, clients: Clients) -> None:
    for _ in range(6):
        clients()
    refused = stage.streams.open()
    assert refused.error_code() == "TOO_MANY_CONNECTIONS"
    assert refused.closed_with() == 4429


def test_a_closed_connection_counts_no_more(stage: Stage, clients: Clients) -> None:
    def one_more_fits() -> bool:
        client = stage.streams.open()
        first = client.take(lambda frame: True)
        client.close()
        return bool(first["type"] == "hello")

    for _ in range(5):
        clients()
    eventually(one_more_fits)


def test_connections_of_a_user(stage: Stage, clients: Clients) -> None:
    clients("owner"), clients("owner")
    client = stage.streams.open(USER_PATH)
    client.send("auth", **signature(stage.key("owner")))
    assert client.error_code() == "TOO_MANY_CONNECTIONS"
    assert client.closed_with() == 4429
    assert clients("colleague").ask("ping")["type"] == "pong"


def test_subscriptions(stage: Stage, clients: Clients) -> None:
    client = clients()
    client.ask("subscribe", channel="book", symbols="*")
    client.ask("subscribe", channel="trades", symbols=["BTC-USDT"])
    client.ask("subscribe", channel="book", symbols=["BTC-USDT"], speed="full")
    client.send("subscribe", channel="trades", symbols="*")
    assert client.error_code() == "TOO_MANY_SUBSCRIPTIONS"
    assert client.closed_with() == 4429


def test_frames_a_second(stage: Stage, clients: Clients) -> None:
    client = clients()
    # More than may come in the seconds that a slow machine needs to read them.
    with suppress(ConnectionClosed):
        for _ in range(600):
            client.send("ping")
    assert client.error_code() == "RATE_LIMITED"
    assert client.closed_with() == 4429


def test_a_frame_that_is_too_large(stage: Stage, clients: Clients) -> None:
    client = clients()
    client.send("ping", padding="x" * 3000)
    assert client.closed_with() == 1009


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"op": NaN}', '{"op": "\\ud800"}'])
def test_what_is_no_json_object_ends_the_socket(clients: Clients, text: str) -> None:
    client = clients()
    client.connection.send(text)
    assert client.error_code() == "JSON_MALFORMED"
    assert client.closed_with() == 1007


def test_bytes_are_no_text(clients: Clients) -> None:
    client = clients()
    client.connection.send(b'{"op": "ping"}')
    assert client.error_code() == "JSON_MALFORMED"
    assert client.closed_with() == 1007


def test_frames_are_heard_in_their_order_however_they_are_written(clients: Clients) -> None:
    """A subscription holds back what comes behind it, and a text in pieces takes another way than a whole one."""
    client = clients()
    client.send("subscribe", channel="notices")
    client.connection.send(['{"op": "pi', 'ng", "id": ', "90}"])
    client.send("ping", id_text="x" * 200)
    client.connection.ping()
    client.send("ping")
    answers = [client.take(lambda frame: "id" in frame and frame["type"] != "notices") for _ in range(4)]
    assert [(frame["type"], frame["id"]) for frame in answers] == [
        ("subscribed", 1),
        ("pong", 90),
        ("error", 2),
        ("pong", 3),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"op": "dance"}', "UNKNOWN_OPERATION"),
        ('{"op": 1}', "UNKNOWN_OPERATION"),
        ("{}", "UNKNOWN_OPERATION"),
        ('{"op": "ping", "op": "ping"}', "JSON_NAME_TWICE"),
        ('{"op": "ping", "more": 1}', "UNKNOWN_FIELD"),
        ('{"op": "ping", "id": []}', "FIELD_INVALID"),
        ('{"op": "ping", "id": 1e3}', "FIELD_INVALID"),
        ('{"op": "subscribe"}', "FIELD_INVALID"),
        ('{"op": "subscribe", "channel": ["book"], "symbols": "*"}', "FIELD_INVALID"),
        ('{"op": "subscribe", "channel": "book"}', "FIELD_INVALID"),
        ('{"op": "subscribe", "channel": "book", "symbols": []}', "FIELD_INVALID"),
        ('{"op": "subscribe", "channel": "book", "symbols": [1]}', "FIELD_INVALID"),
        ('{"op": "subscribe", "channel": "book", "symbols": ["BTC-XXX"]}', "UNKNOWN_MARKET"),
        ('{"op": "subscribe", "channel": "book", "symbols": "*", "speed": "slow"}', "FIELD_INVALID"),
        ('{"op": "subscribe", "channel": "book", "symbols": "*", "interval": "1m"}', "UNKNOWN_FIELD"),
        ('{"op": "subscribe", "channel": "candles", "symbols": "*"}', "FIELD_INVALID"),
        ('{"op": "subscribe", "channel": "candles", "symbols": "*", "interval": "2m"}', "FIELD_INVALID"),
        ('{"op": "subscribe", "channel": "depth", "symbols": "*"}', "FIELD_INVALID"),
        ('{"op": "subscribe", "channel": "depth", "symbols": "*", "levels": 6}', "FIELD_INVALID"),
        ('{"op": "subscribe", "channel": "depth", "symbols": "*", "levels": 5.0}', "FIELD_INVALID"),
        ('{"op": "subscribe", "channel": "depth", "symbols": "*", "levels": "5"}', "FIELD_INVALID"),
        ('{"op": "subscribe", "channel": "book", "symbols": "*", "levels": 5}', "UNKNOWN_FIELD"),
        ('{"op": "subscribe", "channel": "trades", "symbols": "*", "limit": 1}', "UNKNOWN_FIELD"),
    ],
)
def test_a_refused_frame_leaves_the_socket_open(clients: Clients, text: str, code: str) -> None:
    client = clients()
    client.connection.send(text)
    assert client.error_code() == code
    assert client.ask("ping")["type"] == "pong"


def test_who_says_nothing_is_not_kept(stage: Stage) -> None:
    with StreamsProcess(stage.exchange.database, STREAM_AUTH_SECONDS=1) as impatient:
        client = impatient.open(USER_PATH)
        assert client.error_code() == "AUTHENTICATION_REQUIRED"
        assert client.closed_with() == 4401


def test_health_and_nothing_else_over_http(stage: Stage) -> None:
    assert stage.streams.health() == 200
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{stage.streams.port}/admin/")
    assert refused.value.code == 404
    assert json.loads(refused.value.read())["error"]["code"] == "NOT_FOUND"
    with pytest.raises(Exception, match="403"):
        stage.streams.open("/ws/v1/elsewhere")
