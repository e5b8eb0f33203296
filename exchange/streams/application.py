"""The ASGI application of the streams process: two sockets, and over plain HTTP whether it is well."""

from collections.abc import Awaitable, Callable
from typing import Any

from channels.routing import ProtocolTypeRouter

from exchange.api.errors import error_body
from exchange.api.renderers import to_json
from exchange.errors import NotFound
from exchange.streams.hub import hub
from exchange.streams.identities import USER_PATH
from exchange.streams.market_socket import MARKET_PATH, MarketSocket
from exchange.streams.sockets import Socket
from exchange.streams.user_socket import UserSocket

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


SOCKETS: dict[str, type[Socket]] = {MARKET_PATH: MarketSocket, USER_PATH: UserSocket}


async def websocket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """What is at no known address is refused in the handshake: HTTP 403."""
    socket = SOCKETS.get(scope["path"])
    if socket is None:
        await receive()
        await send({"type": "websocket.close"})
        return
    await socket(scope, receive, send).run()


async def http(scope: dict[str, Any], _receive: Receive, send: Send) -> None:
    """`/health`: 200 while markets are listened to, else 503. Nothing else is here."""
    if scope["path"] != "/health":
        await _answer(send, 404, error_body(NotFound(), ""))
        return
    state = hub()
    sockets = {"status": "ok" if state.is_ready else "unavailable", "markets": len(state.feeds)}
    await _answer(send, 200 if state.is_ready else 503, sockets)


async def _answer(send: Send, status: int, body: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": to_json(body)})


application = ProtocolTypeRouter({"http": http, "websocket": websocket})
