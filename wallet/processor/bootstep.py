"""Lets trading go first where there are too few cores: the worker of the queue `funds` takes a lower priority.

An order waits for milliseconds and its sender with it; a deposit has waited for its confirmations and may wait a moment
longer. It keeps back only this process: its server process in PostgreSQL belongs to somebody else.
"""

import os
from typing import Any

from celery import bootsteps

from wallet.waking import QUEUE

NICENESS = 5
"""About a third of the weight of the others in the scheduler, and only while they want the cores."""
_TRADING = "matching"


class GivingWayStep(bootsteps.StartStopStep):
    """Lowers the priority of a worker that applies operations of funds and does not trade itself."""

    def include_if(self, parent: Any) -> bool:
        queues = parent.app.amqp.queues.consume_from
        return QUEUE in queues and _TRADING not in queues

    def start(self, parent: Any) -> None:
        give_way()


def give_way() -> None:
    """Lower the priority of this process, for good."""
    os.nice(NICENESS)
