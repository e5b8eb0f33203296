"""What is asked about addresses by the benchmark: pages anywhere in a long list, with filters, and single addresses."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from bench.address_rows import CURRENCIES, EXCHANGES, Population

# isort: split

from wallet.venues.models import AddressStatus, DepositAddress
from wallet.venues.selectors.addresses import AddressFilter, get_address, list_addresses
from wallet.venues.selectors.paging import PageRequest

PAGE = 50
MOST_CURSORS = 300


@dataclass(frozen=True, slots=True)
class Known:
    """What can be asked for of the user with very many addresses, and of one of the others."""

    user_id: int
    cursors: list[str]
    """Of pages all over the list, the deepest last."""
    ids: list[UUID]
    other_user_id: int


def known_of(population: Population) -> Known:
    """Walks through the whole list once."""
    user_id, cursors, cursor = population.many.pk, [], None
    while True:
        page = list_addresses(user_id=user_id, wanted=AddressFilter(), page=PageRequest(PAGE, cursor))
        cursor = page.next_cursor
        if cursor is None:
            break
        cursors.append(cursor)
    every = max(1, len(cursors) // MOST_CURSORS)
    ids = list(DepositAddress.objects.filter(user_id=user_id).values_list("pk", flat=True)[:5_000])
    return Known(user_id, cursors[::-1][::every][::-1], ids, population.others[0].pk)


def questions(known: Known, rng: random.Random) -> dict[str, Callable[[], Any]]:
    """One of each kind, each by another hand of luck."""

    def page(wanted: AddressFilter, cursor: str | None = None, ordering: str = "-created_at") -> Any:
        return list_addresses(user_id=known.user_id, wanted=wanted, page=PageRequest(PAGE, cursor, ordering))

    currency = _currency(rng)
    return {
        "first page": lambda: page(AddressFilter()),
        "deep page": lambda: page(AddressFilter(), rng.choice(known.cursors)),
        "deepest page": lambda: page(AddressFilter(), known.cursors[-1]),
        "currency": lambda: page(AddressFilter(currency=currency)),
        "active of a currency": lambda: page(AddressFilter(currency=currency, is_active=True)),
        "active of a currency and network": lambda: page(
            AddressFilter(currency=currency, network="N3", is_active=True)
        ),
        "exchange, deep": lambda: page(AddressFilter(exchange_id=rng.choice(EXCHANGES)), rng.choice(known.cursors)),
        "changed": lambda: page(AddressFilter(status=AddressStatus.CHANGED)),
        "by currency": lambda: page(AddressFilter(), ordering="currency"),
        "text": lambda: page(AddressFilter(search="abc1")),
        "another user": lambda: list_addresses(
            user_id=known.other_user_id, wanted=AddressFilter(), page=PageRequest(PAGE)
        ),
    }


def look_up(known: Known, rng: random.Random) -> Callable[[], Any]:
    return lambda: get_address(user_id=known.user_id, address_id=rng.choice(known.ids))


def time_listing(known: Known, *, times: int) -> list[float]:
    """Milliseconds of each page, from the question to the rows with their marks and warnings."""
    rng = random.Random(3)
    taken: list[float] = []
    while len(taken) < times:
        taken += [timed_ms(ask) for ask in questions(known, rng).values()]
    return taken


def time_look_ups(known: Known, *, times: int) -> list[float]:
    """Milliseconds of each."""
    ask = look_up(known, random.Random(4))
    return [timed_ms(ask) for _ in range(times)]


def timed_ms(ask: Callable[[], Any]) -> float:
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1000


def listing_path(known: Known) -> Callable[[random.Random], str]:
    """The same questions over HTTP: half of them for the first page."""

    def path(rng: random.Random) -> str:
        query: dict[str, object] = {"limit": PAGE}
        kind = rng.random()
        if kind < 0.3:
            query["cursor"] = rng.choice(known.cursors)
        elif kind < 0.4:
            query |= {"currency": _currency(rng)}
        elif kind < 0.5:
            query |= {"exchange": rng.choice(EXCHANGES), "is_active": "true"}
        return f"/api/v1/wallet/addresses?{urlencode(query)}"

    return path


def look_up_path(known: Known) -> Callable[[random.Random], str]:
    return lambda rng: f"/api/v1/wallet/addresses/{rng.choice(known.ids)}"


def mixed_path(known: Known) -> Callable[[random.Random], str]:
    """As many pages as look-ups."""
    paths = (listing_path(known), look_up_path(known))
    return lambda rng: rng.choice(paths)(rng)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)


def _currency(rng: random.Random) -> str:
    return f"C{rng.randrange(CURRENCIES):03d}"
