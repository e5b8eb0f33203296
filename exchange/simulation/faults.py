"""What happens to processes of a simulation while they work.

killed      the process ends: at a failpoint, or before or after a statement, whichever cursor sends it
broken      the connection ends: at a failpoint, or before a statement
restarted   PostgreSQL ends at once, recovers and answers again: at a failpoint, or before a statement
unanswered  the server commits, and the connection ends before it says so
failing     an error nobody has foreseen, at a failpoint

In a pipeline a statement counts where it is handed to the driver, which may send it a little later.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, Never
from unittest.mock import patch

import psycopg
from django.db import InterfaceError, OperationalError, connection

from matching.worker.failpoints import interrupted_at

SHARE_DISTURBED = 0.35
SHARE_RESTARTED = 0.06
"""Of the faults; each takes a second."""
LAST_STATEMENT = 60
PASSES = (1, 1, 1, 2, 3)
LOST = (OperationalError, InterfaceError)


class ProcessKilled(BaseException):
    """As by `kill -9`: no handler of the process may go on."""


class Unforeseen(Exception):
    """An error of the kind that nobody has foreseen."""


class Fault:
    """One fault of one step; `happened` says whether it came to that."""

    def __init__(self, name: str, place: str, when: int, restart_server: Callable[[], None] | None = None) -> None:
        """`restart_server`: for the fault of that name."""
        self.name, self.place, self.when = name, place, when
        self.happened = False
        self._restart_server = restart_server

    def __str__(self) -> str:
        return f"{self.name} at {self.place} {self.when}"

    @contextmanager
    def lurking(self) -> Iterator[None]:
        """It happens inside, if the work gets that far."""
        if self.place == "commit":
            with self._after_commit():
                yield
        elif self.place in ("before statement", "after statement"):
            with self._at_statements():
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
        if self._restart_server is not None:
            self._restart_server()
        else:
            _end_session()

    @contextmanager
    def _at_statements(self) -> Iterator[None]:
        """Around every statement of the driver: Django's own cursors are made of its, and others use them directly."""
        execute, execute_many = psycopg.Cursor.execute, psycopg.Cursor.executemany

        def execute_disturbed(cursor: Any, *arguments: Any, **options: Any) -> Any:
            return self._at_statement(lambda: execute(cursor, *arguments, **options))

        def execute_many_disturbed(cursor: Any, *arguments: Any, **options: Any) -> Any:
            return self._at_statement(lambda: execute_many(cursor, *arguments, **options))

        with (
            patch.object(psycopg.Cursor, "execute", execute_disturbed),
            patch.object(psycopg.Cursor, "executemany", execute_many_disturbed),
        ):
            yield

    def _at_statement(self, execute: Callable[[], Any]) -> Any:
        self.when -= 1
        is_now = self.when == 0
        if is_now and self.place == "before statement":
            self._happen()
        found = execute()
        if is_now and self.place == "after statement":
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


def draw_fault(
    rng: Random, failpoints: Sequence[str], restart_server: Callable[[], None] | None = None
) -> Fault | None:
    """A fault for the next step of a process, or none; without `restart_server` none that needs it."""
    if rng.random() > SHARE_DISTURBED:
        return None
    if restart_server is not None and rng.random() < SHARE_RESTARTED:
        if failpoints:
            return Fault("restarted", rng.choice(failpoints), rng.choice(PASSES), restart_server)
        return Fault("restarted", "before statement", rng.randint(1, LAST_STATEMENT), restart_server)
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
