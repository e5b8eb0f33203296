"""The page: built with Node when its sources have changed, while everything else starts.

`frontend/dist` is what web serves. It is replaced in one step by a build that went well, so a failed one leaves the
last good one as it is; it carries the hash of the sources it was made from. Two ./bourse on one checkout build one
after the other, and the second finds the work done.
"""

import fcntl
import gzip
import hashlib
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.embedded import node
from exchange.embedded.console import Console
from exchange.embedded.failure import StartError
from exchange.embedded.home import Home, unwritable
from exchange.embedded.supervise import guarded

SKIPPED = {"node_modules", "dist"}
COMPRESSED = {".js", ".css", ".svg", ".json"}
SMALLEST_COMPRESSED_BYTES = 1024
STOP_SECONDS = 5.0
INSTEAD = "Mend it, or start without building it: ./bourse up --no-page"


class PageBuild:
    """One build in a thread of its own. `start`, then `wait` where the page is needed; `stop` in any case."""

    def __init__(self, checkout: Path, home: Home) -> None:
        self.checkout = checkout
        self.home = home
        self.frontend = checkout / "frontend"
        self.note = ""
        self.log = home.log / "page.log"
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False
        self._node_folder: Path | None = None

    def __enter__(self) -> "PageBuild":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def exists(self) -> bool:
        """Whether there are sources to build at all."""
        return (self.frontend / "package-lock.json").exists()

    @property
    def is_building(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin, if the built page is not that of the sources."""
        if self.exists and not self.is_current():
            self._thread = threading.Thread(target=self._build, name="page", daemon=True)
            self._thread.start()

    def wait(self, console: Console) -> None:
        """Show the build as a step until it has ended. Raises StartError with the end of its log when it failed."""
        if self._thread is None:
            return
        with console.step("building the page") as step:
            while self._thread.is_alive():
                step.note = self.note
                self._thread.join(0.1)
            step.result = self.note
            self.join()

    def join(self) -> None:
        """Wait without a word. Raises StartError when the build failed."""
        if self._thread is not None:
            self._thread.join()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """End a build that nobody waits for any more."""
        self._is_stopped = True
        deadline = time.monotonic() + STOP_SECONDS
        # As long as the thread lives: it may be about to start a process that is not known yet.
        while self._thread is not None and self._thread.is_alive():
            process = self._process
            if process is not None:
                _signal_group(process, signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL)
            self._thread.join(0.1)

    def is_current(self) -> bool:
        """Was `dist` built from the sources as they are?"""
        try:
            return self._stamp.read_text() == self.sources_digest()
        except OSError:
            return False

    def sources_digest(self) -> str:
        """A hash over all sources, dependencies included by the lock file."""
        digest = hashlib.sha256()
        for path in sorted(_sources(self.frontend)):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(self.frontend)}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()

    def npm(self, *arguments: str) -> list[str]:
        """The command of npm with these arguments; only once the build has been waited for."""
        command = node.npm_command(self._node())
        assert command is not None
        return [*command, *arguments]

    def variables(self) -> dict[str, str]:
        """The environment of Node's programs: its own folder first, its cache in the home."""
        kept = {name: value for name, value in os.environ.items() if name != "NODE_ENV"}
        return {
            **kept,
            "PATH": f"{self._node()}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "npm_config_cache": str(self.home.root / "npm"),
            "npm_config_update_notifier": "false",
            "NO_COLOR": "1",
            "CI": "true",
        }

    def install(self) -> None:
        """Bring `node_modules` to what the lock file says. Raises StartError."""
        modules = self.frontend / "node_modules"
        stamp = modules / ".bourse-lock"
        wanted = hashlib.sha256((self.frontend / "package-lock.json").read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        self.note = "installing its packages"
        command = self.npm("ci", "--include=dev", "--no-audit", "--no-fund")
        self.run("The packages of the page could not be installed (npm ci failed).", command, self.variables())
        stamp.write_text(wanted)

    @property
    def _dist(self) -> Path:
        return self.frontend / "dist"

    @property
    def _stamp(self) -> Path:
        return self._dist / ".vite" / "sources"

    def _node(self) -> Path:
        if self._node_folder is None:
            self._node_folder = node.ensure(self.home, self.checkout, self._set_note, self.run)
        return self._node_folder

    def _set_note(self, note: str) -> None:
        self.note = note

    def _build(self) -> None:
        try:
            self.log.write_text("")
            with _one_at_a_time(self.frontend):
                if not self.is_current():
                    self._build_now()
        except (StartError, AssertionError) as problem:
            self._failure = problem
        except OSError as problem:
            self._failure = unwritable(self.frontend, problem)

    def _build_now(self) -> None:
        started = time.monotonic()
        digest = self.sources_digest()
        self.install()
        self.note = "compiling"
        # Inside node_modules: on the same disk as `dist`, and seen by no tool.
        building, previous = (self.frontend / "node_modules" / f".dist-{name}" for name in ("building", "previous"))
        for folder in (building, previous):
            shutil.rmtree(folder, ignore_errors=True)
        command = self.npm("run", "build", "--", "--outDir", str(building), "--emptyOutDir")
        self.run("The page could not be built (npm run build failed).", command, self.variables())
        _compress(building)
        (building / ".vite" / "sources").write_text(digest)
        if self._dist.exists():
            _keep_files(self._dist, building)
            self._dist.rename(previous)
        building.rename(self._dist)
        shutil.rmtree(previous, ignore_errors=True)
        self.note = f"built in {time.monotonic() - started:.1f} s"

    def run(
        self, failed: str, command: list[str], variables: dict[str, str] | None = None, *, log: Path | None = None
    ) -> None:
        """Run to the end with all output in the log. Raises StartError that says how to go on."""
        if self._is_stopped:
            raise StartError("The build of the page was stopped.")
        log = log or self.log
        with log.open("ab") as output:
            output.write(f"$ {' '.join(command)}\n".encode())
            output.flush()
            self._process = subprocess.Popen(
                guarded(command, mark=f"{self.home.root}|page"),
                cwd=self.frontend,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A group of its own: npm's children are stopped with it.
                start_new_session=True,
            )
            try:
                code = self._process.wait()
            finally:
                self._process = None
        if code != 0:
            raise StartError(f"{failed} {INSTEAD}", log=log)


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in SKIPPED or path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _sources(path)
        elif ".test." not in path.name:
            yield path


def _compress(folder: Path) -> None:
    """Leave a gzipped copy beside each file that becomes smaller by it; web sends that to who takes it."""
    for path in folder.rglob("*"):
        if path.suffix in COMPRESSED and path.stat().st_size >= SMALLEST_COMPRESSED_BYTES:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def _keep_files(old: Path, new: Path) -> None:
    """Bring along what the old build itself was made of: pages that are open somewhere still ask for parts of it."""
    try:
        chunks = json.loads((old / ".vite" / "manifest.json").read_text()).values()
    except (OSError, ValueError):
        return
    for name in {name for chunk in chunks for name in (chunk["file"], *chunk.get("css", []), *chunk.get("assets", []))}:
        for file in (old / name, old / f"{name}.gz"):
            target = new / file.relative_to(old)
            if file.is_file() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, target)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder against other builds; the kernel lets go of it when we die."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _signal_group(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
