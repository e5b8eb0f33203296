"""The machine code of the cores: made once for each version of their sources, beside everything else.

Nothing waits for it but measurements and tests. Processes that start before it is there run the cores as Python, the
next start finds it. A machine without a C compiler goes on without.
"""

import os
import signal
import subprocess
from pathlib import Path

from exchange.compiled import VARIABLE, digest, is_current
from exchange.embedded.console import Console
from exchange.embedded.home import Home
from exchange.embedded.supervise import guarded

_LOWEST_PRIORITY = "19"


def compiled_folder(home: Home, checkout: Path) -> Path:
    """Where the machine code of these sources lies, or will: where BOURSE_COMPILED says if it is there, else in the
    home."""
    named = os.environ.get(VARIABLE)
    if named and is_current(Path(named), checkout):
        return Path(named).absolute()
    return folder_in_home(home, checkout)


def folder_in_home(home: Home, checkout: Path) -> Path:
    return home.root / "compiled" / digest(checkout)[:16]


class CoreBuild:
    """One run of the compiler. `start` it; `wait` where the cores are to be fast from the first moment; `stop` it in
    any case."""

    def __init__(self, home: Home, checkout: Path) -> None:
        self.folder = compiled_folder(home, checkout)
        self._home = home
        self._checkout = checkout
        self._log = home.log / "compile.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, python: Path) -> None:
        """Begin, unless the machine code is there. It takes what the processors have left."""
        if is_current(self.folder, self._checkout):
            return
        with self._log.open("w") as output:
            self._process = subprocess.Popen(
                guarded(
                    [str(python), "-m", "exchange.compile", str(self.folder), "--nice", _LOWEST_PRIORITY],
                    mark=f"{self._home.root}|compile",
                ),
                cwd=self._checkout,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # The compiler's own processes are stopped with it.
                start_new_session=True,
            )

    def wait(self, console: Console) -> None:
        """Show the build as a step until it has ended. One that fails is told, and then the cores run as Python."""
        if self._process is None:
            return
        with console.step("compiling the cores") as step:
            if self._process.wait() != 0:
                step.result = f"not possible here, they run as Python; {self._log} says why"
        self._process = None

    def stop(self) -> None:
        """End a build that nobody waits for any more."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None
