"""`./bourse backup`: a copy of the running exchange that is known to be good, because it was started and checked.

    copy     pg_basebackup, while trading goes on: the data folder, and the log of what was written meanwhile
    check    the copy is unpacked into a home of its own, started there, and `ledger_verify` runs on it
    pack     copy and keys become one file; it has its name only when it is whole and on disk

The signed heads are copied before the database: they must not name links that the copy does not have.
"""

import os
import re
import shutil
import subprocess
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from json import loads
from pathlib import Path
from typing import Any

from exchange.embedded import archive, environment, virtualenv
from exchange.embedded.archive import Manifest
from exchange.embedded.commands import services_of, temporary_home
from exchange.embedded.console import Console, Step
from exchange.embedded.environment import OWNER_ROLE
from exchange.embedded.failure import StartError
from exchange.embedded.home import Home, load_secrets
from exchange.embedded.postgres import Postgres, find_binaries
from exchange.embedded.server_manifest import check_files
from exchange.embedded.services import Services
from exchange.embedded.supervise import guarded
from exchange.embedded.users import ServiceUser
from exchange.embedded.virtualenv import Virtualenv

HOME_PARTS = ("secrets.json", "chain_heads", "house.json")
"""What a home holds besides the database that the exchange cannot be continued without."""

KEY_VARIABLES = ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "CHAIN_SIGNING_KEY")
ROOM_FACTOR = 2
"""The copy, compressed and unpacked, beside the database itself."""

LOG_NAME = "backup.log"


def backup(checkout: Path, home: Home, to: Path | None) -> int:
    """Make a verified backup of this home; 0 when its file is there.

    Raises StartError where the database is not the embedded one, the target exists, or the copy does not hold.
    """
    require_embedded("back up")
    if not home.has_data:
        raise StartError(f"There is nothing to back up in {home.root}.")
    console = Console()
    started = time.monotonic()
    target = _target(home, to)
    with services_of(checkout, home, "backup", True) as (python, _app, _owner), temporary_home(home, "backup") as own:
        _require_room(home)
        folder = own.root / "copy"
        folder.mkdir(mode=0o700)
        archive.pack_files(folder / archive.HOME, home.root, HOME_PARTS)
        with console.step("copying the database") as step:
            version = _copy_database(_running_server(home, Virtualenv(python.parent.parent)), folder, step)
        standing = unpack_and_verify(checkout, home, own, folder, console)
        manifest = Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            product_version=_product_version(checkout),
            postgres_version=version,
            standing=standing,
            keys_elsewhere=[name for name in KEY_VARIABLES if os.environ.get(name)],
            parts={name: archive.describe_part(folder / name) for name in archive.PARTS},
        )
        with console.step("packing") as step:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            archive.write_archive(target, folder, manifest)
            step.result = f"{target.stat().st_size // 1024**2} MB"
    console.line(f"\nBackup {target}")
    console.line(
        f"  The books stand at {manifest.stands_at}, {standing['journal_entries']} entries; checked and right."
    )
    console.line("  It opens the whole exchange, keys included: keep it encrypted and on another machine.")
    for name in manifest.keys_elsewhere:
        console.line(f"  {name} came from the environment and is not in it: keep it beside the backup.")
    console.line(f"  Done in {time.monotonic() - started:.1f} s.")
    return 0


def require_embedded(what: str) -> None:
    """Raises StartError where the database belongs to somebody else's care."""
    if not environment.uses_embedded_postgres():
        raise StartError(
            f"DATABASE_URL names a PostgreSQL of your own, which this command does not {what}. "
            "docs/operations.md says how to do it with pg_basebackup or pgBackRest."
        )


def unpack_and_verify(
    checkout: Path, home: Home, own: Home, folder: Path, console: Console, *, then: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Start the parts in `folder` as the home `own` and check the books; where they stand.

    `then` are commands that are run on it once the books were found right. `own` holds the stopped copy afterwards.
    Raises StartError where it does not start or the books are not right.
    """
    venv = virtualenv.ensure(home, checkout, console)
    user = ServiceUser.choose()
    binaries = find_binaries(venv.site_packages, user)
    with console.step("unpacking the copy"):
        own.create()
        archive.unpack_files(folder / archive.HOME, own.root)
        Postgres(own, user, binaries, own.root).receive(lambda data: _unpack_database(folder, data))
    with (
        Services(own, checkout, console, purpose="backup", virtualenv_home=home) as services,
        console.step("checking the books of the copy") as step,
    ):
        answers = [
            loads(services.run_step(["manage.py", name, "--json"], name, services.app_environment, step))
            for name in ("ledger_verify", "standing", *then)
        ]
        step.result = f"{answers[0]['entries']} entries, consistent"
    found: dict[str, Any] = answers[1]
    return found


def _unpack_database(folder: Path, data: Path) -> None:
    archive.unpack_files(folder / archive.BASE, data)
    archive.unpack_files(folder / archive.LOG, data / "pg_wal")
    check_files(folder / archive.SERVER_MANIFEST, data)


def _copy_database(server: Postgres, folder: Path, step: Step) -> str:
    """pg_basebackup of the running server into `folder`; the server's version."""
    arrived = folder / "database"
    command = [str(server.binaries / "pg_basebackup"), "--pgdata", str(arrived), "--format=tar", "--wal-method=stream"]
    command += ["--compress=client-gzip:1", "--checkpoint=fast", "--manifest-checksums=SHA256", "--progress"]
    command += ["--no-password", "--host", str(server.sockets), "--port", "5432", "--username", OWNER_ROLE]
    log = server.home.log / LOG_NAME
    with _connected(command, load_secrets(server.home)["owner_password"]) as process, log.open("w") as written:
        assert process.stderr is not None
        for line in process.stderr:
            if match := re.search(r"(\d+)/(\d+) kB \((\d+)%\)", line):
                step.note = f"{match[3]} % of {int(match[2]) // 1024} MB"
            else:
                written.write(line)
    if process.returncode != 0:
        raise StartError("The database could not be copied (pg_basebackup failed).", log=log)
    for part in arrived.iterdir():
        part.rename(folder / part.name)
    return (server.data / "PG_VERSION").read_text().strip()


@contextmanager
def _connected(command: list[str], password: str) -> Iterator["subprocess.Popen[str]"]:
    variables = {"PATH": os.defpath, "PGPASSWORD": password, "LC_ALL": "C"}
    process = subprocess.Popen(
        guarded(command), env=variables, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
        process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _running_server(home: Home, venv: Virtualenv) -> Postgres:
    user = ServiceUser.choose()
    run_directory = Path(home.read_instance().get("run_directory", home.root / "run"))
    return Postgres(home, user, find_binaries(venv.site_packages, user), run_directory)


def _target(home: Home, to: Path | None) -> Path:
    target = (to or home.root / "backups").expanduser().absolute()
    if to is None or target.is_dir():
        target /= f"bourse-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.tar"
    if target.exists():
        raise StartError(f"{target} exists already; a backup overwrites nothing.")
    if not target.parent.exists() and to is not None:
        raise StartError(f"There is no folder {target.parent}.")
    return target


def _require_room(home: Home) -> None:
    size = sum(path.stat().st_size for path in (home.postgres / "data").resolve().rglob("*") if path.is_file())
    free = shutil.disk_usage(home.root).free
    if free < ROOM_FACTOR * size:
        raise StartError(
            f"Not enough room to make and check a copy in {home.root}: {free // 1024**2} MB are free, "
            f"{ROOM_FACTOR * size // 1024**2} MB are needed."
        )


def _product_version(checkout: Path) -> str:
    return str(tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["version"])
