"""When `./bourse up` says that it is ready."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from exchange.embedded.health import problems_of
from exchange.embedded.ports import free_port

Serve = Callable[[int, bytes], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a server that answers everything in one way; its port."""
    servers = []

    def start(status: int, body: bytes) -> int:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return int(server.server_address[1])

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_all_is_well(serve: Serve) -> None:
    assert problems_of("127.0.0.1", serve(200, b"{}"), serve(200, b"{}")) == {}


def test_each_part_that_is_not_well_is_named(serve: Serve) -> None:
    unwell = json.dumps({"status": "unavailable", "database": "ok", "matching": "unavailable", "pending_commands": 3})
    assert problems_of("127.0.0.1", serve(503, unwell.encode()), serve(503, b"")) == {
        "matching": "unavailable",
        "streams": "unavailable",
    }


def test_who_does_not_answer(serve: Serve) -> None:
    nobody = free_port()
    assert problems_of("127.0.0.1", nobody, nobody) == {"web": "does not answer yet", "streams": "does not answer yet"}
    assert problems_of("127.0.0.1", serve(500, b"<h1>oops"), serve(200, b"")) == {"web": "answers 500"}
