"""A load generator that costs little beside what it measures: one thread, raw sockets, requests signed as they go."""

import random
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from accounts.signing import sign


@dataclass(frozen=True, slots=True)
class Client:
    """A key and its secret."""

    key: str
    secret: str


@dataclass(slots=True)
class LoadResult:
    """What came back. Latencies in milliseconds, from the moment a request was due to its whole answer."""

    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers of status 2xx a second."""
        good = sum(count for status, count in self.statuses.items() if 200 <= status < 300)
        return good / self.seconds

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class _Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.due_at = 0.0

    def send(self, request: bytes, due_at: float) -> None:
        self.due_at = due_at
        self.buffer = b""
        self.socket.sendall(request)

    def receive(self) -> tuple[int, bytes] | None:
        """Status and body once the whole answer is there."""
        received = self.socket.recv(65536)
        if not received:
            raise ConnectionError("the server closed the connection")
        self.buffer += received
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator:
            return None
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        return (int(head[9:12]), body) if len(body) >= length else None


def run_load(
    *,
    port: int,
    path: str | Callable[[random.Random], str],
    clients: list[Client],
    body: Callable[[random.Random], bytes] | None = None,
    seconds: float,
    connections: int,
    per_second: float | None = None,
    seed: int = 1,
) -> LoadResult:
    """POST `body`, or GET without one, for so long over so many connections: as fast as answers come, or at a rate.

    At a fixed rate a request that finds all connections busy waits, and its latency counts from when it was due.
    """
    rng = random.Random(seed)
    result = LoadResult()
    signed_ms: dict[str, int] = {}
    selector = selectors.DefaultSelector()
    idle = deque(_Connection(port) for _ in range(connections))
    everyone = list(idle)
    for connection in everyone:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    started = time.perf_counter()
    due_at, sent = started, 0
    busy = 0
    while True:
        now = time.perf_counter()
        is_over = now >= started + seconds
        while idle and not is_over and (per_second is None or due_at <= now):
            client = clients[sent % len(clients)]
            connection = idle.popleft()
            asked = path if isinstance(path, str) else path(rng)
            # The same question twice within a millisecond would have the same signature, which counts once.
            at_ms = signed_ms[client.key] = max(time.time_ns() // 1_000_000, signed_ms.get(client.key, 0) + 1)
            request = _request(client, asked, None if body is None else body(rng), port, at_ms)
            connection.send(request, now if per_second is None else due_at)
            sent += 1
            busy += 1
            if per_second is not None:
                due_at = started + sent / per_second
        if is_over and not busy:
            break
        timeout = 1.0 if per_second is None or is_over else max(0.0, min(1.0, due_at - time.perf_counter()))
        for key, _ in selector.select(timeout if busy or per_second is not None else 0):
            answer = key.data.receive()
            if answer is None:
                continue
            status, content = answer
            result.latencies_ms.append((time.perf_counter() - key.data.due_at) * 1000)
            result.statuses[status] = result.statuses.get(status, 0) + 1
            if status >= 300 and len(result.failures) < 5:
                result.failures.append(content.decode(errors="replace")[:300])
            busy -= 1
            idle.append(key.data)
    result.seconds = time.perf_counter() - started
    for connection in everyone:
        connection.socket.close()
    return result


def _request(client: Client, path: str, posted: bytes | None, port: int, at_ms: int) -> bytes:
    method, body = ("GET", b"") if posted is None else ("POST", posted)
    timestamp = str(at_ms)
    signature = sign(client.secret, timestamp, method, path, body)
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nX-Bourse-Key: {client.key}\r\nX-Bourse-Timestamp: {timestamp}\r\n"
        f"X-Bourse-Signature: {signature}\r\n\r\n"
    ).encode() + body
