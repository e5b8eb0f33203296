"""Traders with sockets: each keeps some orders on their way and counts the results.

Raw asyncio: what this process uses of the machine, the server does not have.
"""

import argparse
import asyncio
import itertools
import json
import random
import sys
import time
from collections import Counter, deque
from typing import Any, cast

import orjson
import uvloop

from accounts.signing import sign

USER_PATH = "/ws/v1/user"
WARM_UP_SECONDS = 2.0
CONNECT_SECONDS = 30.0
_MASK = b"\0\0\0\0"
"""A mask that changes nothing: clients must have one."""


def order_body(rng: random.Random, symbol: str) -> dict[str, str]:
    """80 % limit orders around 500, most of which rest, and 20 % market orders."""
    side = rng.choice(("BUY", "SELL"))
    quantity = f"{rng.randint(1, 100) / 1000:.3f}"
    if rng.random() < 0.2:
        return {"symbol": symbol, "side": side, "type": "MARKET", "quantity": quantity}
    price = f"{500 + rng.gauss(0.5 if side == 'SELL' else -0.5, 0.4):.2f}"
    return {"symbol": symbol, "side": side, "type": "LIMIT", "price": price, "quantity": quantity}


class Results:
    """What came back while it was counted. Latencies in milliseconds, from the moment an order was due."""

    def __init__(self) -> None:
        self.is_counting = False
        self.statuses: Counter[str] = Counter()
        self.latencies_ms: list[float] = []
        self.failures: deque[Any] = deque(maxlen=5)

    def count(self, frame: dict[str, Any], due_at: float) -> None:
        if not self.is_counting:
            return
        self.latencies_ms.append((time.perf_counter() - due_at) * 1000)
        self.statuses[str(frame["status"]) if frame["type"] == "result" else frame["error"]["code"]] += 1
        if frame["type"] != "result":
            self.failures.append(frame["error"])

    @property
    def accepted(self) -> int:
        return self.statuses["201"] + self.statuses["202"]

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies_ms)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else 0.0


class Trader(asyncio.Protocol):
    """One signed socket. As fast as results come it sends, `in_flight` at a time; or when `send` is called."""

    def __init__(self, port: int, key: str, secret: str, symbol: str, seed: int, results: Results) -> None:
        self.is_ready = asyncio.get_running_loop().create_future()
        self.repeats = False
        timestamp = str(time.time_ns() // 1_000_000)
        self._handshake = (
            f"GET {USER_PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"X-Bourse-Key: {key}\r\nX-Bourse-Timestamp: {timestamp}\r\n"
            f"X-Bourse-Signature: {sign(secret, timestamp, 'GET', USER_PATH, b'')}\r\n\r\n"
        ).encode()
        self._symbol = symbol
        self._rng = random.Random(seed)
        self._ids = itertools.count(1)
        self._due: dict[int, float] = {}
        self._results = results
        self._buffer = b""
        self._is_open = False

    @property
    def waiting(self) -> int:
        return len(self._due)

    def send(self, due_at: float | None = None) -> None:
        identifier = next(self._ids)
        self._due[identifier] = due_at if due_at is not None else time.perf_counter()
        order = order_body(self._rng, self._symbol)
        payload = orjson.dumps({"op": "place", "id": identifier, "order": order})
        length = len(payload)
        header = bytes((0x81, 0x80 | length)) if length < 126 else b"\x81\xfe" + length.to_bytes(2, "big")
        self._transport.write(header + _MASK + payload)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._handshake)

    def connection_lost(self, _error: Exception | None) -> None:
        if self._due or not self.is_ready.done():
            self._results.failures.append("a connection was lost")

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        if not self._is_open:
            head, separator, buffer = buffer.partition(b"\r\n\r\n")
            if not separator:
                self._buffer = head
                return
            self._is_open = True
        start = 0
        while len(buffer) - start >= 2:
            length, offset = buffer[start + 1], start + 2
            if length == 126:
                length, offset = int.from_bytes(buffer[offset : offset + 2], "big"), offset + 2
            if len(buffer) < offset + length:
                break
            if buffer[start] & 0x0F == 1:
                self._take(orjson.loads(buffer[offset : offset + length]))
            start = offset + length
        self._buffer = buffer[start:]

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "ready":
            self.is_ready.set_result(None)
        elif frame["type"] in ("result", "error"):
            self._results.count(frame, self._due.pop(frame["id"], time.perf_counter()))
            if self.repeats:
                self.send()


async def run(
    *, port: int, symbol: str, keys: list[list[str]], in_flight: int, seconds: float, per_second: float
) -> dict[str, Any]:
    """All traders at once; at full speed, or together so many orders a second."""
    loop = asyncio.get_running_loop()
    results = Results()
    traders: list[Trader] = []
    for seed, (key, secret) in enumerate(keys):
        _, trader = await loop.create_connection(
            lambda key=key, secret=secret, seed=seed: Trader(port, key, secret, symbol, seed, results),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
        traders.append(trader)
        await asyncio.wait_for(trader.is_ready, CONNECT_SECONDS)
    if per_second:
        results.is_counting = True
        started = time.perf_counter()
        for number in range(int(per_second * seconds)):
            due_at = started + number / per_second
            await asyncio.sleep(max(0.0, due_at - time.perf_counter()))
            traders[number % len(traders)].send(due_at)
    else:
        for trader in traders:
            trader.repeats = True
            for _ in range(in_flight):
                trader.send()
        await asyncio.sleep(WARM_UP_SECONDS)
        results.is_counting, started = True, time.perf_counter()
        await asyncio.sleep(seconds)
    took = time.perf_counter() - started
    figures = {
        "orders_per_second": round(results.accepted / took, 1),
        "p50_ms": results.percentile_ms(0.50),
        "p99_ms": results.percentile_ms(0.99),
        "statuses": dict(results.statuses),
        "failures": list(results.failures),
    }
    for trader in traders:
        trader.repeats = False
    give_up_at = time.perf_counter() + CONNECT_SECONDS
    while any(trader.waiting for trader in traders) and time.perf_counter() < give_up_at:
        await asyncio.sleep(0.05)
    return {**figures, "unanswered": sum(trader.waiting for trader in traders)}


def main() -> None:
    """Print the figures as one JSON object; keys and secrets come on standard input, as nobody else may see them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--symbol", required=True)
    parser.add_argument("--in-flight", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--per-second", type=float, default=0.0)
    uvloop.install()
    print(json.dumps(asyncio.run(run(keys=json.load(sys.stdin), **vars(parser.parse_args())))))
