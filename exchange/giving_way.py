"""Lets trading go first where there are too few cores: all workers but the one that matches take a lower priority.

An order waits for milliseconds and its sender with it; a deposit has waited for its confirmations and may wait a moment
longer, and so may a mail. Where the database runs on the same machine, and lets us, the server processes of such a
worker go back with it.
"""

import logging
import os
from pathlib import Path
from typing import Any

from celery import bootsteps
from django.db.backends.signals import connection_created

from exchange.sessions import hold_back_session

log = logging.getLogger(__name__)

NICENESS = 10
"""About a tenth of the weight of the others in the scheduler, and only while they want the cores."""
_TRADING = "matching"
_SERVER_PROCESS = b"postgres"


class GivingWayStep(bootsteps.StartStopStep):
    """Lowers the priority of a worker that does not trade."""

    def include_if(self, parent: Any) -> bool:
        return _TRADING not in parent.app.amqp.queues.consume_from

    def start(self, parent: Any) -> None:
        give_way()


def give_way() -> None:
    """Lower the priority of this process and of what works for it in the database, for good."""
    _hold_back(os.getpid())
    connection_created.connect(_give_way_in_the_server, dispatch_uid=__name__)


def _give_way_in_the_server(connection: Any, **_signal: Any) -> None:
    process = connection.connection.info
    # By a path to a socket, so it is a process of this machine; of this name, so it is not one of another container.
    if process.host.startswith("/") and _name(process.backend_pid).startswith(_SERVER_PROCESS):
        _hold_back(process.backend_pid)


def _name(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _hold_back(pid: int) -> None:
    """A smaller share, and no taking of a core from whoever has just got one. Where that is not allowed, nothing."""
    try:
        os.setpriority(os.PRIO_PROCESS, pid, max(NICENESS, os.getpriority(os.PRIO_PROCESS, pid)))
        if hasattr(os, "SCHED_BATCH"):
            os.sched_setscheduler(pid, os.SCHED_BATCH, os.sched_param(0))
        # Our supervisor's processes lead sessions, and so do PostgreSQL's.
        hold_back_session(pid)
    except OSError as error:
        log.info("process %s keeps its priority: %s", pid, error)
