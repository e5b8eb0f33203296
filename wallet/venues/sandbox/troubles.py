"""Trouble on the way: what arrives instead of an answer."""

import asyncio

from aiohttp import web

from wallet.venues.sandbox.faults import Fault, Trouble

_PAGE = """<!DOCTYPE html><html><head><title>Just a moment...</title></head>
<body><h1>Checking your browser before accessing the exchange.</h1></body></html>"""
_HUGE_BYTES = 64 * 1024 * 1024
_BLOCK = b'"' + b"x" * 65_533 + b'",'
_DRIPS = 20


async def meet(request: web.Request, fault: Fault, answer: str) -> web.StreamResponse | None:
    """What the client gets; None where it gets the true answer, later."""
    match fault.kind:
        case Trouble.DELAY:
            await asyncio.sleep(fault.seconds)
            return None
        case Trouble.HANG_UP:
            return _hang_up(request)
        case Trouble.SLOW_DRIP:
            return await _drip(request, answer.encode(), fault.seconds)
        case Trouble.HTML:
            return web.Response(text=_PAGE, content_type="text/html", status=fault.status)
        case Trouble.CUT_OFF:
            return web.Response(text=answer[: len(answer) // 2], content_type="application/json")
        case Trouble.EMPTY_OBJECT:
            return web.Response(text="{}", content_type="application/json")
        case Trouble.EMPTY:
            return web.Response(text="", content_type="application/json")
        case Trouble.HUGE:
            return await _flood(request)
    assert fault.kind is Trouble.SERVER_ERROR, fault.kind
    return web.Response(text="upstream error", status=fault.status)


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _drip(request: web.Request, content: bytes, seconds: float) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(content))})
    await response.prepare(request)
    size = max(1, len(content) // _DRIPS)
    for start in range(0, len(content), size):
        await asyncio.sleep(seconds / _DRIPS)
        await response.write(content[start : start + size])
    return response


async def _flood(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b"[")
    for _ in range(_HUGE_BYTES // len(_BLOCK)):
        await response.write(_BLOCK)
    await response.write(b"0]")
    return response
