"""The control door: failures and changes on demand, over HTTP and from this machine only.

POST   /_control/faults     {"kind", "exchange", "api_key", "path", "currency", "network", "times", "seconds", "status"}
DELETE /_control/faults     all of them; `?exchange=` those of one
POST   /_control/keys       {"exchange", "owner", "name", "permissions"}: a new key
POST   /_control/addresses  {"exchange", "api_key", "currency", "network"}: the address is another from now on
POST   /_control/settings   {"latency_seconds", "clock_ahead_ms": {exchange: number}}
GET    /_control/calls      how many calls came, by exchange and path
"""

import ipaddress
import json
from collections import Counter
from typing import Any

from aiohttp import web

from wallet.venues.sandbox.far_end import FarEnd
from wallet.venues.sandbox.faults import FOREVER, KINDS
from wallet.venues.sandbox.keys import READ, TRADE, WITHDRAW

_FAULT_FIELDS = frozenset({"kind", "exchange", "api_key", "path", "currency", "network", "times", "seconds", "status"})


def control_routes(far_end: FarEnd) -> list[web.RouteDef]:
    door = _ControlDoor(far_end)
    return [
        web.post("/_control/faults", door.plan),
        web.delete("/_control/faults", door.forget),
        web.post("/_control/keys", door.issue_key),
        web.post("/_control/addresses", door.change_address),
        web.post("/_control/settings", door.change_settings),
        web.get("/_control/calls", door.count_calls),
    ]


class _ControlDoor:
    def __init__(self, far_end: FarEnd) -> None:
        self._far_end = far_end

    async def plan(self, request: web.Request) -> web.Response:
        content = await _content(request)
        kind = KINDS.get(str(content.get("kind")))
        if kind is None or not content.keys() <= _FAULT_FIELDS:
            raise _malformed(f"kind is one of {', '.join(KINDS)}; further fields: {', '.join(sorted(_FAULT_FIELDS))}")
        texts = {name: str(content.get(name, "")) for name in ("exchange", "api_key", "path", "currency", "network")}
        try:
            times, seconds = content.get("times", 1), float(content.get("seconds", 1.0))
            self._far_end.fail(
                kind,
                **texts,
                times=FOREVER if times is None else int(times),
                seconds=seconds,
                status=int(content.get("status", 503)),
            )
        except (TypeError, ValueError):
            raise _malformed("times, seconds and status are numbers") from None
        return web.json_response({})

    async def forget(self, request: web.Request) -> web.Response:
        _admit(request)
        self._far_end.recover(request.query.get("exchange", ""))
        return web.json_response({})

    async def issue_key(self, request: web.Request) -> web.Response:
        content = await _content(request)
        exchange, permissions = self._exchange(content), content.get("permissions", [READ])
        if not isinstance(permissions, list) or not set(map(str, permissions)) <= {READ, TRADE, WITHDRAW}:
            raise _malformed("permissions is a list of read, trade, withdraw")
        key = self._far_end.issue_key(
            exchange,
            owner=str(content.get("owner", "")),
            name=str(content.get("name", "")),
            permissions=frozenset(permissions),
        )
        return web.json_response(
            {"api_key": key.api_key, "api_secret": key.api_secret, "passphrase": key.passphrase, "owner": key.owner}
        )

    async def change_address(self, request: web.Request) -> web.Response:
        content = await _content(request)
        key = self._far_end.keys.find(self._exchange(content), str(content.get("api_key")))
        if key is None:
            raise _malformed("there is no such key")
        self._far_end.deposits.change(key, str(content.get("currency")), str(content.get("network")))
        return web.json_response({})

    async def change_settings(self, request: web.Request) -> web.Response:
        content = await _content(request)
        try:
            latency = float(content.get("latency_seconds", self._far_end.latency_seconds))
            ahead = {str(name): int(by) for name, by in content.get("clock_ahead_ms", {}).items()}
        except (AttributeError, TypeError, ValueError):
            raise _malformed("latency_seconds is a number, clock_ahead_ms an object of numbers") from None
        self._far_end.latency_seconds = latency
        self._far_end.clock_ahead_ms.update(ahead)
        return web.json_response({})

    async def count_calls(self, request: web.Request) -> web.Response:
        _admit(request)
        counted = Counter((call.exchange, call.path) for call in self._far_end.calls)
        return web.json_response(
            [{"exchange": exchange, "path": path, "calls": calls} for (exchange, path), calls in counted.items()]
        )

    def _exchange(self, content: dict[str, Any]) -> str:
        exchange = self._far_end.exchange(str(content.get("exchange")))
        if exchange is None:
            raise _malformed(f"exchange is one of {', '.join(self._far_end.exchanges)}")
        return exchange.id


def _admit(request: web.Request) -> None:
    # A page in a browser of this machine is not somebody on this machine.
    remote = request.remote
    if remote is None or not ipaddress.ip_address(remote).is_loopback or "Origin" in request.headers:
        raise web.HTTPNotFound


async def _content(request: web.Request) -> dict[str, Any]:
    _admit(request)
    try:
        content = json.loads(await request.read() or b"{}")
    except ValueError:
        raise _malformed("the body is not JSON") from None
    if not isinstance(content, dict):
        raise _malformed("the body is a JSON object")
    return content


def _malformed(reason: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=json.dumps({"error": reason}), content_type="application/json")
