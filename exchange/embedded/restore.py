"""`./bourse restore`: the exchange as it stood when a backup was made.

The backup is read, unpacked, started and checked beside the home before anything in the home is touched. Only then
the home's old state, if there is one, is moved aside - not deleted - and the restored one takes its place. Commands
that were accepted and not yet applied at the time of the backup are in its log, and the matching worker applies each
of them once, as after any restart; what had its outcome has it still.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from exchange.embedded import archive
from exchange.embedded.archive import Manifest
from exchange.embedded.backup import HOME_PARTS, require_embedded, unpack_and_verify
from exchange.embedded.commands import temporary_home
from exchange.embedded.console import Console
from exchange.embedded.failure import StartError
from exchange.embedded.home import Home, HomeLock, write_private


def restore(checkout: Path, home: Home, file: Path, *, force: bool, is_agreed: bool) -> int:
    """Put a backup into this home; 0 when it is there and its books were found right.

    Raises StartError over a running exchange, over an existing one without `force` and a yes, and for a file that is
    not a whole, undamaged backup; then the home is as it was.
    """
    require_embedded("restore")
    console = Console()
    file = file.expanduser().absolute()
    lock = HomeLock(home)
    home.create()
    lock.acquire("restore")
    try:
        with console.step("reading the backup"):
            manifest = archive.read_manifest(file)
        _ask(home, manifest, force=force, is_agreed=is_agreed)
        with temporary_home(home, "restore") as own:
            folder = own.root / "copy"
            folder.mkdir(mode=0o700)
            archive.take_out(file, folder)
            # What was paid out after the backup is not in its books: nothing is sent until the rails agree with them.
            standing = unpack_and_verify(checkout, home, own, folder, console, then=("freeze_payouts",))
            if standing != manifest.standing:
                raise StartError(f"What was restored is not what {file} says that it holds. Nothing was changed.")
            replaced = _move_aside(home)
            _move_in(own, home, file, manifest)
    finally:
        lock.release()
    console.line(f"\nThe books stand at {manifest.stands_at}: whatever was accepted later is not in them.")
    console.line(
        f"  {standing['journal_entries']} entries, {standing['trades']} trades, {standing['open_orders']} open orders, "
        f"{standing['pending_commands']} commands that the next start applies."
    )
    if replaced is not None:
        console.line(f"  What was in this home before is in {replaced}; delete it when you are sure.")
    for name in manifest.keys_elsewhere:
        console.line(f"  {name} came from the environment when the backup was made: set it to the same value.")
    console.line("  Payouts are frozen until the reconciliation of their rail has passed.")
    console.line("  ./bourse up starts the exchange from here.")
    return 0


def _ask(home: Home, manifest: Manifest, *, force: bool, is_agreed: bool) -> None:
    if not home.has_data:
        return
    if not force:
        raise StartError(f"{home.root} already holds an exchange. To put the backup in its place say --force.")
    if is_agreed:
        return
    if not sys.stdin.isatty():
        raise StartError(f"--force would replace the exchange in {home.root}. Say so with --yes.")
    print(f"This replaces the exchange in {home.root} by its state of {manifest.stands_at}.")
    if input("Type yes to go on: ").strip().lower() != "yes":
        raise StartError("Nothing was changed.")


def _move_aside(home: Home) -> Path | None:
    """Move the state of the home into a folder of its own; None where there is none."""
    if not home.has_data:
        return None
    aside = home.root / f"replaced-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}-{time.monotonic_ns() % 1000:03}"
    aside.mkdir(mode=0o711)
    for name in ("postgres", *HOME_PARTS, home.restored_file.name):
        path = home.root / name
        if path.exists() or path.is_symlink():
            path.rename(aside / name)
    return aside


def _move_in(own: Home, home: Home, file: Path, manifest: Manifest) -> None:
    for name in (*HOME_PARTS, "postgres"):
        path = own.root / name
        if path.exists() or path.is_symlink():
            path.rename(home.root / name)
    facts = {
        "file": str(file),
        "made_at": manifest.made_at,
        "stands_at": manifest.stands_at,
        "restored_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    write_private(home.restored_file, json.dumps(facts, indent=1))
