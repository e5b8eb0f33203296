"""A client that does not read is dropped; those that do read notice nothing of it."""

import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.streams.conftest import Stage, make_stage
from tests.support.cast import CAST
from tests.support.streams_process import StreamClient
from tests.support.worker_process import eventually


@pytest.fixture(scope="module")
def stage(django_db_blocker: Any) -> Iterator[Stage]:
    yield from make_stage(
        django_db_blocker,
        "slow",
        STREAM_BUFFER_BYTES=100_000,
        STREAM_PATIENCE_SECONDS=1,
        STREAM_MAX_FRAMES_PER_SECOND=5000,
    )


@pytest.fixture(scope="module")
def long_book(stage: Stage) -> None:
    """A snapshot of many kilobytes."""
    for number in range(150):
        for cents, name in enumerate(CAST):
            stage.exchange.place(name, "BUY", f"{40000 + number}.{cents}1", "0.001")
    stage.settle()


def subscribe_frame() -> bytes:
    frame = json.dumps({"op": "subscribe", "channel": "book", "symbols": ["BTC-USDT"]}).encode()
    return bytes((0x81, 0x80 | len(frame))) + bytes(4) + frame


@pytest.mark.usefixtures("long_book")
def test_a_slow_reader_is_dropped_and_the_others_are_not(stage: Stage, clients: Callable[..., StreamClient]) -> None:
    other = clients()
    book = stage.book(other)
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", stage.streams.port))
        slow.sendall(
            b"GET /ws/v1/market HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        assert b" 101 " in slow.recv(200)
        for _ in range(1000):
            slow.sendall(subscribe_frame())

        def is_cut() -> bool:
            try:
                slow.sendall(subscribe_frame())
            except OSError:
                return True
            return False

        eventually(is_cut, every=0.1)
    stage.place("owner", "BUY", "50000", "0.1")
    book.take(other.next("update"))
