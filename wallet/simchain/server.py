"""The simulated chain over HTTP: who may speak to it, JSON in and out, and a block every few seconds.

Every request carries the token as `Authorization: Bearer …`; only `GET /health` is open. One connection serves one
request: a client can then never mistake a connection that was closed while idle for a request without an answer.
"""

import hmac
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from wallet.simchain import faults
from wallet.simchain.chain import Chain
from wallet.simchain.doors import DOORS, Door
from wallet.simchain.errors import RequestRefused, malformed

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1024 * 1024
SOCKET_SECONDS = 30


class ChainServer(ThreadingHTTPServer):
    """Serves one chain; `serve_forever` answers, `mine_forever` adds blocks until `stopping` is set."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], chain: Chain, *, token: str) -> None:
        super().__init__(address, _Handler)
        self.chain = chain
        self.token = token
        self.stopping = threading.Event()

    def mine_forever(self, block_seconds: float) -> None:
        while not self.stopping.wait(block_seconds):
            try:
                self.chain.mine()
            except Exception:
                # A full disk, for example: the next block comes when there is room again.
                log.exception("no block was made")

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that went away is its own affair.
        log.debug("a connection broke", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    server: ChainServer
    timeout = SOCKET_SECONDS
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._handle("GET")

    def do_POST(self) -> None:
        self._handle("POST")

    def _handle(self, method: str) -> None:
        url = urlsplit(self.path)
        try:
            # Read before anything is refused: closing a connection with unread bytes would swallow the answer.
            body = self._body()
            if url.path == "/health":
                self._answer(200, {"status": "ok"})
                return
            given = self.headers.get("Authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {self.server.token}".encode()):
                raise RequestRefused("NOT_ALLOWED", "The token is missing or another one.", status=401)
            door = DOORS.get((method, url.path))
            if door is None:
                raise RequestRefused("NO_SUCH_OPERATION", "There is no such operation.", status=404)
            answer, is_silent = self._serve(door, _arguments(method, url.query, body))
            if is_silent:
                raise faults.Silence
            self._answer(200, answer)
        except RequestRefused as refusal:
            self._answer(refusal.status, {"error": {"code": refusal.code, "message": refusal.message}})
        except faults.Silence:
            self.close_connection = True
        except OSError:
            self.close_connection = True
        except Exception:
            log.exception("a request failed")
            self._answer(500, {"error": {"code": "INTERNAL_ERROR", "message": "Something went wrong."}})

    def _serve(self, door: Door, arguments: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        chain = self.server.chain
        is_silent = bool(door.operation) and faults.suffer(
            chain.store, door.operation, is_done=door.is_done(chain, arguments)
        )
        return door.serve(chain, arguments), is_silent

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            raise malformed("The body is too large.")
        return self.rfile.read(int(length))

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        log.debug(format, *arguments)


def _arguments(method: str, query: str, body: bytes) -> dict[str, Any]:
    if method == "GET":
        return dict(parse_qsl(query, keep_blank_values=True))
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        raise malformed("The body is not JSON.") from None
    if not isinstance(content, dict):
        raise malformed("The body is a JSON object.")
    return content
