"""The real nginx with our configuration, in front of whatever a test starts."""

import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

import pytest

from exchange.embedded.ports import free_port
from tests.integration.operations.deployment import DEPLOY

MISSING = "nginx is missing: apt install nginx-light"


def nginx_binary() -> str:
    """Skips the test where there is no nginx; fails it where all checks must run."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return found


class Nginx:
    """One nginx in a folder of its own; a context manager."""

    def __init__(self, folder: Path, *, web_port: int, streams_port: int) -> None:
        self.binary = nginx_binary()
        self.port = free_port()
        self.folder = folder
        self.configuration = folder / "conf"
        shutil.copytree(DEPLOY / "nginx", self.configuration)
        self._replace(
            "upstreams.conf", {"web:8000": f"127.0.0.1:{web_port}", "streams:8001": f"127.0.0.1:{streams_port}"}
        )
        self._replace("servers/http.conf", {"listen 8080": f"listen 127.0.0.1:{self.port}"})
        for path in (folder, *folder.parents[:3]):
            # Its workers are nobody where root runs the tests.
            if os.geteuid() == 0 and path.stat().st_uid == 0:
                path.chmod(path.stat().st_mode | 0o011)
        self.process: subprocess.Popen[bytes] | None = None
        self.output = folder / "nginx.out"

    def _replace(self, name: str, texts: dict[str, str]) -> None:
        path = self.configuration / name
        content = path.read_text()
        for old, new in texts.items():
            assert old in content
            content = content.replace(old, new)
        path.write_text(content)

    def command(self, *options: str) -> list[str]:
        return [self.binary, "-p", f"{self.folder}/", "-c", str(self.configuration / "nginx.conf"), *options]

    def check(self) -> "subprocess.CompletedProcess[str]":
        """Its own check of the configuration."""
        return subprocess.run(self.command("-t"), capture_output=True, text=True, check=False)

    def __enter__(self) -> "Nginx":
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                self.command("-g", "daemon off;"), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + 60
        while self.get("/metrics")[0] == 0:
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)

    def get(
        self, path: str, headers: dict[str, str] | None = None, *, data: bytes | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in small letters, and body; status 0 where nobody answers."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers or {})
        try:
            answer = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        except OSError:
            return 0, {}, b""
        with answer:
            found = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, found, answer.read()

    def lines(self) -> list[str]:
        """Its access log."""
        return [line for line in self.output.read_text().splitlines() if re.match(r'{"timestamp"', line)]
