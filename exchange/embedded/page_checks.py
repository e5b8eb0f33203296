"""What `./bourse test` asks of the page: its lint, types, unit tests, weight, and that it knows the API as it is.

They run beside Python's checks, in a thread of their own, and are shown when those have ended.
"""

import difflib
import threading
import time
from pathlib import Path

from exchange.embedded.console import Console
from exchange.embedded.failure import StartError
from exchange.embedded.outcome import Outcome
from exchange.embedded.page import PageBuild

SCRIPTS = {"page lint": "lint", "page types": "typecheck", "page tests": "test", "page size": "size"}
API_TYPES = "page knows the API"
SHOWN_DIFFERENCES = 40
HOW_TO_MEND = (
    "frontend/src/api/schema.d.ts is not what the API says now. Make it anew, in frontend/:\n"
    "  ../bourse manage spectacular --format openapi-json --file /tmp/schema.json\n"
    "  npm run types -- /tmp/schema.json\n"
)


class PageChecks:
    """Starts once the page is built; `show` waits for all of them."""

    def __init__(
        self, page: PageBuild, *, python: Path, variables: dict[str, str], folder: Path, console: Console
    ) -> None:
        """`folder` takes what they write; `variables` are those of manage.py."""
        self.page = page
        self.python = python
        self.variables = variables
        self.folder = folder
        self.console = console
        self._outcomes: list[tuple[Outcome, str]] = []
        self._thread = threading.Thread(target=self._run, name="page checks", daemon=True)

    def start(self) -> None:
        if self.page.exists:
            self._thread.start()

    def show(self) -> list[Outcome]:
        """What came out, printed like the other steps. A page that could not even be built is one failed step."""
        if not self.page.exists:
            return []
        self._thread.join()
        for outcome, said in self._outcomes:
            self.console.line(f"\n== {outcome.name}")
            if said.strip():
                self.console.line(said.rstrip())
            self.console.line(f"   {outcome.name}: {'good' if outcome.is_good else 'FAILED'} ({outcome.seconds:.1f} s)")
        return [outcome for outcome, _ in self._outcomes]

    def _run(self) -> None:
        started = time.monotonic()
        try:
            self.page.join()
            self.page.install()
        except (StartError, OSError) as problem:
            self._outcomes.append((Outcome("page", False, time.monotonic() - started), str(problem)))
            return
        self._outcomes.append((Outcome("page", True, time.monotonic() - started), ""))
        for name, script in SCRIPTS.items():
            self._check(name, [self.page.npm("run", "--silent", script)])
        schema, types = self.folder / "schema.json", self.folder / "schema.d.ts"
        describe = [str(self.python), str(self.page.checkout / "manage.py"), "spectacular", "--skip-checks"]
        describe += ["--format", "openapi-json"]
        self._check(
            API_TYPES,
            [
                [*describe, "--file", str(schema)],
                self.page.npm("run", "--silent", "types", "--", str(schema), str(types)),
            ],
            produced=types,
        )

    def _check(self, name: str, commands: list[list[str]], *, produced: Path | None = None) -> None:
        started = time.monotonic()
        log = self.folder / f"{name}.log"
        log.write_text("")
        is_good, difference = True, ""
        try:
            for command in commands:
                variables = self.variables if command[0] == str(self.python) else self.page.variables()
                self.page.run("failed", command, variables, log=log)
        except StartError:
            is_good = False
        if is_good and produced is not None:
            difference = _difference(self.page.frontend / "src" / "api" / "schema.d.ts", produced)
        said = "" if is_good else log.read_text(errors="replace")
        outcome = Outcome(name, is_good and not difference, time.monotonic() - started)
        self._outcomes.append((outcome, said + difference))


def _difference(committed: Path, produced: Path) -> str:
    """Empty where the two files are one."""
    old, new = (path.read_text().splitlines() for path in (committed, produced))
    lines = list(difflib.unified_diff(old, new, "committed", "as the API is", lineterm="", n=1))
    return HOW_TO_MEND + "\n".join(lines[:SHOWN_DIFFERENCES]) if lines else ""
