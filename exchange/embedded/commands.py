"""`./bourse up`, `bench`, `manage` and `replay`."""

import argparse
import ast
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any

from exchange.bots import house
from exchange.compiled import VARIABLE
from exchange.embedded import environment, ports, virtualenv
from exchange.embedded.compiling import CoreBuild, compiled_folder
from exchange.embedded.console import Console
from exchange.embedded.failure import StartError, StopRequestedError
from exchange.embedded.home import Home, HomeLock, load_secrets
from exchange.embedded.memory import memory_folder
from exchange.embedded.page import PageBuild
from exchange.embedded.programs import (
    Program,
    bots_program,
    chain_program,
    exchange_programs,
    matching_program,
    sandbox_program,
)
from exchange.embedded.services import Addresses, Services, build_environment
from exchange.embedded.supervise import guarded

WATCH_SECONDS = 0.5
WAIT_FOR_OTHER_COMMAND_SECONDS = 60.0
OWNER_COMMANDS = {"migrate", "load_demo", "sqlmigrate", "makemigrations", "flush", "rebuild_balances"}
WITHOUT_SERVICES = {"", "help", "--help", "-h", "version", "--version"}


def up(checkout: Path, home: Home, arguments: argparse.Namespace) -> int:
    """Start everything, then watch it until Ctrl-C or SIGTERM; 0 after an orderly stop."""
    console = Console()
    started = time.monotonic()
    chain_port, sandbox_port = ports.free_ports(2)
    # Where money is real, accounts marked as sandbox are those at the exchanges' own sandboxes.
    sandbox_port = sandbox_port if environment.is_demo() else 0
    addresses = Addresses(arguments.host, arguments.port, arguments.stream_port, chain_port, sandbox_port)
    if addresses.port == addresses.stream_port:
        raise StartError("--port and --stream-port must differ.")
    console.line(f"Bourse starts in {home.root}")
    page = PageBuild(checkout, home)

    def before() -> None:
        ports.require_free(addresses.host, addresses.port, option="--port")
        ports.require_free(addresses.host, addresses.stream_port, option="--stream-port")
        if arguments.fresh:
            empty(home, console, is_agreed=arguments.yes)
        # What is in it lets its reader set new passwords.
        (home.root / "mail").mkdir(mode=0o700, exist_ok=True)
        if not arguments.no_page:
            page.start()

    services = Services(
        home,
        checkout,
        console,
        purpose="up",
        addresses=addresses,
        defaults={"DEMO": "true"},
        programs=lambda python: [
            chain_program(python, host="127.0.0.1", port=addresses.chain_port, data=home.chain / "chain.sqlite"),
            *([sandbox_program(python, host="127.0.0.1", port=sandbox_port)] if sandbox_port else []),
            *exchange_programs(python, host=addresses.host, port=addresses.port, stream_port=addresses.stream_port),
            *([] if arguments.no_bots else [house_bots(python, home, addresses)]),
        ],
        before=before,
    )
    with page, services:
        services.migrate()
        if services.has_demo and not page.is_building:
            services.begin_exchange()
        logins = services.load_demo()
        # Web learns at its start which files the page has.
        page.wait(console)
        services.start_exchange()
        services.write_instance(state="ready")
        announce(console, home, addresses, logins, time.monotonic() - started)
        code = watch(services, console)
        stopping = time.monotonic()
    console.line(f"Stopped ({time.monotonic() - stopping:.1f} s). ./bourse up finds everything again.")
    return code


def house_bots(python: Path, home: Home, addresses: Addresses) -> Program:
    """The bots of the demo, as clients of this instance."""
    return bots_program(
        python, web_url=str(addresses), streams_url=addresses.streams, house_file=home.root / house.FILE_NAME
    )


def watch(services: Services, console: Console) -> int:
    """Look after the processes until somebody asks to stop."""
    try:
        while True:
            for name in services.supervisor.check():
                console.line(f"{time.strftime('%H:%M:%S')} {name} ended unexpectedly and is started again.")
            time.sleep(WATCH_SECONDS)
    except StopRequestedError:
        console.line("\nStopping: web and streams, then the workers, then the database …")
        return 0


def empty(home: Home, console: Console, *, is_agreed: bool) -> None:
    """`--fresh`: delete database and keys, after a yes. Raises StartError where nobody said it."""
    if not environment.uses_embedded_postgres():
        raise StartError("--fresh deletes only the embedded database, but DATABASE_URL names another one.")
    if home.has_data and not is_agreed:
        if not sys.stdin.isatty():
            raise StartError(f"--fresh would delete the database and keys in {home.root}. Say so with --yes.")
        console.line(f"This deletes the database and the keys in {home.root}: every order, balance and user.")
        if input("Type yes to go on: ").strip().lower() != "yes":
            raise StartError("Nothing was deleted.")
    home.remove_data()


def announce(console: Console, home: Home, addresses: Addresses, logins: Any, seconds: float) -> None:
    """Addresses, demo logins, and how to stop."""
    console.line(f"\nBourse is ready ({seconds:.1f} s).\n")
    web = f"http://{addresses.reachable_host}:{addresses.port}"
    rows = {
        "Web": f"{web}/",
        "API": f"{web}/api/v1/ (described in {web}/api/v1/docs/)",
        "Admin": f"{web}/admin/",
        "Streams": f"ws://{addresses.reachable_host}:{addresses.stream_port}/",
        "Logs": str(home.log),
    }
    if not os.environ.get("EMAIL_URL"):
        rows["Mail"] = f"{home.root / 'mail'} (EMAIL_URL names a mail server)"
    for name, value in rows.items():
        console.line(f"  {name:<9}{value}")
    if logins:
        console.line("\nDemo logins (change them before anyone else can reach this machine):")
        for line in login_lines(logins):
            console.line(f"  {line}")
    console.line("\nCtrl-C stops everything.")


def login_lines(logins: Any) -> list[str]:
    """A line per login of load_demo's JSON, in columns; a flag is shown by its name where it is set."""
    rows = logins if isinstance(logins, list) else next((v for v in logins.values() if isinstance(v, list)), [])
    table = [[name if value is True else str(value) for name, value in row.items() if value] for row in rows]
    widths = [max(map(len, column)) for column in zip_longest(*table, fillvalue="")]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]


@contextmanager
def temporary_home(home: Home, kind: str, *, in_memory: bool = False) -> Iterator[Home]:
    """A home of its own under `var/KIND`, deleted afterwards together with those that killed runs have left.

    `in_memory`: where the machine has the room, it lies in memory, for work that makes and drops many databases.
    """
    home.create()
    folder = memory_folder(kind) if in_memory else None
    if folder is None:
        folder = home.root / kind
        folder.mkdir(mode=0o755, exist_ok=True)
    for old in folder.glob("run-*"):
        if time.time() - old.stat().st_mtime > 60 and not HomeLock(Home(old)).is_held():
            _remove_home(Home(old))
    temporary = Home(Path(tempfile.mkdtemp(prefix="run-", dir=folder)))
    temporary.root.chmod(0o755)
    try:
        yield temporary
    finally:
        _remove_home(temporary)


def _remove_home(home: Home) -> None:
    if home.postgres.is_symlink():
        shutil.rmtree(home.postgres.resolve(), ignore_errors=True)
    shutil.rmtree(home.root, ignore_errors=True)


def bench(checkout: Path, home: Home, name: str, wants_json: bool, arguments: list[str]) -> int:
    """Run one benchmark on a fresh database; its own exit code."""
    module = checkout / "bench" / f"{name}.py"
    known = [path.stem for path in sorted((checkout / "bench").glob("*.py")) if "__main__" in path.read_text()]
    if name not in known:
        raise StartError(f"There is no benchmark {name!r}. Known: {', '.join(known)}.")
    console = Console(sys.stderr)
    command = ["-m", f"bench.{name}", *(["--json"] if wants_json else []), *arguments]
    if not needs_services(module):
        home.create()
        venv = virtualenv.ensure(home, checkout, console)
        cores = CoreBuild(home, checkout)
        cores.start(venv.python)
        cores.wait(console)
        return run_in_foreground([str(venv.python), *command], checkout, {**os.environ, VARIABLE: str(cores.folder)})
    with temporary_home(home, "bench") as own:
        addresses = Addresses(port=ports.free_port(), stream_port=ports.free_port())
        with Services(
            own, checkout, console, purpose=f"bench {name}", virtualenv_home=home, addresses=addresses
        ) as services:
            services.migrate()
            services.cores.wait(console)
            variables = {**services.app_environment, "DATABASE_OWNER_URL": services.urls.owner}
            return run_in_foreground([str(services.python), *command], checkout, variables)


def needs_services(module: Path) -> bool:
    """False where the file says `NEEDS_SERVICES = False`; read, not imported: its packages may not be there."""
    for statement in ast.parse(module.read_text()).body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Constant):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if any(isinstance(target, ast.Name) and target.id == "NEEDS_SERVICES" for target in targets):
                return bool(statement.value.value)
    return True


def manage(checkout: Path, home: Home, arguments: list[str]) -> int:
    """manage.py with the environment of this home; starts its services where they are not running."""
    name = arguments[0] if arguments else ""
    command = ["manage.py", *arguments]
    with services_of(checkout, home, f"manage {name}".strip(), name not in WITHOUT_SERVICES) as (python, app, owner):
        return run_in_foreground([str(python), *command], checkout, owner if name in OWNER_COMMANDS else app)


def replay(checkout: Path, home: Home, parsed: argparse.Namespace, further: list[str]) -> int:
    """`manage replay` against the running exchange, else with a matching worker for the duration."""
    if not parsed.file.is_file():
        raise StartError(f"There is no file {parsed.file}.")
    command = ["manage.py", "replay", str(parsed.file.absolute()), "--market", parsed.market]
    for option in ("speed", "takers"):
        value = getattr(parsed, option)
        command += [f"--{option}", value] if value is not None else []
    with services_of(checkout, home, "replay", True, with_matching=True) as (python, app, _owner):
        return run_in_foreground([str(python), *command, *further], checkout, app)


@contextmanager
def services_of(
    checkout: Path, home: Home, purpose: str, needs: bool, *, with_matching: bool = False
) -> Iterator[tuple[Path, dict[str, str], dict[str, str]]]:
    """Python, the app's environment and the owner's, of the running instance or of services started for this."""
    console = Console(sys.stderr)
    home.create()
    instance = home.read_instance()
    is_running = HomeLock(home).is_held() and instance.get("purpose") == "up"
    if is_running and instance.get("state") != "ready" and needs:
        instance = _wait_until_ready(home, console)
    if is_running or not needs:
        venv = virtualenv.ensure(home, checkout, console)
        passwords = load_secrets(home)
        urls = environment.service_urls(Path(instance.get("run_directory", home.root / "run")), passwords)
        addresses = Addresses(
            instance.get("host", "127.0.0.1"),
            instance.get("port", 8000),
            instance.get("stream_port", 8001),
            instance.get("chain_port", 0),
            instance.get("sandbox_port", 0),
        )
        app = build_environment(home, venv, urls, passwords, addresses, compiled_folder(home, checkout))
        yield venv.python, {**app, "DATABASE_OWNER_URL": urls.owner}, environment.as_owner(app, urls)
        return
    with Services(
        home,
        checkout,
        console,
        purpose=purpose,
        programs=lambda python: [matching_program(python)] if with_matching else [],
        wait_for_lock_seconds=WAIT_FOR_OTHER_COMMAND_SECONDS,
    ) as services:
        if services.is_new or with_matching:
            services.migrate()
            services.load_demo()
        if with_matching:
            services.supervisor.start_exchange()
        app = {**services.app_environment, "DATABASE_OWNER_URL": services.urls.owner}
        yield services.python, app, services.owner_environment


def _wait_until_ready(home: Home, console: Console) -> dict[str, Any]:
    with console.step("waiting for ./bourse up to become ready"):
        while HomeLock(home).is_held():
            instance = home.read_instance()
            if instance.get("state") == "ready":
                return instance
            time.sleep(0.2)
    raise StartError("./bourse up ended before it was ready.")


def run_in_foreground(command: list[str], checkout: Path, variables: dict[str, str]) -> int:
    """Run a program that owns the terminal; Ctrl-C is its business, SIGTERM is passed on. Its exit code."""
    process = subprocess.Popen(guarded(command), cwd=checkout, env=variables)
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = process.wait()
    except StopRequestedError as stop:
        process.send_signal(stop.signal_number)
        code = process.wait()
    finally:
        signal.signal(signal.SIGINT, previous)
    return 128 - code if code < 0 else code
