"""supervisord as our child: writes its configuration, starts it, asks it, counts deaths, stops it.

supervisord starts again what dies. `DeathCounter` sets the bound: five deaths of one process in thirty seconds end
the whole, because a process that cannot live needs a person, not another try. If supervisord itself is killed, the
kernel stops its children (guard.py) and `Supervisor.revive` starts anew.
"""

import http.client
import os
import resource
import shlex
import signal
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections import defaultdict, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exchange.embedded.failure import StartError
from exchange.embedded.guard import clear, processes_of_home
from exchange.embedded.home import Home
from exchange.embedded.programs import GROUP_PRIORITIES, Program

GUARD = Path(__file__).with_name("guard.py")
DEATHS, WINDOW_SECONDS = 5, 30.0
STOP_SECONDS = 30.0
ANSWER_SECONDS = 10.0
LEFT_OVER_SECONDS = 15.0


@dataclass
class DeathCounter:
    """Counts the deaths of each process from what supervisord reports; pure, so its rule can be tested.

    A death is seen as a pid that is gone or another, or as a new start without a pid (died between two looks).
    """

    deaths: int = DEATHS
    window_seconds: float = WINDOW_SECONDS
    _last: dict[str, tuple[int, int]] = field(default_factory=dict)
    _times: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def observe(self, name: str, pid: int, started: int, now: float) -> bool:
        """Note what was seen; True if the process has died since the last look."""
        last_pid, last_started = self._last.get(name, (0, started))
        self._last[name] = (pid, started)
        died = pid != last_pid if last_pid else (not pid and started != last_started)
        if died:
            self._times[name].append(now)
        return died

    def forget_last_look(self) -> None:
        """All processes are new ones now, without having died by themselves. The deaths counted stay."""
        self._last.clear()

    def keeps_dying(self, name: str, now: float) -> bool:
        times = self._times[name]
        while times and times[0] < now - self.window_seconds:
            times.popleft()
        return len(times) >= self.deaths


@dataclass
class Supervisor:
    """One supervisord with its programs."""

    home: Home
    python: Path
    checkout: Path
    run_directory: Path
    programs: list[Program]
    environment: dict[str, str]
    _process: subprocess.Popen[bytes] | None = None
    _counter: DeathCounter = field(default_factory=DeathCounter)
    _wanted: list[Program] = field(default_factory=list)

    @property
    def configuration(self) -> Path:
        return self.home.root / "supervisord.conf"

    def start(self) -> None:
        """Start supervisord; the embedded services start with it. Raises StartError if it does not answer."""
        self.configuration.write_text(self._render())
        self.configuration.chmod(0o600)
        mark = f"{self.home.root}|supervisord"
        command = [str(self.python), "-m", "supervisor.supervisord", "-n", "-s", "-c", str(self.configuration)]
        with (self.home.log / "supervisord.out.log").open("w") as output:
            self._process = subprocess.Popen(
                guarded(command, mark=mark, death_signal=signal.SIGTERM, is_supervisor=True),
                cwd=self.checkout,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Its own session: Ctrl-C is for ./bourse alone, which then stops everything in order.
                start_new_session=True,
            )
        deadline = time.monotonic() + ANSWER_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise StartError("supervisord did not start.", log=self.home.log / "supervisord.out.log")
            time.sleep(0.05)

    def start_exchange(self) -> None:
        """Start the processes of the exchange without which nobody trades; the workers first."""
        self._start([program for program in self.programs if not program.comes_later])

    def start_later_ones(self) -> None:
        """Start the other processes of the exchange."""
        self._start([program for program in self.programs if program.comes_later])

    def _start(self, programs: list[Program]) -> None:
        proxy = self._proxy()
        for program in programs:
            if not program.starts_alone:
                self._wanted.append(program)
                proxy.supervisor.startProcess(program.full_name, False)

    def check(self) -> list[str]:
        """Look at all processes; the names of those that have died since the last look and are started again.

        Raises StartError when one keeps dying.
        """
        assert self._process is not None
        now = time.monotonic()
        if self._process.poll() is not None:
            pid = self._process.pid
            self._counter.observe("supervisord", pid, 0, now)
            self._count("supervisord", 0, 0, now, self.home.log / "supervisord.log")
            self._counter.forget_last_look()
            self.start()
            wanted, self._wanted = self._wanted, []
            self._start(wanted)
            return ["supervisord"]
        try:
            reports: Any = self._proxy().supervisor.getAllProcessInfo()
        except (OSError, xmlrpc.client.Error, http.client.HTTPException):
            return []
        died = []
        for report in reports:
            name = str(report["name"])
            log = self.home.log / f"{name}.log"
            if report["statename"] == "FATAL":
                raise StartError(f"The process {name!r} does not start. Everything was stopped.", log=log)
            if self._count(name, int(report["pid"]), int(report["start"]), now, log):
                died.append(name)
        return died

    def _count(self, name: str, pid: int, started: int, now: float, log: Path) -> bool:
        died = self._counter.observe(name, pid, started, now)
        if died and self._counter.keeps_dying(name, now):
            raise StartError(
                f"The process {name!r} keeps dying ({DEATHS} times in {WINDOW_SECONDS:.0f} s). Everything was stopped.",
                log=log,
            )
        return died

    def stop(self) -> None:
        """Stop everything in order: front, workers, Redis, PostgreSQL. Kills what does not go in 30 s."""
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._process = None
        clear_left_overs(self.home)

    def _answers(self) -> bool:
        try:
            self._proxy().supervisor.getState()
        except (OSError, xmlrpc.client.Error, http.client.HTTPException):
            return False
        return True

    def _proxy(self) -> xmlrpc.client.ServerProxy:
        return xmlrpc.client.ServerProxy(
            "http://supervisor/RPC2", transport=_UnixTransport(self.run_directory / "supervisor.sock")
        )

    def _render(self) -> str:
        sections = [
            section("unix_http_server", {"file": self.run_directory / "supervisor.sock", "chmod": "0700"}),
            section(
                "supervisord",
                {
                    "nodaemon": "true",
                    "logfile": self.home.log / "supervisord.log",
                    "logfile_maxbytes": "10MB",
                    "logfile_backups": "3",
                    "pidfile": self.home.root / "supervisord.pid",
                    "directory": self.checkout,
                    "minfds": _open_files_limit(),
                    **({"user": "root"} if os.geteuid() == 0 else {}),
                },
            ),
            section(
                "rpcinterface:supervisor",
                {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"},
            ),
            section("supervisorctl", {"serverurl": f"unix://{self.run_directory / 'supervisor.sock'}"}),
        ]
        for group, priority in GROUP_PRIORITIES.items():
            members = [program.name for program in self.programs if program.group == group]
            if members:
                sections.append(section(f"group:{group}", {"programs": ",".join(members), "priority": priority}))
        sections += [self._render_program(program) for program in self.programs]
        return "\n".join(sections)

    def _render_program(self, program: Program) -> str:
        command = guarded(
            program.command,
            mark=f"{self.home.root}|{program.name}",
            death_signal=program.stop_signal,
            folder=program.folder,
            user=program.user,
            is_supervised=True,
        )
        return section(
            f"program:{program.name}",
            {
                "command": shlex.join([str(self.python), *command[1:]]),
                "environment": ",".join(
                    f'{name}="{value}"' for name, value in program.variables.items() if name not in os.environ
                ),
                "priority": program.priority,
                "autostart": "true" if program.starts_alone else "false",
                "autorestart": "true",
                # Shorter lives than this wait one second longer each time before the next start.
                "startsecs": 5,
                "startretries": 10,
                "stopsignal": program.stop_signal.name.removeprefix("SIG"),
                "stopwaitsecs": program.stop_seconds,
                "killasgroup": "true",
                "redirect_stderr": "true",
                "stdout_logfile": self.home.log / f"{program.name}.log",
                "stdout_logfile_maxbytes": "10MB",
                "stdout_logfile_backups": "3",
            },
        )


def guarded(
    command: list[str],
    *,
    mark: str | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    folder: Path | None = None,
    user: tuple[int, int] | None = None,
    is_supervised: bool = False,
    is_supervisor: bool = False,
) -> list[str]:
    """The command behind guard.py. `is_supervised`: supervisord is the parent, not this process, and the process gets a
    session of its own."""
    options = ["--death-signal", str(int(death_signal))]
    options += ["--session", "own"] if is_supervised else ["--parent", str(os.getpid())]
    if is_supervisor:
        options += ["--supervisor", "yes"]
    if mark is not None:
        options += ["--mark", mark]
    if folder is not None:
        options += ["--folder", str(folder)]
    if user is not None:
        options += ["--user", f"{user[0]}:{user[1]}"]
    return [sys.executable, "-I", "-S", str(GUARD), *options, "--", *command]


def clear_left_overs(home: Home) -> int:
    """End what an earlier life of this home left running; processes stopping by themselves get 15 s. How many."""
    return clear(lambda: processes_of_home(str(home.root)), signal.SIGTERM, LEFT_OVER_SECONDS)


def section(name: str, settings: dict[str, Any]) -> str:
    """One section of supervisord's configuration; its values are format strings, so % is doubled."""
    lines = [f"{key}={str(value).replace('%', '%%')}" for key, value in settings.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def _open_files_limit() -> int:
    """As many open files as we may have, up to 65,536: each stream client needs one."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return 65_536 if hard == resource.RLIM_INFINITY else min(65_536, hard)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("supervisor", timeout=ANSWER_SECONDS)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class _UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        return _UnixConnection(self.path)
