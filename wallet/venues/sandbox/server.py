"""The far end over HTTP: `/{ccxt id}` and behind it the path as that exchange has it.

A ccxt client whose base URLs lead here signs, sends and parses as it does with the exchange itself.
"""

import asyncio
import time

from aiohttp import web

from wallet.venues.sandbox import troubles
from wallet.venues.sandbox.control import control_routes
from wallet.venues.sandbox.exchange import SandboxExchange
from wallet.venues.sandbox.far_end import FarEnd, SeenCall
from wallet.venues.sandbox.faults import OF_THE_WAY, Concern
from wallet.venues.sandbox.wire import Call

_MOST_BODY_BYTES = 1024 * 1024


def application(far_end: FarEnd) -> web.Application:
    """Serves a far end, its control door and `GET /health`."""

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def serve(request: web.Request) -> web.StreamResponse:
        exchange = far_end.exchange(request.match_info["exchange"])
        if exchange is None:
            raise web.HTTPNotFound
        return await _serve(far_end, exchange, request)

    made = web.Application(client_max_size=_MOST_BODY_BYTES)
    made.add_routes(
        [
            web.get("/health", health),
            *control_routes(far_end),
            web.route("*", "/{exchange}/{path:.*}", serve),
        ]
    )
    return made


async def _serve(far_end: FarEnd, exchange: SandboxExchange, request: web.Request) -> web.StreamResponse:
    call = Call(
        method=request.method,
        raw_path=_path_there(request),
        # As it was sent: signatures are over these very characters.
        query=request.raw_path.partition("?")[2],
        headers=request.headers,
        body=await request.read(),
        address=f"{request.host}{request.raw_path.partition('?')[0]}",
        now_ms=far_end.now_ms(exchange.id),
    )
    api_key = exchange.key_in(call)
    far_end.calls.append(SeenCall(exchange.id, call.method, call.path, api_key, time.monotonic()))
    if far_end.latency_seconds:
        await asyncio.sleep(far_end.latency_seconds)
    fault = far_end.faults.take(OF_THE_WAY, Concern(exchange.id, call.path, api_key))
    answer = exchange.answer(call)
    if fault is not None:
        suffered = await troubles.meet(request, fault, answer.text)
        if suffered is not None:
            return suffered
    return web.Response(
        text=answer.text, content_type=answer.content_type, status=answer.status, headers=answer.headers
    )


def _path_there(request: web.Request) -> str:
    path = request.raw_path.partition("?")[0]
    return "/" + path.removeprefix("/").partition("/")[2]
