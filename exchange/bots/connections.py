"""How one account reaches the exchange: through its user socket, or through HTTP where there is no socket to be had.

Both do the same: they keep the account's desk up to date and carry commands. `Connection` keeps one of them alive.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from exchange.bots.desk import Desk
from exchange.bots.errors import BotError, Refused, Unreachable
from exchange.bots.http_client import TIMEOUT_SECONDS, ask, refusal
from exchange.bots.signing import Signer

log = logging.getLogger(__name__)

USER_PATH = "/ws/v1/user"
POLL_SECONDS = 2.0
OPEN_SECONDS = 5.0
CLOSE_SECONDS = 0.5
"""How long the exchange may take to say goodbye as well: the bots are gone soon, whatever it does."""
STOP_SECONDS = 2 * CLOSE_SECONDS
_MOST_ORDERS = 500


class Line(Protocol):
    """One way to the exchange."""

    async def run(self, ready: Callable[[], None]) -> None:
        """Keep the desk up to date; calls `ready` once it is. Returns or raises BotError when it is over."""

    async def place(self, order: dict[str, Any]) -> dict[str, Any]: ...

    async def cancel(self, order_id: str) -> None: ...

    async def cancel_all(self, symbol: str) -> None: ...


class SocketLine:
    """Orders, events and balances over one WebSocket."""

    def __init__(self, url: str, signer: Signer, desk: Desk) -> None:
        self._url = url + USER_PATH
        self._signer = signer
        self._desk = desk
        self._socket: ClientConnection | None = None
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._last_id = 0

    async def run(self, ready: Callable[[], None]) -> None:
        try:
            async with connect(
                self._url,
                compression=None,
                proxy=None,
                max_size=2**24,
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
            ) as socket:
                self._socket = socket
                await socket.send(json.dumps({"op": "auth", **self._signer.fields("GET", USER_PATH)}))
                async for text in socket:
                    await self._hear(json.loads(text), ready)
        except (OSError, TimeoutError, WebSocketException, ValueError) as error:
            raise Unreachable(type(error).__name__) from error
        finally:
            self._socket = None
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(Unreachable("the socket was closed"))
            self._waiting.clear()

    async def place(self, order: dict[str, Any]) -> dict[str, Any]:
        placed: dict[str, Any] = (await self._ask("place", order=order))["order"]
        return placed

    async def cancel(self, order_id: str) -> None:
        await self._ask("cancel", order_id=order_id)

    async def cancel_all(self, symbol: str) -> None:
        await self._ask("cancel_all", symbol=symbol)

    async def _ask(self, op: str, **fields: Any) -> dict[str, Any]:
        if self._socket is None:
            raise Unreachable("there is no socket")
        self._last_id += 1
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[self._last_id] = answer
        try:
            await self._socket.send(json.dumps({"op": op, "id": self._last_id, **fields}))
            return await asyncio.wait_for(answer, TIMEOUT_SECONDS)
        except (TimeoutError, WebSocketException, OSError) as error:
            raise Unreachable(type(error).__name__) from error

    async def _hear(self, frame: dict[str, Any], ready: Callable[[], None]) -> None:
        kind = frame["type"]
        if kind == "event":
            self._desk.learn_event(frame)
        elif kind == "snapshot":
            self._desk.learn_snapshot(frame["orders"], frame["balances"])
            ready()
        elif kind == "ready" and self._socket is not None:
            await self._socket.send(json.dumps({"op": "subscribe"}))
        elif kind in ("result", "error"):
            waiting = self._waiting.pop(frame["id"], None) if frame.get("id") is not None else None
            if waiting is not None and not waiting.done():
                if kind == "result":
                    waiting.set_result(frame)
                else:
                    waiting.set_exception(refusal(frame))
            elif kind == "error" and waiting is None:
                raise refusal(frame)


class HttpLine:
    """Commands by HTTP, and a look at the open orders and balances every few seconds."""

    def __init__(self, client: httpx.AsyncClient, signer: Signer, desk: Desk, *, seconds: float) -> None:
        """It is over after `seconds`, so that a socket is tried again."""
        self._client = client
        self._signer = signer
        self._desk = desk
        self._seconds = seconds

    async def run(self, ready: Callable[[], None]) -> None:
        deadline = asyncio.get_running_loop().time() + self._seconds
        while asyncio.get_running_loop().time() < deadline:
            orders = [await self._get(f"/api/v1/orders?status={status}&limit={_MOST_ORDERS}") for status in _LIVE]
            balances = await self._get("/api/v1/balances")
            self._desk.learn_snapshot([row for page in orders for row in page["items"]], balances["items"])
            ready()
            await asyncio.sleep(POLL_SECONDS)

    async def place(self, order: dict[str, Any]) -> dict[str, Any]:
        placed: dict[str, Any] = await ask(self._client, "POST", "/api/v1/orders", order, signer=self._signer)
        return placed

    async def cancel(self, order_id: str) -> None:
        await ask(self._client, "DELETE", f"/api/v1/orders/{order_id}", signer=self._signer)

    async def cancel_all(self, symbol: str) -> None:
        await ask(self._client, "DELETE", f"/api/v1/orders?symbol={symbol}", signer=self._signer)

    async def _get(self, path: str) -> Any:
        return await ask(self._client, "GET", path, signer=self._signer)


_LIVE = ("OPEN", "PARTIAL")


class Connection:
    """One account's connection, for ever: a socket, after some failures HTTP for a while, then a socket again."""

    FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 15.0
    FAILURES_BEFORE_HTTP = 3
    HTTP_SECONDS = 30.0

    def __init__(self, name: str, streams_url: str, client: httpx.AsyncClient, signer: Signer, desk: Desk) -> None:
        self._name = name
        self._streams_url = streams_url
        self._client = client
        self._signer = signer
        self.desk = desk
        self._line: Line | None = None
        self.on_ready: Callable[[], None] = lambda: None
        """Called whenever the desk was told anew, by a new connection."""

    @property
    def is_ready(self) -> bool:
        return self._line is not None and self.desk.is_known

    async def run(self) -> None:
        """Until it is cancelled."""
        failures = 0
        pause = self.FIRST_PAUSE_SECONDS
        while True:
            line: Line
            if failures < self.FAILURES_BEFORE_HTTP:
                line = SocketLine(self._streams_url, self._signer, self.desk)
            else:
                line = HttpLine(self._client, self._signer, self.desk, seconds=self.HTTP_SECONDS)
                failures = 0
            was_ready = await self._run_line(line)
            if was_ready:
                failures, pause = 0, self.FIRST_PAUSE_SECONDS
            else:
                failures += 1
                pause = min(pause * 2, self.LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def _run_line(self, line: Line) -> bool:
        """Whether it was of any use."""
        was_ready = False

        def ready() -> None:
            nonlocal was_ready
            self._line = line
            if not was_ready:
                was_ready = True
                log.info("%s is connected by %s", self._name, type(line).__name__)
                self.on_ready()

        try:
            await line.run(ready)
        except BotError as error:
            log.info("%s lost %s: %s", self._name, type(line).__name__, error)
        finally:
            self._line = None
            self.desk.is_known = False
        return was_ready

    async def place(self, order: dict[str, Any]) -> dict[str, Any]:
        """The order as it is after it was matched; the desk knows it. Raises Refused, Unreachable."""
        placed = await self._there().place(order)
        self.desk.learn_order(placed)
        return placed

    async def cancel(self, order_id: str) -> None:
        """Take an order back; one that has ended already is no matter. Raises Refused, Unreachable."""
        try:
            await self._there().cancel(order_id)
        except Refused as error:
            if error.code not in ("ORDER_NOT_FOUND", "ORDER_NOT_OPEN"):
                raise
        self.desk.end(order_id)

    async def cancel_all(self, symbol: str) -> None:
        """Take everything of one market back. Raises Refused, Unreachable."""
        line = self._there()
        resting = self.desk.orders_of(symbol)
        await line.cancel_all(symbol)
        for order in resting:
            self.desk.end(order.order_id)

    def _there(self) -> Line:
        if self._line is None:
            raise Unreachable("not connected")
        return self._line


async def stop(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """End tasks, all at once, and wait for them; what takes longer than `STOP_SECONDS` is left to the loop's end."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    if tasks:
        ended, _ = await asyncio.wait(tasks, timeout=STOP_SECONDS)
        for task in ended:
            if not task.cancelled():
                task.exception()  # known to nobody else, and no matter any more
