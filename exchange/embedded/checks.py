"""`./bourse test`: every check, then all tests, on services of their own. Each step's time is shown."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from exchange.embedded import ports
from exchange.embedded.commands import temporary_home
from exchange.embedded.console import Console
from exchange.embedded.home import Home
from exchange.embedded.outcome import Outcome
from exchange.embedded.page import PageBuild
from exchange.embedded.page_checks import PageChecks
from exchange.embedded.services import Addresses, Services
from exchange.embedded.supervise import guarded

SUMMARY = re.compile(r"(passed|failed|error|errors|no tests ran|skipped|deselected).* in [\d.]+s")
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def test(checkout: Path, home: Home, arguments: list[str]) -> int:
    """Run all steps, also after one has failed; 0 only when all were good. pytest's summary is the last line."""
    console = Console()
    page = PageBuild(checkout, home)
    with temporary_home(home, "test", in_memory=True) as own:
        addresses = Addresses(port=ports.free_port(), stream_port=ports.free_port())
        services = Services(
            own,
            checkout,
            console,
            purpose="test",
            addresses=addresses,
            virtualenv_home=home,
            development=True,
            before=page.start,
            is_thrown_away=True,
        )
        with page, services:
            outcomes, summary = _run_all(services, page, checkout, console, arguments)
    console.line("\nSteps:")
    for outcome in outcomes:
        console.line(f"  {console.good if outcome.is_good else console.bad} {outcome.name} ({outcome.seconds:.1f} s)")
    failed = [outcome.name for outcome in outcomes if not outcome.is_good]
    if summary:
        console.line(summary)
    if failed and (failed != ["pytest"] or not summary):
        console.line(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def _run_all(
    services: Services, page: PageBuild, checkout: Path, console: Console, arguments: list[str]
) -> tuple[list[Outcome], str]:
    python = str(services.python)
    temporary = services.home.root / "tmp"
    temporary.mkdir(mode=0o755, exist_ok=True)
    variables = {
        **services.app_environment,
        "DATABASE_OWNER_URL": services.urls.owner,
        # Nothing of a run outlives it, and runs of several users do not meet in /tmp.
        "TMPDIR": str(temporary),
        # Tests that start ./bourse themselves share this environment, and the machine code of the cores.
        "BOURSE_VENV": str(services.virtualenv.root),
    }
    page_checks = PageChecks(
        page, python=services.python, variables=variables, folder=services.home.log, console=console
    )
    page_checks.start()
    modules = {
        "ruff check": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
        "mypy": ["-m", "mypy", "."],
        "import-linter": ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        "migrations": ["manage.py", "makemigrations", "--check", "--dry-run"],
        "django check": ["manage.py", "check", "--fail-level", "WARNING"],
    }
    outcomes = []
    for name, command in modules.items():
        started = time.monotonic()
        console.line(f"\n== {name}")
        code = subprocess.call(
            guarded([python, *command]),
            cwd=checkout,
            env=services.owner_environment if name == "migrations" else variables,
            stdin=subprocess.DEVNULL,
        )
        outcomes.append(Outcome(name, code == 0, time.monotonic() - started))
        console.line(f"   {name}: {'good' if code == 0 else 'FAILED'} ({outcomes[-1].seconds:.1f} s)")
    outcomes += page_checks.show()
    services.cores.wait(console)
    started = time.monotonic()
    console.line("\n== pytest")
    code, summary = _pytest([python, "-m", "pytest", *_parallel(arguments), *arguments], checkout, variables)
    # 5: nothing was collected, which is what a filter may well do.
    outcomes.append(Outcome("pytest", code == 0 or (code == 5 and bool(arguments)), time.monotonic() - started))
    return outcomes, summary


def _parallel(arguments: list[str]) -> list[str]:
    """A worker per core and one more, as some always wait for answers; from three to eight, unless the caller chose."""
    if any(argument.startswith(("-n", "--numprocesses")) for argument in arguments):
        return []
    return ["-n", str(min(8, max(3, (os.cpu_count() or 2) + 1))), "--dist", "worksteal"]


def _pytest(command: list[str], checkout: Path, variables: dict[str, str]) -> tuple[int, str]:
    """Run pytest, pass its output on, and keep its summary line back, to be printed last."""
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    process = subprocess.Popen(
        guarded([*command, *colour]),
        cwd=checkout,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    held = ""
    try:
        for line in process.stdout:
            if held:
                sys.stdout.write(held)
            held = line if SUMMARY.search(COLOUR.sub("", line)) else ""
            if not held:
                sys.stdout.write(line)
                sys.stdout.flush()
        code = process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    return code, held.rstrip()
