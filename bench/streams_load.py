"""Clients of one market's book stream: many sockets in one process, each checking that its update ids join.

Raw asyncio: what this process uses of the machine, the server does not have.
"""

import argparse
import asyncio
import json
import time
from collections import Counter
from datetime import datetime
from typing import cast

import orjson
import uvloop

_HANDSHAKE = (
    "GET /ws/v1/market HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_MASK = b"\0\0\0\0"
"""A mask that changes nothing: clients must have one."""

CONNECTING_TOGETHER = 20
CONNECT_SECONDS = 30.0
CALM_SECONDS = 2.0
"""Between the last snapshot and the measurement."""


class Figures:
    """What all clients saw. Delays in whole tenths of milliseconds, counted."""

    def __init__(self) -> None:
        self.is_measuring = False
        self.messages = 0
        self.bytes = 0
        self.gaps = 0
        self.snapshots = 0
        self.lost = 0
        self.newest: Counter[int] = Counter()
        """From the newest change in a message to its arrival."""
        self.oldest: Counter[int] = Counter()
        """From the newest change of the message before it, which is older than the oldest one in this."""
        self._times: dict[str, float] = {}

    def time_of(self, text: str) -> float:
        at = self._times.get(text)
        if at is None:
            if len(self._times) > 1_000:
                self._times.clear()
            at = self._times[text] = datetime.fromisoformat(text).timestamp()
        return at


class BookClient(asyncio.Protocol):
    def __init__(self, port: int, symbol: str, figures: Figures) -> None:
        self.has_snapshot = asyncio.get_running_loop().create_future()
        self._hello = _HANDSHAKE.format(port=port).encode()
        self._subscribe = orjson.dumps({"op": "subscribe", "channel": "book", "symbols": [symbol]})
        self._figures = figures
        self._buffer = b""
        self._is_open = False
        self._update_id = -1
        self._last_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._hello)

    def connection_lost(self, _error: Exception | None) -> None:
        self._figures.lost += 1

    def data_received(self, data: bytes) -> None:
        now = time.time()
        buffer = self._buffer + data if self._buffer else data
        if not self._is_open:
            head, separator, buffer = buffer.partition(b"\r\n\r\n")
            if not separator:
                self._buffer = head
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._is_open = True
            self._transport.write(bytes((0x81, 0x80 | len(self._subscribe))) + _MASK + self._subscribe)
        start = 0
        while len(buffer) - start >= 2:
            length, offset = buffer[start + 1], start + 2
            if length == 126:
                length, offset = int.from_bytes(buffer[offset : offset + 2], "big"), offset + 2
            elif length == 127:
                length, offset = int.from_bytes(buffer[offset : offset + 8], "big"), offset + 8
            if len(buffer) < offset + length:
                break
            if buffer[start] & 0x0F == 1:
                self._take(orjson.loads(memoryview(buffer)[offset : offset + length]), length, now)
            elif buffer[start] & 0x0F == 9:
                self._transport.write(bytes((0x8A, 0x80 | length)) + _MASK + buffer[offset : offset + length])
            start = offset + length
        self._buffer = buffer[start:]

    def _take(self, frame: dict[str, object], length: int, now: float) -> None:
        figures = self._figures
        if frame["type"] == "update":
            at = figures.time_of(str(frame["at"]))
            if frame["first_update_id"] != self._update_id + 1:
                figures.gaps += 1
            if figures.is_measuring:
                figures.messages += 1
                figures.bytes += length
                figures.newest[round((now - at) * 10_000)] += 1
                figures.oldest[round((now - (self._last_at or at)) * 10_000)] += 1
            self._last_at = at
        elif frame["type"] == "snapshot":
            figures.snapshots += 1
            if not self.has_snapshot.done():
                self.has_snapshot.set_result(None)
        else:
            assert frame["type"] in ("hello", "subscribed"), frame
            return
        self._update_id = int(str(frame["last_update_id"]))


async def run(*, port: int, symbol: str, clients: int, seconds: float) -> dict[str, float | int]:
    """Connect all, let them settle, and measure for so long."""
    loop = asyncio.get_running_loop()
    figures = Figures()
    for first in range(0, clients, CONNECTING_TOGETHER):
        group = [
            loop.create_connection(lambda: BookClient(port, symbol, figures), "127.0.0.1", port)
            for _ in range(min(CONNECTING_TOGETHER, clients - first))
        ]
        connected = [client.has_snapshot for _, client in await asyncio.gather(*group)]
        await asyncio.wait_for(asyncio.gather(*connected), CONNECT_SECONDS)
    await asyncio.sleep(CALM_SECONDS)
    snapshots, figures.is_measuring = figures.snapshots, True
    started = time.perf_counter()
    await asyncio.sleep(seconds)
    figures.is_measuring, took = False, time.perf_counter() - started
    return {
        "clients": clients,
        "seconds": round(took, 2),
        "messages": figures.messages,
        "messages_per_second": round(figures.messages / took),
        "mean_bytes": round(figures.bytes / max(figures.messages, 1)),
        "interval_ms": round(1000 * clients * took / max(figures.messages, 1), 1),
        "p50_ms": _percentile(figures.newest, 0.50),
        "p99_ms": _percentile(figures.newest, 0.99),
        "worst_ms": _percentile(figures.newest, 1.0),
        "p99_oldest_ms": _percentile(figures.oldest, 0.99),
        "gaps": figures.gaps,
        "snapshots_while_measuring": figures.snapshots - snapshots,
        "lost_connections": figures.lost,
    }


def _percentile(counted: Counter[int], share: float) -> float:
    """Milliseconds below which that share of the delays lies."""
    left = share * counted.total()
    for tenths, count in sorted(counted.items()):
        left -= count
        if left <= 0:
            return tenths / 10
    return 0.0


def main() -> None:
    """Print the figures as one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--symbol", required=True)
    parser.add_argument("--clients", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    uvloop.install()
    print(json.dumps(asyncio.run(run(**vars(parser.parse_args())))))
