"""A real `./bourse up` of a test: a home of its own, free ports, and what it says."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from exchange.embedded.guard import processes_in_folder, processes_of_home
from exchange.embedded.ports import free_port

CHECKOUT = Path(__file__).resolve().parents[2]
READY_SECONDS = 300
STOP_SECONDS = 120
"""A stop may take each layer's seconds one after the other, and longer where all cores are busy."""
KEPT = {"PATH", "HOME", "LANG", "TMPDIR", "HTTPS_PROXY", "https_proxy", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"}
"""Where things are, and how packages are reached."""


class Instance:
    """One `./bourse up` in a home of its own."""

    def __init__(self, home: Path, *options: str, checkout: Path = CHECKOUT, **settings: str) -> None:
        """`options` go to `./bourse up`; `settings` are variables of its environment."""
        self.home = home
        self.options = options
        self.checkout = checkout
        self.settings = settings
        self.port, self.stream_port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.output = home.with_name(f"{home.name}.out")

    def run(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """A ./bourse command to its end, without input."""
        return subprocess.run(
            [sys.executable, str(self.checkout / "bourse"), *arguments],
            env=self.variables() | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=READY_SECONDS,
            check=False,
        )

    def variables(self) -> dict[str, str]:
        """A plain user's environment: nothing of the services that the tests themselves run on."""
        kept = {name: value for name, value in os.environ.items() if name in KEPT}
        return kept | self.settings | {"BOURSE_HOME": str(self.home), "BOURSE_VENV": sys.prefix}

    def arguments(self) -> list[str]:
        return ["up", "--port", str(self.port), "--stream-port", str(self.stream_port), *self.options]

    def start(self) -> float:
        """Start and wait until it says that it is ready; the seconds that it took."""
        started = time.monotonic()
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(self.checkout / "bourse"), *self.arguments()],
                env=self.variables(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        process = self.process
        wait_for(lambda: self.says("Bourse is ready") or process.poll() is not None)
        assert self.process.poll() is None, self.output.read_text()
        return time.monotonic() - started

    def says(self, text: str) -> bool:
        return text in self.output.read_text()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)

    def answers(self) -> bool:
        """Does web answer a request that reads the database?"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("GET", "/api/v1/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def pid_of(self, name: str) -> int:
        """The first process of a program, 0 while there is none. The services overwrite their environment."""
        if name == "postgres":
            try:
                return int((self.home / "postgres/data/postmaster.pid").read_text().split()[0])
            except (OSError, ValueError, IndexError):
                return 0
        if name == "redis":
            return min(processes_in_folder(str(self.home / "redis")), default=0)
        return min(self.pids_of(name), default=0)

    def pids_of(self, name: str) -> list[int]:
        """All processes of a program of ours, children included."""
        return [pid for pid in processes_of_home(str(self.home)) if f"|{name}\0" in environment_of(pid)]

    def kill(self, *names: str) -> None:
        """Kill these programs at once, with all their children."""
        for pid in [pid for name in names for pid in self.pids_of(name)]:
            os.kill(pid, signal.SIGKILL)

    def leftovers(self) -> list[int]:
        services = [pid for name in ("postgres/data", "redis") for pid in processes_in_folder(str(self.home / name))]
        return processes_of_home(str(self.home)) + services


def environment_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text()
    except OSError:
        return ""


def wait_for(condition: Callable[[], bool], seconds: float = READY_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def end(instance: Instance) -> None:
    if instance.process is not None and instance.process.poll() is None:
        instance.process.terminate()
        instance.process.wait(STOP_SECONDS)
    link = instance.home / "postgres"
    if link.is_symlink():
        shutil.rmtree(link.resolve(), ignore_errors=True)


def open_to_others(folder: Path) -> None:
    """Let the database's user pass through a test's folder where root runs the tests."""
    if os.geteuid() == 0:
        for each in (folder, *folder.parents[:3]):
            each.chmod(each.stat().st_mode | 0o011)
