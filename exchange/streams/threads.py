"""Django's database from the event loop: blocking reads run in a few threads, each with a connection of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from storage.connections import drop_dead_connection

Result = TypeVar("Result")

READERS = 4


class Threads:
    """`run` may be called from the event loop at any time; work beyond the number of threads waits its turn."""

    def __init__(self, count: int, *, name: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=count, thread_name_prefix=name)

    async def run(self, work: Callable[[], Result]) -> Result:
        """What `work` returns or raises."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, _with_live_connection, work)


def _with_live_connection(work: Callable[[], Result]) -> Result:
    drop_dead_connection()
    return work()
