"""The streams process for tests, and a client of its sockets that remembers every frame."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from decimal import Decimal
from types import TracebackType
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from accounts.services import NewApiKey
from accounts.signing import sign
from tests.support import databases
from tests.support.api import PATIENT_WINDOW, next_timestamp_ms

USER_PATH = "/ws/v1/user"
PATIENCE_SECONDS = 60
"""For what comes at once on a machine that is not busy: who waits longer than it takes only waits where it fails."""
_UNHURRIED = {"open_timeout": PATIENCE_SECONDS}
Frame = dict[str, Any]


class StreamsProcess:
    """Starts the process and waits until it listens to the markets; a context manager."""

    def __init__(self, database: str, *, wait: bool = True, **environment: object) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "exchange.streams", "-p", str(self.port)],
            cwd=databases.ROOT,
            env=os.environ
            | {"DATABASE_URL": databases.app_url(database), "STREAM_RECHECK_SECONDS": "0.3"}
            | {name: str(value) for name, value in environment.items()},
        )
        if wait:
            try:
                self.wait_until(200)
            except BaseException:
                self.kill()
                raise

    def health(self) -> int:
        """The status of /health; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=10) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def wait_until(self, status: int, seconds: float = PATIENCE_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while self.health() != status:
            assert self.process.poll() is None, "the streams process has ended"
            assert time.monotonic() < deadline, f"/health does not become {status}"
            time.sleep(0.05)

    def open(self, path: str = "/ws/v1/market", **options: Any) -> "StreamClient":
        """A connection; `options` are those of `websockets.sync.client.connect`."""
        url = f"ws://127.0.0.1:{self.port}{path}"
        connection = connect(url, legacy=True, proxy=None, **{"compression": None, **_UNHURRIED, **options})
        return StreamClient(connection)

    def open_user(self, key: NewApiKey) -> "StreamClient":
        """A private socket, signed in its handshake and ready."""
        client = self.open(USER_PATH, additional_headers=signature_headers(key))
        client.next("hello")
        assert client.next("ready")["username"] == key.api_key.user.username
        return client

    def terminate(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE_SECONDS)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> "StreamsProcess":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.kill()


def signature(key: NewApiKey, *, timestamp: str | None = None, window: str = PATIENT_WINDOW) -> dict[str, str]:
    """Key, timestamp, signature and window as an `auth` frame has them."""
    timestamp = timestamp or str(next_timestamp_ms())
    return {
        "key": key.api_key.key,
        "timestamp": timestamp,
        "signature": sign(key.secret, timestamp, "GET", USER_PATH, b"", window=window),
        "window": window,
    }


def signature_headers(key: NewApiKey, **options: Any) -> dict[str, str]:
    """The same as headers of a handshake."""
    return {f"X-Bourse-{name.capitalize()}": value for name, value in signature(key, **options).items()}


class StreamClient:
    """One socket."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[Frame] = []
        """All that have arrived and were not taken yet."""
        self._ids = 0

    def send(self, op: str, **fields: Any) -> int:
        """Returns the frame's id."""
        self._ids += 1
        self.connection.send(json.dumps({"op": op, "id": self._ids, **fields}))
        return self._ids

    def ask(self, op: str, **fields: Any) -> Frame:
        """The first frame that answers this one; what came before it can still be taken."""
        identifier = self.send(op, **fields)
        return self.take(lambda frame: frame.get("id") == identifier)

    def next(self, kind: str, **values: Any) -> Frame:
        """The next frame of this type that has these values."""
        return self.take(
            lambda frame: frame["type"] == kind and all(frame.get(name) == value for name, value in values.items())
        )

    def take(self, wanted: Callable[[Frame], bool], seconds: float = PATIENCE_SECONDS) -> Frame:
        """The first frame like that, waiting for it; the others stay in order."""
        deadline = time.monotonic() + seconds
        index = 0
        while True:
            while index < len(self.frames):
                if wanted(self.frames[index]):
                    return self.frames.pop(index)
                index += 1
            left = deadline - time.monotonic()
            assert left > 0, f"no such frame among {self.frames[-5:]}"
            self._receive(left)

    def forget(self, old: Callable[[Frame], bool]) -> None:
        """Drop those that have arrived, were not taken, and are like that."""
        self.frames = [frame for frame in self.frames if not old(frame)]

    def drain(self, seconds: float = 0.3) -> list[Frame]:
        """Everything that comes until nothing has come for so long."""
        while True:
            try:
                self._receive(seconds)
            except TimeoutError:
                frames, self.frames = self.frames, []
                return frames

    def closed_with(self, seconds: float = PATIENCE_SECONDS) -> int:
        """The code with which the server closes; 0 where it said nothing."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self._receive(deadline - time.monotonic())
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd is not None else 0

    def error_code(self) -> str:
        """The code of the next error, which has the one shape."""
        frame = self.next("error")
        assert set(frame) == {"type", "id", "error"}
        assert set(frame["error"]) - {"retry_after"} == {"code", "message", "details", "request_id", "timestamp"}
        return str(frame["error"]["code"])

    def close(self) -> None:
        self.connection.close()

    def _receive(self, seconds: float) -> None:
        self.frames.append(json.loads(self.connection.recv(timeout=max(seconds, 0.001))))


class ClientBook:
    """A book as a client keeps it, by the rules of docs/streams.md. Any frame that does not join is an error."""

    def __init__(self) -> None:
        self.update_id = 0
        self.sides: dict[str, dict[str, str]] = {"bids": {}, "asks": {}}
        self.snapshots = 0
        self.updates = 0

    def take(self, frame: Frame) -> None:
        if frame["type"] == "snapshot":
            self.snapshots += 1
            for side in self.sides:
                self.sides[side] = {}
        else:
            self.updates += 1
            assert self.snapshots, "an update before the first snapshot"
            assert frame["first_update_id"] == self.update_id + 1, "a gap"
            assert frame["last_update_id"] >= frame["first_update_id"]
        for side, levels in self.sides.items():
            for price, quantity in frame[side]:
                if quantity == "0":
                    levels.pop(price, None)
                else:
                    levels[price] = quantity
        self.update_id = frame["last_update_id"]

    def levels(self) -> dict[str, list[str]]:
        """Both sides as "price:quantity", best first."""
        return {
            side: [f"{price}:{levels[price]}" for price in sorted(levels, key=Decimal, reverse=side == "bids")]
            for side, levels in self.sides.items()
        }
