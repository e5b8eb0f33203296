"""Asking an exchange many things side by side, in the name of one account.

The questions run in an event loop of a thread of their own, and their answers come to the caller one by one as they
arrive: whoever stores them needs no event loop, and the loop never waits for a database. How many questions are under
way at once is bounded here; how fast they follow each other is the client's business, which knows the exchange's limit.
"""

import asyncio
import queue
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from django.conf import settings

from wallet.venues.core.fetched import FetchedAddresses
from wallet.venues.errors import ExchangeApiError, ExchangeTimeout
from wallet.venues.exchanges.protocol import VenueClient
from wallet.venues.metrics import note_failure
from wallet.venues.models import ExchangeAccount
from wallet.venues.services.asking import client_of, unusable

Answer = FetchedAddresses | ExchangeApiError
BULK_SECONDS = 10.0
"""For all questions of somebody who waits."""
QUESTION_SECONDS = 30.0
"""For one currency of a sync, with everything it waits for: its turn among the others, too."""
_GRACE_SECONDS = 5.0
_END_SECONDS = 10.0
_ALL = ""


def ask_all(account: ExchangeAccount, plan: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Answer]]:
    """Currency and answer, in the order in which they come. `plan`: currency to networks; none means all.

    Where the exchange cannot be spoken to at all, the one answer has no currency. Whoever stops listening ends it.
    """
    answers: queue.SimpleQueue[tuple[str, Answer] | None] = queue.SimpleQueue()
    is_over = threading.Event()

    async def ask() -> None:
        waiting = iter(plan.items())

        async def ask_one_after_the_other(client: VenueClient) -> None:
            for currency, networks in waiting:
                if is_over.is_set():
                    return
                answers.put((currency, await _answer(account, client, currency, networks)))

        client = client_of(account, time_limit=QUESTION_SECONDS)
        async with client, asyncio.TaskGroup() as group:
            for _ in range(min(settings.VENUE_CURRENCIES_AT_ONCE, len(plan))):
                group.create_task(ask_one_after_the_other(client))

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
        waiting = iter(enumerate(wanted))

        async def ask_one_after_the_other(client: VenueClient) -> None:
            for position, (currency, network) in waiting:
                answers[position] = await _answer(account, client, currency, [network])

        client = client_of(account, time_limit=BULK_SECONDS)
        async with asyncio.timeout(BULK_SECONDS), client, asyncio.TaskGroup() as group:
            for _ in range(min(settings.VENUE_CURRENCIES_AT_ONCE, len(wanted))):
                group.create_task(ask_one_after_the_other(client))

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
