"""Asking an exchange many things side by side, in the name of one account.

The questions run in an event loop of a thread of their own, and their answers come to the caller one by one as they
arrive: whoever stores them needs no event loop, and the loop never waits for a database.

How fast requests follow each other is the client's business, which knows the exchange's limit. How many questions are
under way at once is found out here: few to begin with, one more after each quick answer, one less after each slow one.
So an exchange that allows little is asked for one currency after the other, and what else waits for its turn there,
such as a user's test of the connection, does not wait behind ten of a sync.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

from django.conf import settings

from wallet.venues.core.fetched import FetchedAddresses
from wallet.venues.errors import ExchangeApiError, ExchangeTimeout
from wallet.venues.exchanges.protocol import VenueClient
from wallet.venues.metrics import note_failure
from wallet.venues.models import ExchangeAccount
from wallet.venues.services.asking import client_of, unusable

Answer = FetchedAddresses | ExchangeApiError
Question = tuple[str, Sequence[str]]
"""A currency, and networks; none means all."""
BULK_SECONDS = 10.0
"""For all questions of somebody who waits."""
QUESTION_SECONDS = 90.0
"""For one currency of a sync, with everything it waits for: its turn among the others, too."""
_GRACE_SECONDS = 5.0
_END_SECONDS = 10.0
_AT_FIRST = 3
_QUICK_SECONDS, _SLOW_SECONDS = 1.5, 5.0
_MOST_UNSTORED = 8
"""Answers that wait to be stored; a sync that is stopped has not asked for much more than it needed."""
_PAUSE_SECONDS = 0.02
_ALL = ""


class SideBySide:
    """Questions of one client, several at once, as many as the exchange answers quickly."""

    def __init__(
        self,
        account: ExchangeAccount,
        client: VenueClient,
        questions: Sequence[Question],
        take: Callable[[int, Answer], None],
        *,
        is_over: Callable[[], bool] = lambda: False,
        is_behind: Callable[[], bool] = lambda: False,
    ) -> None:
        """`take` is given the position of a question and its answer.

        `is_over`: nothing more is to be asked. `is_behind`: nothing for the moment, there are answers enough.
        """
        self._account = account
        self._client = client
        self._questions = questions
        self._waiting = iter(enumerate(questions))
        self._take = take
        self._is_over = is_over
        self._is_behind = is_behind
        self._at_once = 0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_FIRST):
                self._add_worker(group)

    def _add_worker(self, group: asyncio.TaskGroup) -> None:
        if self._at_once < min(settings.VENUE_CURRENCIES_AT_ONCE, len(self._questions)):
            self._at_once += 1
            group.create_task(self._work(group))

    async def _work(self, group: asyncio.TaskGroup) -> None:
        for position, (currency, networks) in self._waiting:
            if self._is_over():
                return
            began = time.monotonic()
            answer = await _answer(self._account, self._client, currency, networks)
            self._take(position, answer)
            seconds = time.monotonic() - began
            while self._is_behind() and not self._is_over():
                await asyncio.sleep(_PAUSE_SECONDS)
            if seconds < _QUICK_SECONDS and isinstance(answer, FetchedAddresses):
                self._add_worker(group)
            elif seconds > _SLOW_SECONDS and self._at_once > 1:
                self._at_once -= 1
                return


def ask_all(account: ExchangeAccount, plan: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Answer]]:
    """Currency and answer, in the order in which they come. `plan`: currency to networks; none means all.

    Where the exchange cannot be spoken to at all, the one answer has no currency. Whoever stops listening ends it.
    """
    answers: queue.SimpleQueue[tuple[str, Answer] | None] = queue.SimpleQueue()
    is_over = threading.Event()
    questions = list(plan.items())

    async def ask() -> None:
        async with client_of(account, time_limit=QUESTION_SECONDS) as client:
            await SideBySide(
                account,
                client,
                questions,
                lambda position, answer: answers.put((questions[position][0], answer)),
                is_over=is_over.is_set,
                is_behind=lambda: answers.qsize() > _MOST_UNSTORED,
            ).run()

    def run() -> None:
        try:
            asyncio.run(ask())
        except BaseException as error:
            told = unusable(account, _first_of(error))
            note_failure(account.exchange_id, told.code)
            answers.put((_ALL, told))
        finally:
            answers.put(None)

    thread = threading.Thread(target=run, name="address-sync", daemon=True)
    thread.start()
    try:
        while (answer := answers.get()) is not None:
            yield answer
    finally:
        is_over.set()
        thread.join(_END_SECONDS)


def fetch_many(account: ExchangeAccount, wanted: Sequence[tuple[str, str]]) -> list[Answer]:
    """An answer to each of these currencies and networks, in their order, within 10 seconds."""
    answers: list[Answer] = [ExchangeTimeout.at(account.exchange_id, currency=currency) for currency, _ in wanted]

    async def ask() -> None:
        client = client_of(account, time_limit=BULK_SECONDS)
        questions = [(currency, [network]) for currency, network in wanted]
        async with asyncio.timeout(BULK_SECONDS), client:
            await SideBySide(account, client, questions, answers.__setitem__).run()

    try:
        with suppress(TimeoutError):
            asyncio.run(ask())
    except Exception as error:
        told = unusable(account, _first_of(error))
        return [told for _ in wanted]
    return answers


async def _answer(account: ExchangeAccount, client: VenueClient, currency: str, networks: Sequence[str]) -> Answer:
    try:
        async with asyncio.timeout(QUESTION_SECONDS + _GRACE_SECONDS):
            fetched = await client.deposit_addresses(currency, networks)
    except Exception as error:
        told = unusable(account, error, currency=currency)
        note_failure(account.exchange_id, told.code)
        return told
    for failure in fetched.failed.values():
        note_failure(account.exchange_id, failure.code)
    return fetched


def _first_of(error: BaseException) -> Exception:
    """What went wrong in a group of tasks."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, Exception) else RuntimeError()
