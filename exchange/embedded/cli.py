"""The command line of `./bourse`: reads the arguments, turns failures into one sentence and an exit code."""

import argparse
import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from exchange.embedded import checks, commands
from exchange.embedded.backup import backup
from exchange.embedded.console import Console
from exchange.embedded.failure import StartError, StopRequestedError
from exchange.embedded.home import Home
from exchange.embedded.restore import restore

DESCRIPTION = """\
Bourse, a spot crypto exchange.

  ./bourse up        start everything: database, web, streams, matching, workers; Ctrl-C stops it
  ./bourse test      run every check and all tests on services of their own
  ./bourse bench     measure one claim, for example: ./bourse bench settle --json
  ./bourse replay    send a recorded market data file through the exchange
  ./bourse backup    copy database and keys into one file that is known to be good; trading goes on
  ./bourse restore   bring a backup back
  ./bourse manage    run a Django management command, for example: ./bourse manage ledger_verify

The first start makes a Python environment and a database in the folder var/ (about a minute); later starts
take seconds. Nothing outside that folder is needed but Python 3.11.
"""
EPILOG = """\
environment:
  BOURSE_HOME         folder of the database, logs, keys and Python environment (default: var/ beside this script)
  BOURSE_VENV         a Python environment to share between several homes
  DATABASE_URL        a PostgreSQL to use instead of the embedded one: the login of the processes
  DATABASE_OWNER_URL  its login that migrates and owns the tables
  REDIS_URL           a Redis to use instead of the embedded one

`./bourse COMMAND --help` tells more. docs/operations.md describes the processes, logs, backup and failures.
"""


def parser() -> argparse.ArgumentParser:
    """The arguments; those that pass on to another program are only declared for --help."""
    raw = argparse.RawDescriptionHelpFormatter
    top = argparse.ArgumentParser(prog="./bourse", description=DESCRIPTION, epilog=EPILOG, formatter_class=raw)
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    up = subparsers.add_parser(
        "up",
        help="start the exchange",
        description="Start the exchange and keep it running until Ctrl-C. What dies is started again.",
    )
    up.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine only)"
    )
    up.add_argument(
        "--port", type=port_number, default=8000, help="port of web: API, admin, page (default: %(default)s)"
    )
    up.add_argument(
        "--stream-port", type=port_number, default=8001, help="port of the WebSockets (default: %(default)s)"
    )
    up.add_argument("--no-page", action="store_true", help="do not build the page; serve the one that is there, if any")
    up.add_argument(
        "--no-bots", action="store_true", help="without the house's traders: markets move only by what people do"
    )
    up.add_argument("--fresh", action="store_true", help="delete the database and keys of this home first")
    up.add_argument("--yes", action="store_true", help="do not ask before --fresh deletes")

    test = subparsers.add_parser(
        "test",
        help="run every check and all tests",
        description="Run ruff, mypy, import-linter, Django's checks, the page's lint, types and tests, then pytest in "
        "parallel, on a database and a Redis of their own. All of them run even when one fails; the exit code says "
        "whether any did.",
        epilog="Every argument passes on to pytest: ./bourse test -k ledger -x",
    )
    test.add_argument("arguments", nargs=argparse.REMAINDER, metavar="PYTEST-ARGUMENT")

    bench = subparsers.add_parser(
        "bench",
        help="measure one claim",
        description="Run bench/NAME.py on a fresh database and Redis of its own (or without, where it needs none).",
    )
    bench.add_argument("name", metavar="NAME", help="engine, settle, http, recovery, …: a file in bench/")
    bench.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    bench.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGUMENT")

    replay = subparsers.add_parser(
        "replay",
        help="send a recorded market data file through the exchange",
        description="Send a recorded order-by-order file through the command log, as fast as it goes or in real "
        "time. Uses the running exchange of this home, else starts what it needs for the duration.",
        epilog="Further arguments pass on; ./bourse manage replay --help lists them all.",
    )
    replay.add_argument("file", metavar="FILE", type=Path)
    replay.add_argument("--market", required=True, metavar="SYMBOL", help="for example ETH-AUD; made if missing")
    replay.add_argument("--speed", metavar="FACTOR", help="1 is real time, 10 ten times faster (default: no pause)")
    replay.add_argument("--takers", metavar="N", help="add a marketable order every N messages, so that trades happen")

    backup = subparsers.add_parser(
        "backup",
        help="make a verified copy of everything",
        description="Copy the database and the keys of this home into one file, while trading goes on. The copy is "
        "started and its books are checked before it is called a backup.",
    )
    backup.add_argument("--to", metavar="FILE-OR-FOLDER", type=Path, help="where to (default: backups/ in the home)")

    restore = subparsers.add_parser(
        "restore",
        help="bring a backup back",
        description="Put a backup into this home, after starting it elsewhere and checking its books. The exchange "
        "must not be running.",
    )
    restore.add_argument("file", metavar="FILE", type=Path)
    restore.add_argument("--force", action="store_true", help="also over an exchange that this home holds")
    restore.add_argument("--yes", action="store_true", help="do not ask before --force replaces it")

    manage = subparsers.add_parser(
        "manage",
        help="run a Django management command",
        description="Run manage.py with the environment of this home. Starts its database and Redis for the "
        "duration when the exchange is not running.",
    )
    manage.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGUMENT")
    return top


def port_number(text: str) -> int:
    """A TCP port; raises what argparse shows as a sentence."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65535)")
    return int(text)


def run(checkout: Path, arguments: list[str]) -> int:
    """Run one command; its exit code. Never a traceback: what is unforeseen goes to a file."""
    home = Home(Path(os.environ.get("BOURSE_HOME") or checkout / "var").expanduser().absolute())
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _request_stop)
    try:
        return _command(checkout, home, arguments)()
    except StartError as problem:
        return _fail(str(problem))
    except StopRequestedError as stop:
        return _fail("Stopped before it was finished.", 128 + stop.signal_number)
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            return _fail(f"No space is left on the disk of {home.root}.")
        return _fail_unforeseen(home, problem)
    except Exception as problem:
        return _fail_unforeseen(home, problem)


def _command(checkout: Path, home: Home, arguments: list[str]) -> Callable[[], int]:
    # pytest and manage.py read their own options, also those before the first plain word.
    first, rest = arguments[:1], arguments[1:]
    if first == ["manage"] and rest not in (["-h"], ["--help"]):
        return lambda: commands.manage(checkout, home, rest)
    if first == ["test"] and rest not in (["-h"], ["--help"]):
        return lambda: checks.test(checkout, home, rest)
    if first == ["replay"]:
        parsed, further = parser().parse_known_args(arguments)
        return lambda: commands.replay(checkout, home, parsed, further)
    if first == ["bench"]:
        parsed, further = parser().parse_known_args(arguments)
        return lambda: commands.bench(checkout, home, parsed.name, parsed.json, [*parsed.arguments, *further])
    parsed = parser().parse_args(arguments)
    if parsed.command == "backup":
        return lambda: backup(checkout, home, parsed.to)
    if parsed.command == "restore":
        return lambda: restore(checkout, home, parsed.file, force=parsed.force, is_agreed=parsed.yes)
    return lambda: commands.up(checkout, home, parsed)


def _request_stop(number: int, _frame: FrameType | None) -> None:
    # Only once: a second Ctrl-C must not interrupt the orderly stop that the first one began.
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, lambda _number, _frame: None)
    raise StopRequestedError(number)


def _fail(sentence: str, code: int = 1) -> int:
    Console(sys.stderr).line(f"bourse: {sentence}")
    return code


def _fail_unforeseen(home: Home, problem: Exception) -> int:
    report = home.log / "bourse-error.log"
    try:
        report.write_text(traceback.format_exc())
        where = f" Details are in {report}."
    except OSError:
        where = ""
    return _fail(f"An unforeseen error: {type(problem).__name__}: {problem}.{where}", 70)
