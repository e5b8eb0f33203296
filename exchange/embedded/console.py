"""What the operator sees: a line per step with the seconds it took.

On a terminal the running step has a spinner and changes its note in place; elsewhere (CI, a log file) a step
prints when it begins, at most every ten seconds while it lasts, and when it ends.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

SPINNER_INTERVAL_SECONDS = 0.1
PLAIN_INTERVAL_SECONDS = 10.0


class Step:
    """One running step. `note` says what is going on just now; `result` what came out of it."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.note = ""
        self.result = ""
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started


class Console:
    """Prints steps and plain lines to one stream; safe to use from one thread."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = sys.stdout if stream is None else stream
        self.is_terminal = self.stream.isatty()
        unicode = (self.stream.encoding or "").lower().replace("-", "") == "utf8"
        self.frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" if unicode else "|/-\\"
        self.good, self.bad = ("✓", "✗") if unicode else ("ok", "failed")

    def line(self, text: str = "") -> None:
        try:
            print(text, file=self.stream, flush=True)
        except UnicodeEncodeError:
            print(text.encode("ascii", "replace").decode(), file=self.stream, flush=True)
        except BrokenPipeError:
            # Whoever read us has gone (`./bourse up | head`); the services must still be stopped in order.
            pass

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Run the body as one step; an exception marks it failed and passes on."""
        step = Step(title)
        finished = threading.Event()
        painter = threading.Thread(target=self._paint, args=(step, finished), daemon=True)
        if not self.is_terminal:
            self.line(f"  .. {title}")
        painter.start()
        mark = self.good
        try:
            yield step
        except BaseException:
            mark = self.bad
            raise
        finally:
            finished.set()
            painter.join()
            self._clear()
            outcome = f": {step.result}" if step.result else ""
            self.line(f"  {mark} {title}{outcome} ({step.seconds:.1f} s)")

    def _paint(self, step: Step, finished: threading.Event) -> None:
        interval = SPINNER_INTERVAL_SECONDS if self.is_terminal else PLAIN_INTERVAL_SECONDS
        frame = 0
        while not finished.wait(interval):
            note = f": {step.note}" if step.note else ""
            if self.is_terminal:
                spinner = self.frames[frame % len(self.frames)]
                frame += 1
                text = f"  {spinner} {step.title}{note}"[:100]
                self.stream.write(f"\r\x1b[2K{text} ({step.seconds:.0f} s)")
                self.stream.flush()
            else:
                self.line(f"  .. {step.title}{note} ({step.seconds:.0f} s)")

    def _clear(self) -> None:
        if self.is_terminal:
            self.stream.write("\r\x1b[2K")
            self.stream.flush()
