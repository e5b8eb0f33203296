"""An exchange that trades: a worker in a thread of its own, three signing clients, and a snapshot of every row."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from accounts.credentials import forget_credentials
from ledger.models import Balance, JournalEntry, Posting
from marketdata.selectors.summaries import forget_summaries
from matching.answers import answer_line
from matching.models import ClientOrderKey, Command, Order, Outcome, Trade, UserEvent
from matching.selectors.markets import forget_markets
from tests.support.api import SignedClient, make_key
from tests.support.exchange import Exchange

ORDERS = "/api/v1/orders"

Snapshot = tuple[tuple[int, ...], list[tuple[Any, ...]]]


class TradingFloor:
    """The exchange, its clients, and a worker that runs between `start` and `stop`."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.owner = SignedClient(make_key(exchange.user("owner")))
        self.colleague = SignedClient(make_key(exchange.user("colleague")))
        self.outsider = SignedClient(make_key(exchange.user("outsider")))
        self.stranger = SignedClient(None)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Match from now on; returns when the worker has its books."""
        ready = threading.Event()
        self._stopping.clear()

        def work() -> None:
            try:
                worker = self.exchange.restart_worker()
                ready.set()
                while not self._stopping.is_set():
                    if not worker.run_once():
                        time.sleep(0.002)
            finally:
                self.exchange.close()
                connection.close()

        self._thread = threading.Thread(target=work, name="worker")
        self._thread.start()
        assert ready.wait(60)
        # Who does not listen yet is not patient either.
        assert answer_line()._is_listening.wait(60)

    def stop(self) -> None:
        if self._thread is not None:
            self._stopping.set()
            self._thread.join()
            self._thread = None
            self.exchange._worker = None

    def rows(self) -> Snapshot:
        """How many rows there are of everything an order can cause, and all balances."""
        counts = (Command, ClientOrderKey, Outcome, Order, Trade, UserEvent, JournalEntry, Posting)
        balances = Balance.objects.order_by("pk").values_list("pk", "available", "locked")
        return tuple(model.objects.count() for model in counts), list(balances)

    def limit(self, client: SignedClient, side: str, price: str, quantity: str, **fields: Any) -> Any:
        """Place a limit order; returns the response."""
        body = {"symbol": "BTC-USDT", "side": side, "type": "LIMIT", "price": price, "quantity": quantity}
        return client.post(ORDERS, body | fields)

    def market(self, client: SignedClient, side: str, **fields: Any) -> Any:
        return client.post(ORDERS, {"symbol": "BTC-USDT", "side": side, "type": "MARKET"} | fields)


@pytest.fixture
def idle(exchange: Exchange) -> Iterator[TradingFloor]:
    """The worker does not run."""
    forget_credentials()
    forget_markets()
    forget_summaries()
    floor = TradingFloor(exchange)
    # The first request of a process loads all views; a signature must not grow old over that.
    floor.stranger.get("/api/v1/time")
    yield floor
    floor.stop()
    forget_credentials()


@pytest.fixture
def floor(idle: TradingFloor) -> TradingFloor:
    """The worker runs."""
    idle.start()
    return idle


@pytest.fixture
def unchanged(idle: TradingFloor) -> Iterator[Callable[[], None]]:
    """Call it whenever nothing may have changed since the fixture was made; it is called at the end as well."""
    before = idle.rows()

    def check() -> None:
        assert idle.rows() == before

    yield check
    check()
