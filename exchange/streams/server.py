"""daphne, with one thing more: a socket's application may speak with the connection itself.

daphne's own way of a message (ASGI dictionary, coroutine, framing, a turn of the reactor) costs the same for each
client although all of them get the same bytes, and the way of a client's frame (autobahn's states, a queue, a task that
wakes) costs more than what most frames ask for. `FrameConnection` is handed to the application in the scope's
extensions; everything else, from handshake to closing, stays daphne's and autobahn's.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, cast

from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from twisted.internet import defer, reactor, task

from exchange.streams.client_frames import read_text_frame
from exchange.streams.hub import leave
from exchange.streams.outlets import DIRECT

log = logging.getLogger(__name__)

SERVICE_RESTARTS = 1012
_GOODBYE_SECONDS = 0.5


class SocketProtocol(WebSocketProtocol):
    """daphne's protocol, but texts of clients go straight to who hears them, the usual ones past autobahn."""

    hear: Callable[[str], None] | None = None
    """Whom `FrameConnection.listen` named; without, messages take daphne's way."""

    data: bytes

    def dataReceived(self, data: bytes) -> None:
        # What autobahn does before this is a line of its own log about each read.
        self._dataReceived(data)

    def processData(self) -> bool:
        """One frame of what has been read; whether to look for another one."""
        hear, is_between_messages = self.hear, self.current_frame is None and not self.inside_message
        if hear is not None and is_between_messages and self.state == self.STATE_OPEN:
            found = read_text_frame(self.data, self.maxFramePayloadSize)
            if found is not None:
                text, end = found
                self.data = self.data[end:]
                self.last_ping = time.time()
                hear(text)
                return bool(self.data)
        return bool(super().processData())

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        if self.hear is None:
            super().onMessage(payload, isBinary)
            return
        self.last_ping = time.time()
        # Bytes are no JSON, as an empty text is none.
        self.hear("" if isBinary else payload.decode())


# daphne makes the factory itself and names no other way to say whose protocols it builds.
WebSocketFactory.protocol = SocketProtocol


class FrameConnection:
    """One WebSocket, for hearing texts and writing whole frames."""

    __slots__ = ("_protocol", "_transport")

    def __init__(self, protocol: SocketProtocol) -> None:
        self._protocol = protocol
        self._transport = protocol.transport

    def listen(self, hear: Callable[[str], None]) -> None:
        """From now on every text is handed over as it comes, instead of as an ASGI event. `hear` raises nothing."""
        self._protocol.hear = hear

    @property
    def is_open(self) -> bool:
        return self._protocol.state == WebSocketProtocol.STATE_OPEN

    @property
    def unsent_bytes(self) -> int:
        """What was written and the operating system has not taken yet."""
        transport = self._transport
        return len(transport.dataBuffer) - transport.offset + transport._tempDataLen

    def write(self, frame: bytes) -> None:
        """Send at once what the socket takes; the reactor sends the rest. Frames of autobahn keep their order."""
        transport = self._transport
        if not transport.dataBuffer and not transport._tempDataLen and not transport.disconnecting:
            sent = transport.writeSomeData(frame)
            # A lost connection is an exception instead of a number; the reactor is about to notice it.
            if not isinstance(sent, int) or sent == len(frame):
                return
            frame = frame[sent:]
        transport.write(frame)

    def close(self, code: int) -> None:
        """Begin the closing handshake; autobahn's own `sendClose` knows none of the codes below 3000 but one."""
        self._protocol.sendCloseFrame(code=code)

    def abort(self) -> None:
        """Cut the connection, whatever waits in it; nothing happens where it has ended already."""
        self._transport.abortConnection()


class StreamServer(Server):
    """What `python -m exchange.streams` runs."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            ping_interval=settings.STREAM_PING_SECONDS,
            ping_timeout=settings.STREAM_PING_TIMEOUT_SECONDS,
            websocket_max_message_size=settings.STREAM_MAX_FRAME_BYTES,
            websocket_max_frame_size=settings.STREAM_MAX_FRAME_BYTES,
            websocket_timeout=-1,
            server_name="",
            **options,
        )

    def run(self) -> None:
        cast("Any", reactor).addSystemEventTrigger("before", "shutdown", self._say_goodbye)
        super().run()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket":
            # Who sends what the protocol forbids is told so by a close code before the connection ends.
            protocol.failByDrop = False
            scope.setdefault("extensions", {})[DIRECT] = {"connection": FrameConnection(protocol)}
        return super().create_application(protocol, scope)

    def _say_goodbye(self) -> "defer.Deferred[None] | None":
        """Before the applications end: clients learn that they should come back."""
        sockets = [protocol for protocol in self.connections if isinstance(protocol, WebSocketProtocol)]
        for protocol in sockets:
            if protocol.state == WebSocketProtocol.STATE_OPEN:
                protocol.sendCloseFrame(code=SERVICE_RESTARTS)
        log.info("told %s clients that the service restarts", len(sockets))
        if not sockets:
            return None
        said = task.deferLater(reactor, _GOODBYE_SECONDS, lambda: None)
        return said.addCallback(lambda _: defer.Deferred.fromFuture(asyncio.ensure_future(leave())))
