"""The matching worker and the streams process for benchmarks, as `./bourse up` starts them."""

import contextlib
import os
import resource
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from exchange.embedded.programs import matching_program

NO_LIMIT = 1_000_000
START_SECONDS = 60


@contextlib.contextmanager
def matching_and_streams(**environment: object) -> Iterator[int]:
    """Both, until the end; yields the port of the sockets. Limits on what one address may do are lifted."""
    _allow_many_files()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    lifted = {
        "STREAM_MAX_CONNECTIONS_PER_ADDRESS": NO_LIMIT,
        "STREAM_MAX_FRAMES_PER_SECOND": NO_LIMIT,
        "RATE_LIMIT_ORDERS_PER_KEY": f"{NO_LIMIT}/second",
        "RATE_LIMIT_ORDERS_PER_ADDRESS": f"{NO_LIMIT}/second",
        "RATE_LIMIT_READS_PER_ADDRESS": f"{NO_LIMIT}/second",
    }
    variables = os.environ | {name: str(value) for name, value in (lifted | environment).items()}
    streams = [sys.executable, "-m", "exchange.streams", "-b", "127.0.0.1", "-p", str(port)]
    children = [
        subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in (matching_program(Path(sys.executable)).command, streams)
    ]
    try:
        _wait_until_healthy(port)
        yield port
    finally:
        for child in reversed(children):
            child.terminate()
        for child in children:
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()


def _allow_many_files() -> None:
    """Each socket is a file, here and in the children."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _wait_until_healthy(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
