"""Real processes of the exchange for the length of a measurement."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from exchange.embedded.programs import matching_program

START_SECONDS = 60
STOP_SECONDS = 20


@contextlib.contextmanager
def matching_and(command: list[str], *, health_url: str, environment: Mapping[str, object]) -> Iterator[None]:
    """The matching worker and the process that is measured, from when that is healthy until the end.

    `environment` is set for both on top of this process's own.
    """
    variables = os.environ | {name: str(value) for name, value in environment.items()}
    children = [
        subprocess.Popen(child, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for child in (matching_program(Path(sys.executable)).command, command)
    ]
    try:
        wait_until_healthy(health_url)
        yield
    finally:
        stop(children)


def stop(children: list["subprocess.Popen[bytes]"]) -> None:
    """End these processes, the last one first."""
    for child in reversed(children):
        child.terminate()
    for child in children:
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()


def wait_until_healthy(url: str) -> None:
    """Return once it answers. Raises what the last attempt did where that takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
