"""Traders that go on while things break: each keeps a record of what the exchange has promised it.

A promise is an answer that names an order: 2xx, or a refusal by the engine. An attempt whose outcome is unknown (no
answer, or a 5xx) is repeated under its client_order_id until it is answered; the answer must be the first one's.
"""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from accounts.signing import sign

ANSWER_SECONDS = 30.0
REPEAT_SECONDS = 0.2
PATIENCE_SECONDS = 120.0
"""How long an attempt is repeated before the exchange counts as not recovered."""
ERROR_FIELDS = {"code", "message", "details", "request_id", "timestamp"}
PRICES = {"BTC-USDT": 65_000, "ETH-USDT": 3_200}
OF_THE_SIGNATURE = {"SIGNATURE_REPLAYED", "TIMESTAMP_STALE"}
"""Codes that say nothing about the request: it is signed anew."""


class ConnectionLost(Exception):
    """No whole answer came: what became of the request is unknown."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and JSON body of an answer."""

    status: int
    body: dict[str, Any]

    @property
    def code(self) -> str:
        """The error's code; empty where it is none."""
        return str(self.body["error"]["code"]) if self.has_error_shape else ""

    @property
    def has_error_shape(self) -> bool:
        error = self.body.get("error")
        return isinstance(error, dict) and error.keys() >= ERROR_FIELDS

    @property
    def order_id(self) -> str | None:
        """The order that this answer speaks of, if any."""
        if self.status < 300:
            return str(self.body["id"])
        named = self.body["error"]["details"].get("order_id") if self.has_error_shape else None
        return str(named) if named and self.status < 500 else None


class SignedClient:
    """One key on one kept-alive connection; not for several threads."""

    def __init__(self, port: int, key: str, secret: str) -> None:
        self._key, self._secret = key, secret
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Reply:
        """Send once, signed now. Raises ConnectionLost."""
        data = json.dumps(body).encode() if body is not None else b""
        timestamp = str(time.time_ns() // 1_000_000)
        headers = {
            "Content-Type": "application/json",
            "X-Bourse-Key": self._key,
            "X-Bourse-Timestamp": timestamp,
            "X-Bourse-Signature": sign(self._secret, timestamp, method, path, data),
        }
        try:
            self._connection.request(method, path, data or None, headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise ConnectionLost(repr(error)) from error
        try:
            parsed = json.loads(content)
        except ValueError:
            parsed = {"not_json": content[:200].decode(errors="replace")}
        return Reply(response.status, parsed)

    def read(self, path: str) -> dict[str, Any]:
        """GET until it is answered 200, also through outages and rate limits; AssertionError where it never is."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                reply = self.call("GET", path)
            except ConnectionLost as lost:
                reply = Reply(0, {"lost": str(lost)})
            if reply.status == 200:
                return reply.body
            is_passing = reply.status in (0, 429, 503) or reply.code in OF_THE_SIGNATURE
            assert is_passing, f"GET {path}: {reply}"
            assert time.monotonic() < deadline, f"GET {path}: {reply}"
            time.sleep(REPEAT_SECONDS)

    def pages(self, path: str) -> list[dict[str, Any]]:
        """All items of a paginated list."""
        items: list[dict[str, Any]] = []
        cursor = ""
        while True:
            separator = "&" if "?" in path else "?"
            page = self.read(f"{path}{separator}limit=200" + (f"&cursor={quote(cursor)}" if cursor else ""))
            items += page["items"]
            cursor = page["next_cursor"] or ""
            if not cursor:
                return items

    def close(self) -> None:
        self._connection.close()


@dataclass(slots=True)
class Promises:
    """What one user was told. `problems` are answers that break the contract of the API."""

    orders: dict[str, str] = field(default_factory=dict)
    """client_order_id to order id."""
    refused: dict[str, str] = field(default_factory=dict)
    """client_order_id to the code with which nothing was accepted."""
    cancelled: set[str] = field(default_factory=set)
    """Orders whose cancellation was accepted."""
    repeated: set[str] = field(default_factory=set)
    """client_order_ids of which more than one request was sent."""
    answers: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    slowest_answer_seconds: float = 0.0


class Trader(threading.Thread):
    """Places, repeats and cancels orders of one user until `stop`; every thread of a user needs a `name` of its own."""

    def __init__(self, client: SignedClient, name: str, promises: Promises, *, seed: int, pause_seconds: float) -> None:
        super().__init__(name=name, daemon=True)
        self.client = client
        self.promises = promises
        self._random = random.Random(seed)
        self._pause_seconds = pause_seconds
        self._stopping = threading.Event()
        self._bodies: list[dict[str, Any]] = []
        self._placed = 0

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        try:
            while not self._stopping.wait(self._random.uniform(0.5, 1.5) * self._pause_seconds):
                self._act()
        except Exception as error:
            self.promises.problems.append(f"{self.name} ended: {error!r}")
        finally:
            self.client.close()

    def _act(self) -> None:
        draw = self._random.random()
        if draw < 0.25 and self._bodies:
            self._cancel(self._random.choice(self._bodies[-30:])["client_order_id"])
        elif draw < 0.30 and self._bodies:
            self._place(self._random.choice(self._bodies))
        else:
            self._bodies.append(self._new_order(is_market=draw < 0.45))
            self._place(self._bodies[-1])

    def _new_order(self, *, is_market: bool) -> dict[str, Any]:
        self._placed += 1
        symbol = self._random.choice(list(PRICES))
        order: dict[str, Any] = {
            "symbol": symbol,
            "side": self._random.choice(["BUY", "SELL"]),
            "client_order_id": f"{self.name}-{self._placed}",
        }
        if is_market:
            by_quote = {"quote_amount": str(self._random.randint(10, 90))}
            by_base = {"quantity": f"0.00{self._random.randint(1, 9)}" if symbol == "BTC-USDT" else "0.02"}
            return order | {"type": "MARKET"} | self._random.choice([by_quote, by_base])
        price = PRICES[symbol] + self._random.randint(-40, 40)
        return order | {"type": "LIMIT", "price": str(price), "quantity": f"0.0{self._random.randint(10, 50)}"}

    def _place(self, body: dict[str, Any]) -> None:
        """Send until it is answered; then note the promise, or that it is not the one made before."""
        name = body["client_order_id"]
        known = self.promises.orders.get(name)
        if known is not None or name in self.promises.refused:
            self.promises.repeated.add(name)
        reply = self._answered("POST", "/api/v1/orders", body, name)
        if reply.order_id is None:
            self.promises.refused[name] = reply.code
            if known is not None:
                self.promises.problems.append(f"{name} was order {known}, its repeat was answered {reply}")
            return
        if known is not None and reply.order_id != known:
            self.promises.problems.append(f"{name} was order {known}, its repeat is order {reply.order_id}")
        self.promises.orders[name] = reply.order_id

    def _cancel(self, name: str) -> None:
        order_id = self.promises.orders.get(name)
        if order_id is not None and self._answered("DELETE", f"/api/v1/orders/{order_id}").status < 300:
            self.promises.cancelled.add(order_id)

    def _answered(self, method: str, path: str, body: dict[str, Any] | None = None, name: str = "") -> Reply:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            reply = self._attempt(method, path, body)
            if reply is not None and reply.code not in OF_THE_SIGNATURE and reply.status not in (429, 500, 503):
                return reply
            if time.monotonic() > deadline:
                raise TimeoutError(f"{method} {path}: no answer in {PATIENCE_SECONDS:.0f} s, last {reply}")
            if name:
                self.promises.repeated.add(name)
            time.sleep(REPEAT_SECONDS)

    def _attempt(self, method: str, path: str, body: dict[str, Any] | None) -> Reply | None:
        started = time.monotonic()
        try:
            reply = self.client.call(method, path, body)
        except ConnectionLost:
            self.promises.answers["lost"] += 1
            return None
        self.promises.slowest_answer_seconds = max(self.promises.slowest_answer_seconds, time.monotonic() - started)
        self.promises.answers[f"{reply.status} {reply.code}".strip()] += 1
        if reply.status == 500 or (reply.status >= 300 and not reply.has_error_shape):
            self.promises.problems.append(f"{method} {path}: {reply}")
        return reply
