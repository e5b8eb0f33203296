"""A whole exchange with sockets, for all tests of a module: real worker, real streams process, real commits."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection

from accounts.credentials import forget_credentials
from accounts.services import NewApiKey
from ledger.models import Balance, JournalEntry, Posting
from matching.models import ClientOrderKey, Command, Order, OrderStatus, Outcome, Trade, UserEvent
from matching.selectors.markets import forget_markets
from tests.support import databases
from tests.support.api import make_key
from tests.support.exchange import Exchange
from tests.support.streams_process import ClientBook, StreamClient, StreamsProcess
from tests.support.worker_process import WorkerProcess, eventually

Rows = tuple[tuple[int, ...], list[tuple[Any, ...]]]


class Stage:
    """The exchange, its processes and a key for each of the cast."""

    def __init__(self, exchange: Exchange, **environment: object) -> None:
        self.exchange = exchange
        self.worker = WorkerProcess(exchange.database)
        self.streams = StreamsProcess(exchange.database, wait=False, **environment)
        self._keys: dict[str, NewApiKey] = {}

    def wait(self) -> None:
        self.streams.wait_until(200)
        # The worker's first announcement is that it has the books.
        eventually(lambda: self.exchange.redis.exists("orderbook:BTC-USDT:update_id"))

    def key(self, name: str) -> NewApiKey:
        """One key for all sockets of a user."""
        if name not in self._keys:
            self._keys[name] = make_key(self.exchange.user(name))
        return self._keys[name]

    def market_client(self) -> StreamClient:
        client = self.streams.open()
        client.next("hello")
        return client

    def user_client(self, name: str) -> StreamClient:
        """Signed in."""
        return self.streams.open_user(self.key(name))

    def book(self, client: StreamClient, symbol: str = "BTC-USDT", **fields: Any) -> ClientBook:
        """Subscribe; the book has its first snapshot. What was told of it before does not follow that one."""
        assert client.ask("subscribe", channel="book", symbols=[symbol], **fields)["type"] == "subscribed"
        client.forget(lambda frame: frame.get("channel") == "book" and frame.get("symbol") == symbol)
        book = ClientBook()
        book.take(client.next("snapshot", channel="book", symbol=symbol))
        return book

    def place(self, name: str, side: str, price: str, quantity: str, **fields: Any) -> int:
        """Log an order and wait until the worker has applied it."""
        order_id = self.exchange.place(name, side, price, quantity, **fields)
        self.settle()
        return order_id

    def cancel(self, name: str, order_id: int, **fields: Any) -> None:
        self.exchange.cancel(name, order_id, **fields)
        self.settle()

    def settle(self) -> None:
        """Wait until every command has its outcome."""
        eventually(lambda: Outcome.objects.count() >= Command.objects.count())

    def clear(self) -> None:
        """End all orders of the cast."""
        for name in ("owner", "colleague", "outsider"):
            for symbol in ("BTC-USDT", "ETH-USDT"):
                self.exchange.cancel_all(name, symbol=symbol)
        self.settle()

    def rows(self) -> Rows:
        """How many rows there are of everything an order can cause, and all balances."""
        counts = (Command, ClientOrderKey, Outcome, Order, Trade, UserEvent, JournalEntry, Posting)
        balances = Balance.objects.order_by("pk").values_list("pk", "available", "locked")
        return tuple(model.objects.count() for model in counts), list(balances)

    def stored_book(self, symbol: str = "BTC-USDT") -> dict[str, list[str]]:
        """Both sides out of the open orders, as "price:quantity", best first."""
        with connection.cursor() as cursor:
            sides = {}
            for name, side, order in (("bids", 1, "DESC"), ("asks", 2, "ASC")):
                cursor.execute(
                    f"""
                    SELECT trim_scale(price), trim_scale(sum(coalesce(
                        visible_quantity, quantity - filled_quantity - prevented_quantity)))
                    FROM matching_order o JOIN matching_market m ON m.id = o.market_id
                    WHERE m.symbol = %s AND side = %s AND status = ANY(%s) AND NOT is_waiting
                    GROUP BY price ORDER BY price {order}
                    """,
                    [symbol, side, [OrderStatus.OPEN, OrderStatus.PARTIAL]],
                )
                sides[name] = [f"{price:f}:{quantity:f}" for price, quantity in cursor.fetchall()]
        return sides

    def close(self) -> None:
        self.streams.kill()
        if self.worker.process.poll() is None:
            self.worker.kill()


def make_stage(django_db_blocker: Any, name: str, **environment: object) -> Iterator[Stage]:
    """A stage on a database of its own, until the generator is closed."""
    database = f"bourse_test_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{name}"
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.flushdb()
    databases.create_database(database, from_template=databases.template(with_cast=True))
    with django_db_blocker.unblock(), databases.default_database(database):
        forget_credentials()
        forget_markets()
        stage = Stage(Exchange(database=database, redis_client=client), **environment)
        try:
            stage.wait()
            yield stage
        finally:
            stage.close()
    client.close()
    databases.drop_database(database)


@pytest.fixture(scope="module")
def stage(django_db_blocker: Any) -> Iterator[Stage]:
    """For all tests of the module: what a test leaves in the books, the next one finds."""
    yield from make_stage(django_db_blocker, "stage")


@pytest.fixture
def clients(stage: Stage) -> Iterator[Callable[..., StreamClient]]:
    """Opens sockets that end with the test: of a user if one is named, else of the market."""
    opened: list[StreamClient] = []

    def open_client(name: str | None = None) -> StreamClient:
        client = stage.user_client(name) if name else stage.market_client()
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()


@pytest.fixture
def unchanged(stage: Stage) -> Iterator[Callable[[], None]]:
    """Nothing may have changed since the fixture was made; checked when called, and at the end."""
    stage.settle()
    before = stage.rows()

    def check() -> None:
        assert stage.rows() == before

    yield check
    check()
