"""The Python environment: made once, brought up to date when the requirements files change.

It lies in `venv/` of the home. BOURSE_VENV names another one; if that exists and was not made by us, it is used
as it is and never changed.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from exchange.embedded.console import Console, Step
from exchange.embedded.failure import StartError, tail
from exchange.embedded.home import Home, unwritable

SMALLEST_FREE_BYTES = 1200 * 1024**2
PIP = "pip==26.3"
RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"


@dataclass(frozen=True)
class Virtualenv:
    """Paths of one environment."""

    root: Path

    @property
    def python(self) -> Path:
        return self.root / "bin" / "python"

    @property
    def stamp(self) -> Path:
        return self.root / "bourse-stamp.json"

    @property
    def site_packages(self) -> Path:
        found = sorted((self.root / "lib").glob("python3*/site-packages"))
        if not found:
            raise StartError(f"{self.root} is not a Python environment. Delete it and start again.")
        return found[-1]

    def read_stamp(self) -> dict[str, str]:
        try:
            known = json.loads(self.stamp.read_text())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def ensure(home: Home, checkout: Path, console: Console, *, development: bool = False) -> Virtualenv:
    """The environment with everything installed. Raises StartError when it cannot be made."""
    named = os.environ.get("BOURSE_VENV")
    environment = Virtualenv(Path(named).resolve() if named else home.root / "venv")
    if named and environment.python.exists() and not environment.stamp.exists():
        return environment
    files = [RUNTIME, DEVELOPMENT] if development else [RUNTIME]
    if _is_current(environment, checkout, files):
        return environment
    with _installation_lock(environment.root, console):
        if not _is_current(environment, checkout, files):
            _install(environment, home, checkout, console, files)
    return environment


def _is_current(environment: Virtualenv, checkout: Path, files: list[str]) -> bool:
    known = environment.read_stamp()
    wanted = {name: _digest(checkout / name) for name in files}
    return environment.python.exists() and wanted.items() <= known.items()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


@contextmanager
def _installation_lock(root: Path, console: Console) -> Iterator[None]:
    """Two starts on one environment do not install at the same time."""
    lock = root.with_name(f"{root.name}.lock")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        with lock.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                with console.step("waiting for another ./bourse that installs into the same environment"):
                    fcntl.flock(file, fcntl.LOCK_EX)
            yield
    except PermissionError as problem:
        raise unwritable(lock.parent, problem) from None


def _install(environment: Virtualenv, home: Home, checkout: Path, console: Console, files: list[str]) -> None:
    known = environment.read_stamp()
    if not (known and environment.python.exists()):
        _require_room(environment.root)
        _create(environment, home, console)
        known = {}
    for name in files:
        digest = _digest(checkout / name)
        if known.get(name) == digest or not (checkout / name).exists():
            continue
        purpose = "the tools of the tests" if name == DEVELOPMENT else "the packages"
        with console.step(f"installing {purpose} ({name})") as step:
            _pip_install(environment, checkout / name, home.log / "pip.log", step)
        known[name] = digest
        environment.stamp.write_text(json.dumps(known, indent=1))


def _require_room(root: Path) -> None:
    parent = next(path for path in (root, *root.parents) if path.exists())
    free = shutil.disk_usage(parent).free
    if free < SMALLEST_FREE_BYTES:
        raise StartError(
            f"Not enough room for the Python environment in {parent}: {free // 1024**2} MB are free, "
            f"{SMALLEST_FREE_BYTES // 1024**2} MB are needed."
        )


def _create(environment: Virtualenv, home: Home, console: Console) -> None:
    require_venv_module()
    log = home.log / "venv.log"
    with console.step("making the Python environment"):
        # What an interrupted attempt left is worth nothing; it has no stamp.
        shutil.rmtree(environment.root, ignore_errors=True)
        with log.open("w") as output:
            code = subprocess.call(
                [sys.executable, "-m", "venv", str(environment.root)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            if code != 0:
                raise StartError("The Python environment could not be made (python -m venv failed).", log=log)
            # The pip of Python 3.11 takes three times as long to find what belongs together. Where no newer one can
            # be had, it will do.
            command = [
                str(environment.python),
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-input",
                PIP,
            ]
            subprocess.call(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)


def require_venv_module() -> None:
    """Debian splits `venv` off from Python; say how to get it."""
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise StartError(
                f"Python's module {module!r} is missing, so no environment can be made. "
                f"On Debian and Ubuntu install it with: apt install python{version}-venv"
            )


class _PipProgress:
    """Turns pip's output into "n of m packages"."""

    def __init__(self, environment: Virtualenv, step: Step) -> None:
        self.environment = environment
        self.step = step
        self.collected = 0
        self.total = 0
        self.before = 0
        self.finished = threading.Event()

    def line(self, text: str) -> None:
        if match := re.match(r"Collecting (\S+)", text):
            self.collected += 1
            self.step.note = f"{self.collected} packages found, now {match[1]}"
        elif text.startswith("Installing collected packages:"):
            self.total = text.count(",") + 1
            self.before = self._installed()
            threading.Thread(target=self._count, daemon=True).start()

    def _installed(self) -> int:
        return sum(1 for _ in self.environment.site_packages.glob("*.dist-info"))

    def _count(self) -> None:
        while not self.finished.wait(0.3):
            done = min(self.total, max(0, self._installed() - self.before))
            self.step.note = f"{done} of {self.total} packages installed"


def _pip_install(environment: Virtualenv, requirements: Path, log: Path, step: Step) -> None:
    progress = _PipProgress(environment, step)
    command = [str(environment.python), "-m", "pip", "install", "--requirement", str(requirements)]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        try:
            assert process.stdout is not None
            for text in process.stdout:
                output.write(text)
                output.flush()
                progress.line(text.strip())
            code = process.wait()
        finally:
            progress.finished.set()
            if process.poll() is None:
                process.terminate()
                process.wait()
    if code != 0:
        if any("No space left on device" in text for text in tail(log)):
            raise StartError(f"No space is left on the disk of {environment.root}.", log=log)
        raise StartError(f"The packages in {requirements.name} could not be installed (pip failed).", log=log)
    if progress.total:
        step.result = f"{progress.total} packages"
