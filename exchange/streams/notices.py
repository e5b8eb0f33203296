"""The channel of notices: all that are current, read at a pace while somebody listens, told when they change."""

import asyncio
import logging
from typing import Any

from django.utils import timezone

from exchange.notices.api.representations import notice_json
from exchange.notices.selectors import current_notices
from exchange.streams.frames import NOTICES
from exchange.streams.threads import Threads
from exchange.streams.topics import NumberedTopic

log = logging.getLogger(__name__)

READ_SECONDS = 0.5
"""Together with what processes keep for a second, everybody hears of a change within two."""


class NoticeBoard:
    """The one topic of the channel. Notices begin and end by the clock, so it is read even if nobody changes one."""

    def __init__(self, readers: Threads) -> None:
        self.topic = NumberedTopic("notices", channel=NOTICES)
        self._readers = readers
        self._reading = asyncio.Lock()

    async def run(self) -> None:
        """For ever."""
        while True:
            if self.topic.subscribers:
                await self._read()
            else:
                self.topic.forget()
            await asyncio.sleep(READ_SECONDS)

    async def make_known(self) -> None:
        """Read what nobody listened to, for its first subscriber."""
        if not self.topic.is_known:
            await self._read()

    async def _read(self) -> None:
        """Nothing is told where it cannot be read; the next reading is near."""
        async with self._reading:
            try:
                value = await self._readers.run(_read)
            except Exception:
                log.exception("the notices could not be read")
            else:
                self.topic.offer(value)


def _read() -> list[Any]:
    now = timezone.now()
    return [notice_json(notice, now=now) for notice in current_notices()]
