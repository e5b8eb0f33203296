"""Bots that are told to stop are gone soon, also where the exchange never says goodbye."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from exchange.bots import connections
from exchange.bots.connections import SocketLine, stop
from exchange.bots.desk import Desk
from exchange.bots.house import HouseKey, Role
from exchange.bots.signing import Signer

PATIENCE_OF_THE_LIBRARY_SECONDS = 10.0


class FarEnd:
    """Opens WebSockets, hears everything, and never says anything more."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: list[Opcode] = []
        self.transports: list[asyncio.Transport] = []

    async def hears(self, opcode: Opcode, times: int) -> None:
        while self.heard.count(opcode) < times:
            await asyncio.sleep(0.01)


class Speechless(asyncio.Protocol):
    """One socket of it."""

    def __init__(self, far_end: FarEnd) -> None:
        self._far_end = far_end
        self._websocket = ServerProtocol()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._far_end.transports.append(transport)

    def data_received(self, data: bytes) -> None:
        self._websocket.receive_data(data)
        for event in self._websocket.events_received():
            if isinstance(event, Request):
                self._websocket.send_response(self._websocket.accept(event))
                self._transport.writelines(self._websocket.data_to_send())
            elif isinstance(event, Frame):
                self._far_end.heard.append(event.opcode)


@asynccontextmanager
async def speechless() -> AsyncIterator[FarEnd]:
    far_end = FarEnd()
    server = await asyncio.get_running_loop().create_server(lambda: Speechless(far_end), "127.0.0.1", 0)
    far_end.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield far_end
    finally:
        server.close()
        for transport in far_end.transports:
            transport.abort()


async def lines(far_end: FarEnd, count: int) -> list["asyncio.Task[None]"]:
    """Sockets that have signed in."""
    signer = Signer(HouseKey("house-maker-1", Role.CLOSE_MAKER, "bk_1", "secret"))
    tasks = [asyncio.create_task(SocketLine(far_end.url, signer, Desk()).run(lambda: None)) for _ in range(count)]
    await far_end.hears(Opcode.TEXT, count)
    return tasks


def test_a_socket_does_not_wait_long_for_goodbye(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> float:
        async with speechless() as far_end:
            tasks = await lines(far_end, 1)
            started = time.monotonic()
            await stop(tasks)
            assert far_end.heard == [Opcode.TEXT, Opcode.CLOSE]
            assert tasks[0].done()
            return time.monotonic() - started

    # The other bound, which this test is not about.
    monkeypatch.setattr(connections, "STOP_SECONDS", 60.0)
    assert asyncio.run(run()) < PATIENCE_OF_THE_LIBRARY_SECONDS - 1


def test_all_sockets_close_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        async with speechless() as far_end:
            tasks = await lines(far_end, 4)
            stopping = asyncio.create_task(stop(tasks))
            await far_end.hears(Opcode.CLOSE, 4)
            assert not any(task.done() for task in tasks), "none has waited for another"
            for transport in far_end.transports:
                transport.abort()
            await stopping

    for bound in ("CLOSE_SECONDS", "STOP_SECONDS"):
        monkeypatch.setattr(connections, bound, 60.0)
    asyncio.run(run())


def test_what_does_not_end_is_not_waited_for() -> None:
    async def run() -> bool:
        never = asyncio.Event()

        async def deaf() -> None:
            while not never.is_set():
                try:
                    await never.wait()
                except asyncio.CancelledError:
                    continue

        task = asyncio.create_task(deaf())
        await asyncio.sleep(0)
        await stop([task])
        is_there = not task.done()
        never.set()
        await task
        return is_there

    assert asyncio.run(run())
