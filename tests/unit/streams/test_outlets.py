"""No client can make us hold more for it than the bound."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from exchange.streams.limits import Allowance
from exchange.streams.messages import Message
from exchange.streams.outlets import DIRECT, TOO_SLOW, AsgiOutlet, DirectOutlet, outlet_for


class Wire:
    """A connection whose far end reads only when told to."""

    def __init__(self) -> None:
        self.is_open = True
        self.unsent_bytes = 0
        self.frames: list[bytes] = []
        self.closed_with: int | None = None

    def write(self, frame: bytes) -> None:
        self.frames.append(frame)
        self.unsent_bytes += len(frame)

    def close(self, code: int) -> None:
        self.closed_with = code

    def abort(self) -> None:
        self.is_open = False

    def listen(self, hear: Callable[[str], None]) -> None:
        raise AssertionError("an outlet only writes")


@pytest.fixture(autouse=True)
def small_buffers(settings: Settings) -> None:
    settings.STREAM_BUFFER_BYTES = 1_000
    settings.STREAM_PATIENCE_SECONDS = 0.05


def test_frames_are_what_the_protocol_wants() -> None:
    for length in (1, 118, 119, 65_000, 70_000):
        message = Message({"a": "x" * length})
        payload = message.text.encode()
        size = len(payload)
        head = message.frame[: -len(payload)]
        assert head[0] == 0x81
        if size < 126:
            assert head[1:] == bytes((size,))
        elif size < 65_536:
            assert head[1:] == b"\x7e" + size.to_bytes(2, "big")
        else:
            assert head[1:] == b"\x7f" + size.to_bytes(8, "big")


def test_who_does_not_read_is_dropped() -> None:
    async def run() -> None:
        wire = Wire()
        outlet = DirectOutlet(wire)
        for _ in range(100):
            outlet.send(Message("x" * 100))
        assert outlet.closed_with == wire.closed_with == TOO_SLOW
        assert len(wire.frames) == 10

    asyncio.run(run())


def test_who_reads_is_not() -> None:
    async def run() -> None:
        wire = Wire()
        outlet = DirectOutlet(wire)
        for _ in range(100):
            outlet.send(Message("x" * 100))
            wire.unsent_bytes = 0
        assert outlet.closed_with is None
        assert len(wire.frames) == 100

    asyncio.run(run())


def test_nothing_is_written_to_a_closed_connection() -> None:
    async def run() -> None:
        wire = Wire()
        outlet = DirectOutlet(wire)
        wire.is_open = False
        outlet.send(Message("x"))
        outlet.close(4401)
        assert (wire.frames, wire.closed_with) == ([], None)

    asyncio.run(run())


def test_waiting_for_who_takes_nothing_ends(settings: Settings) -> None:
    async def run() -> None:
        settings.STREAM_BUFFER_BYTES = 1_000_000
        wire = Wire()
        outlet = DirectOutlet(wire)
        outlet.send(Message("x" * 100_000))
        await outlet.drained()
        assert wire.closed_with == TOO_SLOW
        wire.unsent_bytes = 0
        await outlet.drained()

    asyncio.run(run())


def test_without_the_extension_texts_go_through_the_server() -> None:
    async def run() -> None:
        sent: list[dict[str, Any]] = []

        async def send(event: dict[str, Any]) -> None:
            sent.append(event)

        outlet = outlet_for({}, send)
        assert isinstance(outlet, AsgiOutlet)
        outlet.send(Message({"a": 1}))
        outlet.close(4401)
        outlet.send(Message({"b": 1}))
        await asyncio.sleep(0.01)
        assert sent == [
            {"type": "websocket.send", "text": '{"a":1}'},
            {"type": "websocket.close", "code": 4401},
        ]
        assert isinstance(outlet_for({"extensions": {DIRECT: {"connection": Wire()}}}, send), DirectOutlet)

    asyncio.run(run())


def test_a_server_that_takes_nothing_does_not_fill_our_memory() -> None:
    async def run() -> None:
        stuck = asyncio.Event()

        async def send(_event: dict[str, Any]) -> None:
            await stuck.wait()

        outlet = AsgiOutlet(send)
        for _ in range(100):
            outlet.send(Message("x" * 100))
        assert outlet.closed_with == TOO_SLOW
        assert outlet.unsent_bytes == 0
        stuck.set()
        await asyncio.sleep(0.01)

    asyncio.run(run())


def test_an_allowance_is_twice_a_second_at_once() -> None:
    allowance = Allowance(10)
    taken = sum(allowance.take() for _ in range(100))
    assert 20 <= taken <= 21
