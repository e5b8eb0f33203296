"""A PostgreSQL of its own for one simulation: it can be stopped in the middle of anything, and is gone afterwards."""

import secrets
import signal
import subprocess
import sysconfig
from pathlib import Path
from types import TracebackType

from exchange.embedded.environment import APP_ROLE, OWNER_ROLE, embedded_database_url
from exchange.embedded.failure import StartError
from exchange.embedded.home import Home
from exchange.embedded.postgres import Postgres, find_binaries
from exchange.embedded.supervise import guarded
from exchange.embedded.users import ServiceUser


class ScratchServer:
    """The server, as a context. Raises StartError where it cannot be started."""

    def __init__(self, folder: Path) -> None:
        """`folder` is empty, and everybody may pass through it."""
        self._run = folder / "run"
        self._owner_password, self._app_password = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        user = ServiceUser.choose()
        binaries = find_binaries(Path(sysconfig.get_paths()["purelib"]), user)
        self._server = Postgres(Home(folder), user, binaries, self._run, is_thrown_away=True)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def owner_url(self) -> str:
        return embedded_database_url(self._run, OWNER_ROLE, self._owner_password)

    @property
    def app_url(self) -> str:
        return embedded_database_url(self._run, APP_ROLE, self._app_password)

    def __enter__(self) -> "ScratchServer":
        server = self._server
        server.home.create()
        self._run.mkdir(mode=0o711)
        server.sockets.mkdir(mode=0o700)
        server.user.own(server.sockets)
        server.initialise(self._owner_password)
        try:
            self._start()
            server.prepare(self._owner_password, self._app_password)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def restart(self) -> None:
        """End all of its processes at once, as a crash does, and wait until it has recovered and answers again."""
        self._stop()
        self._start()

    def _start(self) -> None:
        server = self._server
        user = (server.user.uid, server.user.gid) if server.user.is_other else None
        # It ends with this process, however that ends.
        command = guarded(server.command(), death_signal=signal.SIGQUIT, folder=server.data.resolve(), user=user)
        with (server.home.log / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        server.wait_until_ready(self._owner_password, self._watch)

    def _watch(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            raise StartError("PostgreSQL ended while it was starting.", log=self._server.home.log / "postgres.log")

    def _stop(self) -> None:
        if self._process is not None:
            # PostgreSQL's immediate exit: nothing is finished, nothing is written.
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None
