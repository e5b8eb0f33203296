"""What is shown for now alone reaches a stream that is just reading what it may have missed."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from exchange.streams.messages import Message
from exchange.streams.outlets import Outlet
from exchange.streams.private_streams import PrivateStream, PrivateStreams

ACCOUNT = 7


class Heard(Outlet):
    """Keeps what is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[dict[str, Any]] = []

    def send(self, message: Message) -> None:
        self.messages.append(json.loads(message.text))


class SlowReaders:
    """Readers that find no events, as soon as they are let."""

    def __init__(self) -> None:
        self.may_read = asyncio.Event()
        self.fails = False

    async def run(self, _: Callable[[], Any]) -> Any:
        await self.may_read.wait()
        if self.fails:
            raise OSError("the database is away")
        return {ACCOUNT: {}}


@pytest.mark.parametrize("fails", [False, True])
def test_progress_waits_for_a_stream_that_reads(fails: bool) -> None:
    async def run() -> list[str]:
        readers, outlet = SlowReaders(), Heard()
        tasks: list[asyncio.Task[None]] = []
        streams = PrivateStreams(readers, lambda work: tasks.append(asyncio.ensure_future(work)))  # type: ignore[arg-type]
        stream = PrivateStream(ACCOUNT, outlet, streams)
        readers.may_read.set()
        await stream.start(1, {})
        readers.may_read.clear()
        readers.fails = fails
        stream.look()
        await streams.hear({"account_id": ACCOUNT, "transient": {"type": "first"}})
        await streams.hear({"account_id": ACCOUNT + 1, "transient": {"type": "of another"}})
        assert [message["type"] for message in outlet.messages] == ["subscribed"]
        readers.may_read.set()
        await tasks[0]
        await streams.hear({"account_id": ACCOUNT, "transient": {"type": "second"}})
        return [message["type"] for message in outlet.messages]

    assert asyncio.run(run()) == ["subscribed", "first", "second"]
