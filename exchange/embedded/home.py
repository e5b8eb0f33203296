"""The home of one instance: the folder that holds everything it keeps (`var/`, or BOURSE_HOME).

lock               held by the running ./bourse of this home; its text says who that is
instance.json      addresses of the running instance
restored.json      what a restore put here, and where its books stood
secrets.json       passwords and keys, mode 0600; the database is useless without it
house.json         API keys of the house accounts, mode 0600; made anew where it is missing
venv/              the Python environment, unless BOURSE_VENV names another
postgres/data/     the books
redis/             Redis' working folder; it keeps nothing there
chain/             what the simulated chain knows
node/, npm/        Node and its packages' cache, on a machine without Node
mail/              mails that were not sent, as no mail server is named
static/            collected files of the page, where there are any
run/               sockets (or a short folder elsewhere, see `make_run_directory`)
log/               one file per process and step
"""

import base64
import errno
import fcntl
import json
import os
import secrets
import shutil
import stat
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from exchange.bots.house import FILE_NAME
from exchange.embedded.failure import StartError
from exchange.embedded.users import ServiceUser

# A unix socket's path has at most 107 bytes; "/postgres/.s.PGSQL.5432.lock" and a margin come after the folder.
LONGEST_RUN_DIRECTORY = 75
SMALLEST_FREE_BYTES = 200 * 1024**2


@dataclass(frozen=True)
class Home:
    """Paths of one home. `create` makes the folders and proves that they can be written."""

    root: Path

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def redis(self) -> Path:
        return self.root / "redis"

    @property
    def chain(self) -> Path:
        return self.root / "chain"

    @property
    def secrets_file(self) -> Path:
        return self.root / "secrets.json"

    @property
    def instance_file(self) -> Path:
        return self.root / "instance.json"

    @property
    def restored_file(self) -> Path:
        """Left by a restore: from what, and where the books stood. What was paid out later is not in them."""
        return self.root / "restored.json"

    @property
    def lock_file(self) -> Path:
        return self.root / "lock"

    @property
    def has_data(self) -> bool:
        return (self.postgres / "data" / "PG_VERSION").exists() or self.secrets_file.exists()

    def create(self) -> None:
        """Make the folders. Raises StartError for a folder that cannot be written or a full disk."""
        if any(mark in str(self.root) for mark in (" ;", " #", "\n", "'")):
            raise StartError(f"The home folder {self.root} must not contain a quote, a line break, ' ;' or ' #'.")
        try:
            # As root the database runs as another user, who must be able to pass through.
            self.root.mkdir(mode=0o755 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
            self.log.mkdir(mode=0o700, exist_ok=True)
            self.redis.mkdir(mode=0o700, exist_ok=True)
            (self.root / "static").mkdir(exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root) as probe:
                probe.write(b"x")
        except OSError as problem:
            raise unwritable(self.root, problem) from None
        free = shutil.disk_usage(self.root).free
        if free < SMALLEST_FREE_BYTES:
            raise StartError(
                f"The disk of {self.root} is full: {free // 1024**2} MB are free, "
                f"at least {SMALLEST_FREE_BYTES // 1024**2} MB are needed."
            )

    def remove_data(self) -> None:
        """Delete the database, the keys and the logs of this home; the Python environment stays."""
        if self.postgres.is_symlink():
            shutil.rmtree(self.postgres.resolve(), ignore_errors=True)
            self.postgres.unlink()
        # Signed heads of chains that are deleted with the database would accuse the new one.
        for path in (self.postgres, self.redis, self.log, self.chain, self.root / "chain_heads"):
            shutil.rmtree(path, ignore_errors=True)
        for path in (self.secrets_file, self.root / FILE_NAME, self.restored_file):
            path.unlink(missing_ok=True)
        self.create()

    def read_instance(self) -> dict[str, Any]:
        """What the running instance wrote about itself; empty when there is none."""
        try:
            written = json.loads(self.instance_file.read_text())
        except (OSError, ValueError):
            return {}
        return written if isinstance(written, dict) else {}

    def write_instance(self, **facts: Any) -> None:
        write_private(self.instance_file, json.dumps(facts, indent=1))


def unwritable(path: Path, problem: OSError) -> StartError:
    """The sentence for a folder that does not let us write."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return StartError(f"No space is left on the disk of {path}.")
    if problem.errno == errno.EROFS:
        return StartError(f"{path} is on a read-only file system. Set BOURSE_HOME to a folder that can be written.")
    return StartError(
        f"The folder {path} cannot be written ({problem.strerror}). "
        "Set BOURSE_HOME to a folder that this user may write."
    )


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; only its owner may read it."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


class HomeLock:
    """Only one ./bourse works in a home at a time. The kernel lets go of the lock when its holder dies."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._file: IO[str] | None = None

    def acquire(self, purpose: str, *, wait_seconds: float = 0.0) -> None:
        """Take the lock or raise StartError naming the holder's pid; waits up to `wait_seconds` for it."""
        try:
            file = self.home.lock_file.open("a+")
        except OSError as problem:
            raise unwritable(self.home.root, problem) from None
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() < deadline:
                    time.sleep(0.1)
                    continue
                holder = self.holder()
                file.close()
                raise StartError(
                    f"Bourse is already running (pid {holder['pid']}, ./bourse {holder['purpose']}) "
                    f"in {self.home.root}. Stop it first, or set BOURSE_HOME to another folder."
                ) from None
        file.seek(0)
        file.truncate()
        json.dump({"pid": os.getpid(), "purpose": purpose}, file)
        file.flush()
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def holder(self) -> dict[str, Any]:
        """Who holds the lock: `pid` and `purpose`, both "unknown" while the holder is just writing them."""
        try:
            written = json.loads(self.home.lock_file.read_text())
        except (OSError, ValueError):
            written = {}
        return {"pid": written.get("pid", "unknown"), "purpose": written.get("purpose", "unknown")}

    def is_held(self) -> bool:
        """Does another process hold the lock just now?"""
        try:
            with self.home.lock_file.open("a+") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False


def load_secrets(home: Home) -> dict[str, str]:
    """The home's passwords and keys; made once. Raises StartError when they are lost while the books exist."""
    if home.secrets_file.exists():
        try:
            mode = stat.S_IMODE(home.secrets_file.stat().st_mode)
            if mode & 0o077:
                home.secrets_file.chmod(0o600)
            known: dict[str, str] = json.loads(home.secrets_file.read_text())
        except (OSError, ValueError) as problem:
            raise StartError(f"{home.secrets_file} cannot be read ({problem}).") from None
        return known
    if (home.postgres / "data" / "PG_VERSION").exists():
        raise StartError(
            f"{home.secrets_file} is missing, but {home.postgres} holds a database that only its passwords and keys "
            "open. Restore the file from a backup, or begin anew with --fresh."
        )
    made = {
        "owner_password": secrets.token_urlsafe(24),
        "app_password": secrets.token_urlsafe(24),
        "secret_key": secrets.token_urlsafe(48),
        "field_encryption_keys": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    write_private(home.secrets_file, json.dumps(made, indent=1))
    return made


def make_run_directory(home: Home, user: ServiceUser) -> Path:
    """A folder for the sockets: `run/` in the home, or a short one under /tmp (or XDG_RUNTIME_DIR).

    The second where the path is too long for a socket, or where the database's user may not pass through.
    """
    remove_run_directory(home.read_instance().get("run_directory"), home)
    run = home.root / "run"
    shutil.rmtree(run, ignore_errors=True)
    if len(os.fsencode(run)) <= LONGEST_RUN_DIRECTORY and user.can_enter(home.root):
        run.mkdir(mode=0o711)
    else:
        base = None if user.is_other else os.environ.get("XDG_RUNTIME_DIR")
        if base is None or len(base) > LONGEST_RUN_DIRECTORY - 20 or not os.access(base, os.W_OK):
            base = "/tmp"
        run = Path(tempfile.mkdtemp(prefix="bourse-", dir=base))
        run.chmod(0o711)
    sockets = run / "postgres"
    sockets.mkdir(mode=0o700)
    user.own(sockets)
    return run


def remove_run_directory(path: str | Path | None, home: Home) -> None:
    """Remove the socket folder of an instance that has ended; only one that `make_run_directory` made."""
    if path is None:
        return
    run = Path(path)
    is_ours = run == home.root / "run" or run.name.startswith("bourse-")
    if is_ours and run.is_dir() and not run.is_symlink() and run.stat().st_uid == os.geteuid():
        shutil.rmtree(run, ignore_errors=True)
