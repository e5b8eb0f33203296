"""Named places at which a test may stop, fail or kill the worker.

`BOURSE_FAILPOINT=name:kill` in the environment makes the process kill itself there, `name:stop` makes it stand still
until SIGCONT, `name:raise` makes it raise. A suffix `@n` waits for the n-th time. Without the variable a failpoint is
one comparison.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum


class Failpoint(StrEnum):
    """The steps of a batch of the matching worker, in the order they are passed. Other writers name their own."""

    BATCH_BEGUN = "batch_begun"
    COMMANDS_READ = "commands_read"
    FACTS_READ = "facts_read"
    APPLIED = "applied"
    BALANCES_LOCKED = "balances_locked"
    BALANCES_WRITTEN = "balances_written"
    JOURNAL_WRITTEN = "journal_written"
    ORDERS_WRITTEN = "orders_written"
    STATE_WRITTEN = "state_written"
    COMMITTED = "committed"
    ANSWERED = "answered"
    PUBLISHED = "published"


class FailpointReached(RuntimeError):
    """Raised on purpose, by a test."""


_name, _, _action = os.environ.get("BOURSE_FAILPOINT", "").partition(":")
_action, _, _count = _action.partition("@")
_passes_left = int(_count or 1)
_interrupt: Callable[[], None] | None = None


def pass_failpoint(failpoint: StrEnum) -> None:
    """Do what the environment asks for at this place."""
    global _passes_left
    if failpoint != _name:
        return
    _passes_left -= 1
    if _passes_left == 0:
        if _interrupt is not None:
            _interrupt()
            return
        if _action == "raise":
            raise FailpointReached(failpoint)
        os.kill(os.getpid(), signal.SIGSTOP if _action == "stop" else signal.SIGKILL)


@contextmanager
def interrupted_at(failpoint: str, *, passes: int, interrupt: Callable[[], None]) -> Iterator[None]:
    """Inside, `interrupt` is called once, when the failpoint is passed for the `passes`-th time; for simulations."""
    global _name, _passes_left, _interrupt
    before = _name, _passes_left, _interrupt
    _name, _passes_left, _interrupt = failpoint, passes, interrupt
    try:
        yield
    finally:
        _name, _passes_left, _interrupt = before
