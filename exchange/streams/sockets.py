"""What both sockets have in common: admission, frames in, messages out, and the end.

A plain ASGI application below Channels' routing. Channels' consumers hand every frame through a thread (to close old
database connections) and two tasks; a socket that carries hundreds of orders a second can not afford that. Where the
server hands over the connection itself (`outlets.DIRECT`), frames do not even take ASGI's way: see `Socket.hear`.
"""

import asyncio
import logging
import random
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from django.conf import settings

from accounts.errors import RateLimited
from exchange.api.errors import error_of
from exchange.api.parsers import parse_json_object
from exchange.errors import JsonMalformed
from exchange.observability.context import working_for
from exchange.streams.counters import CLIENTS, MESSAGES_RECEIVED
from exchange.streams.errors import OriginRefused, TooManyConnections, UnknownOperation
from exchange.streams.frames import FrameId, frame_id, know_only
from exchange.streams.hub import Hub, hub
from exchange.streams.identities import address_of, header_of
from exchange.streams.limits import Allowance
from exchange.streams.messages import Message, error_message, now_text
from exchange.streams.origins import is_our_origin
from exchange.streams.outlets import connection_of, outlet_for
from kernel.errors import BourseError

log = logging.getLogger(__name__)

NOT_JSON = 1007
COME_BACK = 1012
NOT_AUTHENTICATED = 4401
FOREIGN_ORIGIN = 4403
TOO_MUCH = 4429

# Names, not secrets: each is read in the answer it belongs to. A question to the system for each costs more than it is.
_request_ids = random.Random(secrets.randbits(256))

Frame = dict[str, Any]
Operation = Callable[[Frame, FrameId], Coroutine[Any, Any, None] | None]
"""What an `op` does. A coroutine holds back the frames behind it until it has ended."""


class Socket:
    """One connection. Operations run one after the other, those of `beside` beside each other."""

    name: str

    def __init__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        self.scope = scope
        self.hub: Hub = hub()
        self.outlet = outlet_for(scope, send)
        self.operations: dict[str, Operation] = {"ping": self._ping}
        self._receive = receive
        self._accept = send
        self._allowance = Allowance(settings.STREAM_MAX_FRAMES_PER_SECOND)
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: asyncio.Task[None] | None = None
        """What the unread frames wait for."""
        self._is_open = False
        self._unread: deque[str] = deque()

    async def run(self) -> None:
        """From the handshake to the end."""
        await self._receive()
        connection = connection_of(self.scope)
        if connection is not None:
            connection.listen(self.hear)
        await self._accept({"type": "websocket.accept"})
        address = address_of(self.scope)
        try:
            self.hub.connections.open("address", address)
        except TooManyConnections as error:
            self.end(error, TOO_MUCH)
            return
        CLIENTS.labels(self.name).inc()
        try:
            origin = header_of(self.scope, "origin")
            if origin is not None and not is_our_origin(origin, header_of(self.scope, "host") or ""):
                self.end(OriginRefused(), FOREIGN_ORIGIN)
                return
            self.send(Message({"type": "hello", "server_time": now_text(), "limits": _limits()}))
            await self.opened()
            self._is_open = True
            self._read_on()
            await self._receive_until_end()
        finally:
            for task in (*self._tasks, *([self._held] if self._held is not None else ())):
                task.cancel()
            self.closed()
            CLIENTS.labels(self.name).dec()
            self.hub.connections.close("address", address)

    async def opened(self) -> None:
        """The client may be written to."""

    def closed(self) -> None:
        """It is gone: forget it."""

    def send(self, message: Message) -> None:
        self.outlet.send(message)

    def refuse(self, error: BourseError, reply_to: FrameId = None) -> None:
        """Say why not; the socket stays open."""
        self.send(error_message(error, reply_to=reply_to, request_id=_new_request_id()))

    def end(self, error: BourseError, code: int, reply_to: FrameId = None) -> None:
        """Say why, and close."""
        self.refuse(error, reply_to)
        self.outlet.close(code)

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the reading of frames; it ends with the socket."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def tasks_beside(self) -> int:
        return len(self._tasks)

    async def attempt(self, work: Awaitable[None], reply_to: FrameId, request_id: str) -> None:
        """Run an operation; what it raises becomes an answer."""
        try:
            with working_for(request_id):
                await work
        except Exception as exception:
            self.fail(exception, reply_to, request_id)

    def fail(self, exception: Exception, reply_to: FrameId, request_id: str) -> None:
        """Say what went wrong with a request."""
        error = error_of(exception)
        if error.status == 500:
            log.error("a request failed", exc_info=exception, extra={"request_id": request_id})
        self.send(error_message(error, reply_to=reply_to, request_id=request_id))

    def hear(self, text: str) -> None:
        """A frame has come; it waits for what holds it back. Raises nothing."""
        if self.outlet.closed_with is None:
            self._unread.append(text)
            self._read_on()

    def _read_on(self) -> None:
        while self._unread and self._is_open and self._held is None and self.outlet.closed_with is None:
            self._take(self._unread.popleft())

    def _take(self, text: str) -> None:
        MESSAGES_RECEIVED.inc()
        if not self._allowance.take():
            self.end(RateLimited(retry_after=1, counted_by="connection"), TOO_MUCH)
            return
        try:
            frame = parse_json_object(text.encode("utf-8", "surrogatepass"))
        except JsonMalformed as error:
            self.end(error, NOT_JSON)
        except BourseError as error:
            self.refuse(error)
        else:
            self._perform(frame)

    def _perform(self, frame: Frame) -> None:
        try:
            reply_to = frame_id(frame)
        except BourseError as error:
            self.refuse(error)
            return
        name = frame.get("op")
        operation = self.operations.get(name) if isinstance(name, str) else None
        if operation is None:
            self.refuse(UnknownOperation(details={"operations": sorted(self.operations)}), reply_to)
            return
        request_id = _new_request_id()
        try:
            with working_for(request_id):
                work = operation(frame, reply_to)
        except Exception as exception:
            self.fail(exception, reply_to, request_id)
            return
        if work is not None:
            self._held = asyncio.get_running_loop().create_task(self._hold(self.attempt(work, reply_to, request_id)))

    async def _hold(self, work: Awaitable[None]) -> None:
        await work
        self._held = None
        self._read_on()

    async def _receive_until_end(self) -> None:
        """Hear what comes ASGI's way, and return when the connection ends and all that it had sent is under way."""
        while self.outlet.closed_with is None:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                break
            self.hear(event.get("text") or "")
        while self._held is not None:
            await asyncio.wait({self._held})

    def _ping(self, frame: Frame, reply_to: FrameId) -> None:
        know_only(frame)
        self.send(Message({"type": "pong", "id": reply_to, "at": now_text()}))


def _new_request_id() -> str:
    return f"{_request_ids.getrandbits(128):032x}"


def _limits() -> dict[str, int]:
    return {
        "frame_bytes": settings.STREAM_MAX_FRAME_BYTES,
        "frames_per_second": settings.STREAM_MAX_FRAMES_PER_SECOND,
        "subscriptions": settings.STREAM_MAX_SUBSCRIPTIONS,
        "connections_per_address": settings.STREAM_MAX_CONNECTIONS_PER_ADDRESS,
        "connections_per_user": settings.STREAM_MAX_CONNECTIONS_PER_USER,
    }
