"""What a container engine asks: does the process live?"""

import http.server
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.observability.probe import FRESH_SECONDS, main


@pytest.fixture
def server() -> Iterator[str]:
    """Answers 200 at /good and 503 elsewhere."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/good" else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silence."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


def test_http(server: str) -> None:
    assert main(["http", f"{server}/good"]) == 0
    assert main(["http", f"{server}/bad"]) == 1
    assert main(["http", "http://127.0.0.1:1/"]) == 1
    assert main(["http", "no address"]) == 1


def test_file(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    assert main(["file", str(alive)]) == 1
    alive.touch()
    assert main(["file", str(alive)]) == 0
    old = time.time() - FRESH_SECONDS - 1
    os.utime(alive, (old, old))
    assert main(["file", str(alive)]) == 1


def test_misuse() -> None:
    for arguments in ([], ["http"], ["other", "x"], ["file", "a", "b"]):
        assert main(arguments) == 2


def test_it_starts_quickly_because_it_imports_little() -> None:
    listed = "import sys, exchange.observability.probe; print('django' in sys.modules, 'structlog' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "False"]
