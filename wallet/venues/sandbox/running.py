"""The far end in a thread of another process: for tests and measurements."""

import asyncio
import threading
from types import TracebackType
from typing import Self

from aiohttp import web

from wallet.venues.sandbox.far_end import FarEnd
from wallet.venues.sandbox.server import application

_START_SECONDS = 60


class RunningFarEnd:
    """As a context: serves on a free port of this machine; `url` is what VENUE_SANDBOX_URL names."""

    def __init__(self, far_end: FarEnd) -> None:
        self.far_end = far_end
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox exchanges", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._is_ready.wait(_START_SECONDS):
            raise RuntimeError("the sandbox does not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_START_SECONDS)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        runner = web.AppRunner(application(self.far_end), access_log=None, shutdown_timeout=0.1)
        self._loop.run_until_complete(runner.setup())
        site = web.TCPSite(runner, "127.0.0.1", 0)
        self._loop.run_until_complete(site.start())
        self.port = runner.addresses[0][1]
        self._is_ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.run_until_complete(_end_the_others())
        self._loop.close()


async def _end_the_others() -> None:
    """Answers that were to come later, if ever."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
