"""What happens to processes of a simulation while they work.

killed      the process ends: at a failpoint, or before or after any statement
broken      the server ends the session: at a failpoint, or before any statement
unanswered  the server commits, and the session ends before it says so
failing     an error nobody has foreseen, at a failpoint
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, Never

from django.db import InterfaceError, OperationalError, connection

from matching.worker.failpoints import interrupted_at

SHARE_DISTURBED = 0.35
LAST_STATEMENT = 60
PASSES = (1, 1, 1, 2, 3)
LOST = (OperationalError, InterfaceError)


class ProcessKilled(BaseException):
    """As by `kill -9`: no handler of the process may go on."""


class Unforeseen(Exception):
    """An error of the kind that nobody has foreseen."""


class Fault:
    """One fault of one step; `happened` says whether it came to that."""

    def __init__(self, name: str, place: str, when: int) -> None:
        self.name, self.place, self.when = name, place, when
        self.happened = False

    def __str__(self) -> str:
        return f"{self.name} at {self.place} {self.when}"

    @contextmanager
    def lurking(self) -> Iterator[None]:
        """It happens inside, if the work gets that far."""
        if self.place == "commit":
            with self._after_commit():
                yield
        elif self.place in ("before statement", "after statement"):
            with connection.execute_wrapper(self._at_statement):
                yield
        else:
            with interrupted_at(self.place, passes=self.when, interrupt=self._happen):
                yield

    def _happen(self) -> None:
        self.happened = True
        if self.name == "killed":
            raise ProcessKilled
        if self.name == "failing":
            raise Unforeseen
        _end_session()

    def _at_statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.when -= 1
        if self.when == 0 and self.place == "before statement":
            self._happen()
        found = execute(sql, params, many, context)
        if self.when == 0 and self.place == "after statement":
            self._happen()
        return found

    @contextmanager
    def _after_commit(self) -> Iterator[None]:
        commit = connection.commit

        def commit_unanswered() -> None:
            commit()
            self.when -= 1
            if self.when == 0:
                self.happened = True
                _end_session()
                _lose()

        connection.commit = commit_unanswered  # type: ignore[method-assign]
        try:
            yield
        finally:
            del connection.commit


def draw_fault(rng: Random, failpoints: Sequence[str]) -> Fault | None:
    """A fault for the next step of a process, or none."""
    if rng.random() > SHARE_DISTURBED:
        return None
    if failpoints and rng.random() < 0.6:
        name = rng.choice(["killed", "killed", "broken", "failing"])
        return Fault(name, rng.choice(failpoints), rng.choice(PASSES))
    name, place = rng.choice(
        [
            ("killed", "before statement"),
            ("killed", "after statement"),
            ("broken", "before statement"),
            ("unanswered", "commit"),
        ]
    )
    return Fault(name, place, rng.choice(PASSES) if place == "commit" else rng.randint(1, LAST_STATEMENT))


def _end_session() -> None:
    raw = connection.connection
    if raw is not None:
        raw.close()


def _lose() -> Never:
    raise OperationalError("the session ended before the server had answered")
