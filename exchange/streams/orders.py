"""Orders and cancels over sockets: those of all sockets that come within a moment are accepted in one commit.

One thread inserts them, with its own database connection; while it commits, the next ones gather. So a quiet moment
costs an order two milliseconds, and a busy one no more commits than the disk can take. The engine's answers come to a
Redis list of this process. An answer that does not come in time is looked up in the tables, as REST does it.
"""

import asyncio
import logging
import secrets
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import orjson
import redis.asyncio
from django.conf import settings
from redis.exceptions import RedisError

from accounts.admission import Count, admit_many
from exchange.streams.counters import ORDERS
from exchange.streams.identities import Identity
from exchange.streams.threads import Threads
from kernel.errors import BourseError
from matching.answers import Answer, command_of
from matching.redis_names import answer_key, wake_key
from matching.services import Accepted, CarriedOut, NewCommand, Receipt, accept_commands

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.002
MOST_TOGETHER = 128
"""Commands in one commit (a frame that carries more has one to itself), so that the next can be made while the engine
works on the last. Measured in turn with 192 orders on their way: 64 gave 1,672 orders/s, 128 gave 1,732."""

PATIENCE_WITHOUT_REDIS_SECONDS = 0.3
"""What a polling worker needs for a batch: without Redis the tables are read after that."""

_BLOCK_SECONDS = 2
_LOOK_SECONDS = 0.1
_MAX_EARLY_ANSWERS = 10_000

_Found = TypeVar("_Found")


@dataclass(slots=True, eq=False)
class _Group:
    """Commands that are accepted in one commit, and let in or refused together. Without a holder nobody counts them."""

    holder: tuple[str, str] | None
    """Under which name and address the rate limit counts."""
    commands: Sequence[NewCommand]
    tell: Callable[[list[Receipt]], None]
    """Called with what became of them, in the event loop."""
    fail: Callable[[Exception], None]
    """Called where the database failed; whether they were accepted is then unknown."""


class OrderDesk:
    """All commands of this process. Used by the event loop alone."""

    def __init__(self, redis_client: "redis.asyncio.Redis") -> None:
        self._redis = redis_client
        self._name = secrets.token_hex(8)
        self._thread = Threads(1, name="orders")
        self._gathered: deque[_Group] = deque()
        self._has_work = asyncio.Event()
        self._waiting: dict[int, tuple[Callable[[Answer | None], None], float]] = {}
        """By command: whom to tell, and until when they wait."""

        self._early: OrderedDict[int, Answer] = OrderedDict()
        self.is_listening = False

    async def submit(self, identity: Identity, command: NewCommand) -> Receipt:
        """Accept a command in the next commit; who is over their rate limit gets that as the receipt.

        Raises what the database raises; then whether the command was accepted is unknown.
        """
        (receipt,) = await self.submit_together(identity, [command])
        return receipt

    async def submit_together(self, identity: Identity, commands: Sequence[NewCommand]) -> list[Receipt]:
        """As `submit`, of several commands in one commit; each counts against the rate limits."""
        return await self._submit((identity.rate_holder, identity.address), commands)

    async def submit_uncounted(self, commands: Sequence[NewCommand]) -> list[Receipt]:
        """Commands that nobody may keep back, such as the end of orders whose owner has gone."""
        return await self._submit(None, commands)

    async def _submit(self, holder: tuple[str, str] | None, commands: Sequence[NewCommand]) -> list[Receipt]:
        receipts: asyncio.Future[list[Receipt]] = asyncio.get_running_loop().create_future()
        self._gather(_Group(holder, commands, partial(_resolve, receipts), partial(_fail, receipts)))
        return await receipts

    def _gather(self, group: _Group) -> None:
        self._gathered.append(group)
        self._has_work.set()

    async def carry_out(self, identity: Identity, commands: Sequence[NewCommand], *, wait: bool) -> list[CarriedOut]:
        """Accept several commands and, if asked to, wait for what the engine says of all of them."""
        receipts = await self.submit_together(identity, commands)
        answers = await asyncio.gather(
            *(
                self.answer(receipt.command_id) if wait and isinstance(receipt, Accepted) else _no_answer()
                for receipt in receipts
            )
        )
        return [CarriedOut(receipt, answer) for receipt, answer in zip(receipts, answers, strict=True)]

    def carry_out_one(self, identity: Identity, command: NewCommand, *, wait: bool) -> "asyncio.Future[CarriedOut]":
        """As `carry_out`, of one command, for those who come by the thousand: one future and not a task.

        Who is over their rate limit gets that as the receipt; the future fails as `submit` does.
        """
        done: asyncio.Future[CarriedOut] = asyncio.get_running_loop().create_future()

        def tell(receipts: list[Receipt]) -> None:
            (receipt,) = receipts
            if wait and isinstance(receipt, Accepted):
                self._expect(receipt.command_id, lambda answer: _resolve(done, CarriedOut(receipt, answer)))
            else:
                _resolve(done, CarriedOut(receipt, None))

        self._gather(_Group((identity.rate_holder, identity.address), [command], tell, partial(_fail, done)))
        return done

    async def answer(self, command_id: int) -> Answer | None:
        """The engine's word on an accepted command; None where it does not come in time."""
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._expect(command_id, partial(_resolve, answer))
        try:
            return await answer
        finally:
            self._waiting.pop(command_id, None)

    def _expect(self, command_id: int, tell: Callable[[Answer | None], None]) -> None:
        early = self._early.pop(command_id, None)
        if early is not None:
            tell(early)
            return
        patience = settings.ANSWER_TIMEOUT_SECONDS if self.is_listening else PATIENCE_WITHOUT_REDIS_SECONDS
        self._waiting[command_id] = tell, time.monotonic() + patience

    async def run(self) -> None:
        """Accept what gathers, for ever."""
        while True:
            await self._has_work.wait()
            self._has_work.clear()
            await asyncio.sleep(GATHER_SECONDS)
            while self._gathered:
                await self._accept(self._next_batch())

    def _next_batch(self) -> list[_Group]:
        batch: list[_Group] = []
        count = 0
        while self._gathered and (not batch or count + len(self._gathered[0].commands) <= MOST_TOGETHER):
            batch.append(self._gathered.popleft())
            count += len(batch[-1].commands)
        return batch

    async def give_up(self) -> None:
        """End the waiting for answers that do not come, for ever; a timer for each order would cost more."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            now = time.monotonic()
            for command_id, (tell, give_up_at) in tuple(self._waiting.items()):
                if give_up_at <= now:
                    del self._waiting[command_id]
                    tell(None)

    async def listen(self) -> None:
        """Take the answers off the list, for ever. Raises RedisError where Redis goes away; then call it again."""
        key = answer_key(self._name)
        try:
            await self._redis.ping()
            self.is_listening = True
            while True:
                popped: Any = await self._redis.blpop([key], timeout=_BLOCK_SECONDS)
                if popped is not None:
                    self._deliver(orjson.loads(popped[1]))
        finally:
            self.is_listening = False

    async def _accept(self, batch: Sequence[_Group]) -> None:
        try:
            receipts = await self._thread.run(lambda: _accept_all(batch, self._name))
        except Exception as error:
            for group in batch:
                group.fail(error)
            return
        shards: set[str] = set()
        counts: Counter[str] = Counter()
        for group, results in zip(batch, receipts, strict=True):
            group.tell(results)
            for command, result in zip(group.commands, results, strict=True):
                if isinstance(result, Accepted):
                    counts[type(command).__name__] += 1
                    shards.add(result.market.shard_name)
        await self._wake(shards)
        for kind, count in counts.items():
            ORDERS.labels(kind).inc(count)

    async def _wake(self, shards: Iterable[str]) -> None:
        try:
            for shard in shards:
                await self._redis.lpush(wake_key(shard), "1")
        except (RedisError, OSError):
            # The worker polls.
            log.debug("workers not woken: Redis is away")

    def _deliver(self, answers: list[dict[str, Any]]) -> None:
        for raw in answers:
            command_id, answer = command_of(raw), Answer.read(raw)
            waiting = self._waiting.pop(command_id, None)
            if waiting is None:
                self._early[command_id] = answer
            else:
                waiting[0](answer)
        while len(self._early) > _MAX_EARLY_ANSWERS:
            self._early.popitem(last=False)


async def _no_answer() -> None:
    return None


def _resolve(future: "asyncio.Future[_Found]", found: _Found) -> None:
    """Nothing where somebody has given up waiting."""
    if not future.done():
        future.set_result(found)


def _fail(future: "asyncio.Future[Any]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)


def _accept_all(batch: Sequence[_Group], name: str) -> list[list[Receipt]]:
    """In the thread: count everybody against their limits in one round trip, and log what is left in one commit."""
    refusals = _refusals(batch)
    admitted = [
        command for group, refusal in zip(batch, refusals, strict=True) if refusal is None for command in group.commands
    ]
    accepted = iter(accept_commands(admitted, reply_to=name) if admitted else [])
    return [
        [refusal if refusal is not None else next(accepted) for _ in group.commands]
        for group, refusal in zip(batch, refusals, strict=True)
    ]


def _refusals(batch: Sequence[_Group]) -> list[BourseError | None]:
    """A socket's commands of one batch are counted, and let in or refused, together."""
    holders: dict[tuple[str, str], int] = {}
    for group in batch:
        if group.holder is not None:
            holders[group.holder] = holders.get(group.holder, 0) + len(group.commands)
    counts = [Count(holder=holder, address=address, weight=weight) for (holder, address), weight in holders.items()]
    found: dict[tuple[str, str] | None, BourseError | None] = {None: None}
    if counts:
        found |= dict(zip(holders, admit_many(rate_class="orders", counts=counts), strict=True))
    return [found[group.holder] for group in batch]
