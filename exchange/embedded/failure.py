"""How the entry script ends early: one clear sentence, or a wish of the operator. Never a traceback."""

import json
from pathlib import Path

TAIL_LINES = 15


class StartError(Exception):
    """Something that the operator can understand and change; the text is the whole message.

    `log` names a file whose last lines are shown under the sentence.
    """

    def __init__(self, sentence: str, *, log: Path | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.log = log

    def __str__(self) -> str:
        if self.log is None:
            return self.sentence
        lines = without_frames([readable(line) for line in tail(self.log, 200)])[-TAIL_LINES:]
        if not lines:
            return f"{self.sentence}\nIts log {self.log} is empty."
        shown = "\n".join(f"    {line}" for line in lines)
        return f"{self.sentence}\nThe last lines of {self.log}:\n{shown}"


class StopRequestedError(BaseException):
    """Ctrl-C, SIGTERM or SIGHUP arrived. Not an Exception, so no handler of errors swallows it."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number


def without_frames(lines: list[str]) -> list[str]:
    """The lines of a log that say what was wrong, without the frames of tracebacks, which only say where."""
    return [
        line
        for line in lines
        if not line.startswith((" ", "\t", "Traceback (", "During handling of", "The above exception was"))
    ]


def readable(line: str) -> str:
    """A line of a log for a person: what a JSON line says without its punctuation, any other as it is.

    Of an exception its last line remains, which says what was wrong.
    """
    if not line.startswith("{"):
        return line
    try:
        event = json.loads(line)
        said = f"{event['timestamp'][11:19]} {event['level']}: {event['event']}"
    except (ValueError, KeyError, TypeError):
        return line
    wrong = str(event.get("exception", "")).strip().rpartition("\n")[2]
    return f"{said} ({wrong})" if wrong and wrong not in said else said


def tail(path: Path, lines: int = TAIL_LINES, *, limit_bytes: int = 32_768) -> list[str]:
    """The last non-empty lines of a log; an absent or unreadable file has none."""
    try:
        with path.open("rb") as log:
            log.seek(0, 2)
            log.seek(max(0, log.tell() - limit_bytes))
            text = log.read().decode(errors="replace")
    except OSError:
        return []
    return [line.rstrip() for line in text.splitlines() if line.strip()][-lines:]
