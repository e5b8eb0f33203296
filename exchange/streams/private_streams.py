"""The private streams of all accounts that somebody listens to: numbered, resumable, without a gap.

Announcements may get lost; numbers show it. A stream that meets a number beyond the next one reads what it missed
from the database, where every event was written in the commit that caused it. That an announcement got lost after
which nothing came is noticed as well: every announcement says how far its writer was before it, and writers say so
every second even when nothing happens. Then all streams look into the database.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from exchange.streams.account_events import (
    Directory,
    Event,
    event_of,
    last_sequences,
    read_directory,
    read_events,
    read_state,
)
from exchange.streams.counters import CATCH_UPS
from exchange.streams.messages import Message
from exchange.streams.outlets import Outlet
from exchange.streams.threads import Threads

log = logging.getLogger(__name__)

MOST_MISSED_EVENTS = 10_000
"""Who missed more than that gets a snapshot."""

_PAGE = 500
_MAX_WAITING = 2_000
_MAX_PASSING = 100

ReplyTo = str | int | None


class PrivateStream:
    """One socket's view of its account. Every event is sent once and in order, writer by writer."""

    def __init__(self, account_id: int, outlet: Outlet, streams: "PrivateStreams") -> None:
        self.account_id = account_id
        self.sequences: dict[str, int] = {}
        """The last one sent, by writer."""
        self._outlet = outlet
        self._streams = streams
        self._is_live = False
        self._reading = asyncio.Lock()
        self._waiting: deque[Event] = deque(maxlen=_MAX_WAITING)
        """What was announced while the database was read; the oldest give way, the database has them."""
        self._passing: deque[Message] = deque(maxlen=_MAX_PASSING)
        """What was to be shown meanwhile; the oldest give way, newer ones say more."""

    async def start(self, reply_to: ReplyTo, since: dict[str, int] | None) -> None:
        """Send the snapshot, or the events after the numbers `since`, and then what happens.

        Raises what the database raises; the stream is then as before.
        """
        async with self._reading:
            self._is_live = False
            self._streams.add(self)
            if since is not None and await self._can_resume(since):
                self.sequences = dict(since)
                self._outlet.send(Message({"type": "subscribed", "id": reply_to, "from": since}))
            else:
                await self._send_snapshot(reply_to)
            await self._catch_up()

    def hear(self, event: Event) -> None:
        """An announced event of this account."""
        if not self._is_live:
            self._waiting.append(event)
            return
        known = self.sequences.get(event.writer, 0)
        if event.sequence == known + 1:
            self._send(event)
        elif event.sequence > known:
            self._waiting.append(event)
            self.look()

    def show(self, message: Message) -> None:
        """Something without a number, for now alone; a stream that is reading what it missed shows it after that."""
        if self._is_live:
            self._outlet.send(message)
        else:
            self._passing.append(message)

    def look(self) -> None:
        """Something may have been missed: read the database, unless that is being done already."""
        if self._is_live:
            self._is_live = False
            CATCH_UPS.inc()
            self._streams.start(self._look())

    async def _look(self) -> None:
        try:
            async with self._reading:
                await self._catch_up()
        except Exception:
            # The next announcement, a second from now at the latest, makes it look again.
            log.exception("missed events could not be read")
            self._go_on()
            self._streams.suspect_losses()

    async def _can_resume(self, since: dict[str, int]) -> bool:
        last = (await self._streams.read(lambda: last_sequences([self.account_id])))[self.account_id]
        missed = [sequence - since.get(writer, 0) for writer, sequence in last.items()]
        return since.keys() <= last.keys() and min(missed, default=0) >= 0 and sum(missed) <= MOST_MISSED_EVENTS

    async def _send_snapshot(self, reply_to: ReplyTo) -> None:
        state = await self._streams.read(lambda: read_state(self.account_id))
        self.sequences = dict(state.sequences)
        self._outlet.send(
            Message(
                {
                    "type": "snapshot",
                    "id": reply_to,
                    "sequences": {writer: sequence for writer, sequence in state.sequences.items() if sequence},
                    "orders": state.orders,
                    "balances": state.balances,
                }
            )
        )

    async def _catch_up(self) -> None:
        """Send what the database has beyond what was sent, then what was announced meanwhile."""
        while self._outlet.closed_with is None:
            last = (await self._streams.read(lambda: last_sequences([self.account_id])))[self.account_id]
            for writer, sequence in last.items():
                while self.sequences.get(writer, 0) < sequence and self._outlet.closed_with is None:
                    await self._send_page(writer)
            if self._send_waiting():
                self._go_on()
                return

    def _go_on(self) -> None:
        self._is_live = True
        while self._passing:
            self._outlet.send(self._passing.popleft())

    async def _send_page(self, writer: str) -> None:
        known = self.sequences.get(writer, 0)
        directory = await self._streams.directory()
        for event in await self._streams.read(
            lambda: read_events(self.account_id, writer, after=known, limit=_PAGE, directory=directory)
        ):
            self._send(event)
        await self._outlet.drained()

    def _send_waiting(self) -> bool:
        """Whether all of it joined."""
        while self._waiting:
            event = self._waiting.popleft()
            known = self.sequences.get(event.writer, 0)
            if event.sequence > known + 1:
                return False
            if event.sequence == known + 1:
                self._send(event)
        return True

    def _send(self, event: Event) -> None:
        self.sequences[event.writer] = event.sequence
        self._outlet.send(event.message)


class PrivateStreams:
    """All of this process."""

    def __init__(self, readers: Threads, start: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        """`start` runs something beside the caller."""
        self.read = readers.run
        self.start = start
        self._of_account: dict[int, set[PrivateStream]] = {}
        self._told_until: dict[str, int] = {}
        """Writer to the `last` of its last announcement."""
        self._directory: Directory | None = None

    def add(self, stream: PrivateStream) -> None:
        self._of_account.setdefault(stream.account_id, set()).add(stream)

    def remove(self, stream: PrivateStream) -> None:
        streams = self._of_account.get(stream.account_id, set())
        streams.discard(stream)
        if not streams:
            self._of_account.pop(stream.account_id, None)

    async def hear(self, raw: dict[str, Any]) -> None:
        """One message of the users' channel, in the order in which they come."""
        if "transient" in raw:
            self._show(raw)
            return
        writer, at_us = raw["writer"], raw["at_us"]
        known = self._told_until.get(writer)
        self._told_until[writer] = raw["last"]
        listening = [row for row in raw["events"] if row[0] in self._of_account]
        if listening:
            directory = await self.directory()
            if not all(directory.knows(row[3]) for row in listening):
                self._directory = None
                directory = await self.directory()
            for account_id, sequence, command_id, payload in listening:
                try:
                    event = event_of(writer, sequence, command_id, payload, at_us, directory)
                except Exception:
                    log.exception("an announced event of command %s could not be told", command_id)
                    continue
                for stream in tuple(self._of_account.get(account_id, ())):
                    stream.hear(event)
        if known != raw["previous"]:
            self.look_all()

    def _show(self, raw: dict[str, Any]) -> None:
        streams = tuple(self._of_account.get(raw["account_id"], ()))
        if streams:
            message = Message(raw["transient"])
            for stream in streams:
                stream.show(message)

    def look_all(self) -> None:
        """Announcements were missed, whose is not known: every stream looks."""
        for streams in tuple(self._of_account.values()):
            for stream in tuple(streams):
                stream.look()

    def suspect_losses(self) -> None:
        """Make every stream look at the next announcement of any writer."""
        self._told_until.clear()

    async def directory(self) -> Directory:
        """Markets and assets; read again where an event names one that is not in it."""
        if self._directory is None:
            self._directory = await self.read(read_directory)
        return self._directory
