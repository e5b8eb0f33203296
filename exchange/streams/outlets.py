"""The way of a message to one client, with a bound on what may wait there.

A client that does not read fills its buffer and is dropped: its outlet never holds more than
`settings.STREAM_BUFFER_BYTES`, whatever the market does.

DirectOutlet    writes the ready-made frame to the connection itself. The system call is made at once where nothing
                waits; only what the socket does not take goes through the reactor. That is why one round to 1,000
                clients takes milliseconds.
AsgiOutlet      the ordinary way, through the server's `send`, for a server that offers nothing else.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from django.conf import settings

from exchange.streams.counters import DROPPED, MESSAGES_SENT
from exchange.streams.messages import Message

TOO_SLOW = 4408
CLOSE_SECONDS = 2.0
"""How long a client has to answer a close frame before the connection is cut."""

_CALM_BYTES = 64 * 1024
_LOOK_SECONDS = 0.01

DIRECT = "bourse.direct"
"""The ASGI extension with which a server hands over the connection itself."""


class Connection(Protocol):
    """What a server offers under the extension `DIRECT`."""

    @property
    def is_open(self) -> bool: ...

    @property
    def unsent_bytes(self) -> int: ...

    def write(self, frame: bytes) -> None: ...

    def close(self, code: int) -> None: ...

    def abort(self) -> None: ...

    def listen(self, hear: Callable[[str], None]) -> None: ...


class Outlet:
    """What both ways have in common. Used by the event loop alone."""

    def __init__(self) -> None:
        self.closed_with: int | None = None

    def send(self, message: Message) -> None:
        """Write now, or drop a client that is too slow; never waits, never raises."""
        raise NotImplementedError

    def send_soon(self, message: Message) -> None:
        """As `send`, in one write with what else the client is told in this turn of the event loop."""
        self.send(message)

    @property
    def unsent_bytes(self) -> int:
        raise NotImplementedError

    def close(self, code: int) -> None:
        """Say goodbye and write no more; the connection is cut if the client does not answer."""
        raise NotImplementedError

    async def drained(self) -> None:
        """Return when little waits: between the pages of a long answer. A client that takes none of it is dropped."""
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + settings.STREAM_PATIENCE_SECONDS
        least = self.unsent_bytes
        while self.closed_with is None and (unsent := self.unsent_bytes) > _CALM_BYTES:
            if unsent < least:
                least, give_up_at = unsent, loop.time() + settings.STREAM_PATIENCE_SECONDS
            elif loop.time() > give_up_at:
                self.close(TOO_SLOW)
                return
            await asyncio.sleep(_LOOK_SECONDS)


class DirectOutlet(Outlet):
    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection
        self._limit_bytes: int = settings.STREAM_BUFFER_BYTES
        self._gathered: list[bytes] = []

    def send(self, message: Message) -> None:
        if self._gathered:
            self._gathered.append(message.frame)
            self._write_gathered()
        else:
            self._write(message.frame, 1)

    def send_soon(self, message: Message) -> None:
        if not self._gathered:
            asyncio.get_running_loop().call_soon(self._write_gathered)
        self._gathered.append(message.frame)

    @property
    def unsent_bytes(self) -> int:
        return self._connection.unsent_bytes + sum(map(len, self._gathered))

    def _write_gathered(self) -> None:
        gathered = self._gathered
        if gathered:
            self._gathered = []
            self._write(b"".join(gathered), len(gathered))

    def _write(self, frames: bytes, count: int) -> None:
        connection = self._connection
        if self.closed_with is not None or not connection.is_open:
            return
        connection.write(frames)
        MESSAGES_SENT.inc(count)
        if connection.unsent_bytes > self._limit_bytes:
            self.close(TOO_SLOW)

    def close(self, code: int) -> None:
        self._write_gathered()
        if self.closed_with is not None:
            return
        self.closed_with = code
        if not self._connection.is_open:
            return
        DROPPED.labels(str(code)).inc()
        self._connection.close(code)
        asyncio.get_running_loop().call_later(CLOSE_SECONDS, self._connection.abort)


class AsgiOutlet(Outlet):
    """One task hands the texts to the server one by one; what waits for it is counted."""

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        super().__init__()
        self._send = send
        self._waiting: deque[Message] = deque()
        self._waiting_bytes = 0
        self._task: asyncio.Task[None] | None = None

    def send(self, message: Message) -> None:
        if self.closed_with is not None:
            return
        self._waiting.append(message)
        self._waiting_bytes += len(message.frame)
        MESSAGES_SENT.inc()
        if self._waiting_bytes > settings.STREAM_BUFFER_BYTES:
            self._waiting.clear()
            self._waiting_bytes = 0
            self.close(TOO_SLOW)
        self._work()

    @property
    def unsent_bytes(self) -> int:
        return self._waiting_bytes

    def close(self, code: int) -> None:
        if self.closed_with is None:
            self.closed_with = code
            DROPPED.labels(str(code)).inc()
            self._work()

    def _work(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._hand_over())

    async def _hand_over(self) -> None:
        while self._waiting:
            message = self._waiting.popleft()
            self._waiting_bytes -= len(message.frame)
            await self._send({"type": "websocket.send", "text": message.text})
        if self.closed_with is not None:
            await self._send({"type": "websocket.close", "code": self.closed_with})


def connection_of(scope: dict[str, Any]) -> Connection | None:
    """The connection itself, where the server hands it over."""
    connection: Connection | None = scope.get("extensions", {}).get(DIRECT, {}).get("connection")
    return connection


def outlet_for(scope: dict[str, Any], send: Callable[[dict[str, Any]], Awaitable[None]]) -> Outlet:
    """The best way that the server offers."""
    connection = connection_of(scope)
    return DirectOutlet(connection) if connection is not None else AsgiOutlet(send)
