"""Other writers spend the same money while batches run: undo and rerun, no deadlock, no negative balance."""

import random
import threading
import time
from datetime import UTC, datetime

from django.db import connection
from django.db.models import F, Sum

from ledger.errors import InsufficientBalance
from ledger.models import Asset, Balance, EntryKind
from ledger.services import PostingRequest, post_entry
from matching.models import Order, OrderStatus
from tests.support.audit import audit
from tests.support.cast import CAST, FUNDS_WRITER
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow


class Drain(threading.Thread):
    """Moves takers' available money away and back, as fast as it can."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__()
        self.accounts = {name: exchange.account(name).id for name in CAST}
        self.assets = {asset.symbol: asset for asset in Asset.objects.all()}
        self.moves = 0
        self.stopping = threading.Event()
        self.error: Exception | None = None

    def run(self) -> None:
        rng = random.Random(5)
        try:
            while not self.stopping.is_set():
                self._drain_one(rng)
        except Exception as error:
            self.error = error
        finally:
            connection.close()

    def _drain_one(self, rng: random.Random) -> None:
        giver, taker = rng.sample(CAST, 2)
        asset = self.assets[rng.choice(["BTC", "USDT", "ETH"])]
        available = Balance.objects.get(account_id=self.accounts[giver], asset=asset).available
        atoms = int(available * 10**asset.scale) * rng.choice([50, 99, 100]) // 100
        if atoms <= 0:
            return
        try:
            post_entry(
                writer_id=FUNDS_WRITER,
                idempotency_key=f"drain:{self.moves}:{time.monotonic_ns()}",
                kind=EntryKind.TRANSFER,
                postings=[
                    PostingRequest(self.accounts[giver], asset.id, -atoms),
                    PostingRequest(self.accounts[taker], asset.id, atoms),
                ],
                at=datetime.now(UTC),
            )
            self.moves += 1
        except InsufficientBalance:
            pass


def test_withdrawals_race_every_batch(exchange: Exchange) -> None:
    worker = exchange.worker(batch_limit=10)
    drain = Drain(exchange)
    drain.start()
    try:
        # Chance decides when the two meet; whole rounds are run until they have.
        for seed in range(21, 36):
            log_flow(exchange, 200, seed=seed)
            while worker.run_once():
                pass
            if worker.reruns and drain.moves > 5:
                break
    finally:
        drain.stopping.set()
        drain.join()
    assert drain.error is None
    assert drain.moves > 5
    assert worker.reruns > 0, "the race never hit; the test proves nothing"
    audit(exchange)


def test_a_withdrawal_in_the_middle_of_a_batch_is_noticed(exchange: Exchange) -> None:
    """The worker has read 10,000,000 USDT for the owner; they are gone before it locks."""
    worker = exchange.worker()
    order = exchange.place("owner", "BUY", "60000", "10")
    account, asset = exchange.account("owner"), Asset.objects.get(symbol="USDT")

    def withdraw() -> None:
        post_entry(
            writer_id=FUNDS_WRITER,
            idempotency_key="all of it",
            kind=EntryKind.TRANSFER,
            postings=[
                PostingRequest(account.id, asset.id, -(10_000_000 * 10**asset.scale)),
                PostingRequest(exchange.account("outsider").id, asset.id, 10_000_000 * 10**asset.scale),
            ],
            at=datetime.now(UTC),
        )
        connection.close()

    def withdraw_once() -> None:
        worker.before_lock = None
        thread = threading.Thread(target=withdraw)
        thread.start()
        thread.join()

    worker.before_lock = withdraw_once
    exchange.run()
    assert exchange.order(order).status == OrderStatus.REJECTED
    assert exchange.order(order).reason == "INSUFFICIENT_BALANCE"
    assert worker.reruns == 1
    audit(exchange)


def test_locked_is_what_open_orders_need_after_every_round(exchange: Exchange) -> None:
    """Many simultaneous orders and cancels by one user. Another exchange overwrote `locked` from an earlier SELECT."""
    rng = random.Random(8)
    for _ in range(5):
        barrier = threading.Barrier(8)
        open_orders = list(
            Order.objects.filter(status__in=[OrderStatus.OPEN, OrderStatus.PARTIAL]).values_list("pk", flat=True)
        )
        rng.shuffle(open_orders)

        def act(number: int, barrier: threading.Barrier = barrier, open_orders: list[int] = open_orders) -> None:
            barrier.wait()
            try:
                for step in range(5):
                    exchange.place("owner", "BUY", str(50_000 + number * 10 + step), "0.5")
                    if open_orders:
                        exchange.cancel("owner", open_orders[(number * 5 + step) % len(open_orders)])
            finally:
                connection.close()

        threads = [threading.Thread(target=act, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            exchange.worker(batch_limit=7).run_once()
        exchange.run()
        still_open = Order.objects.filter(status__in=[OrderStatus.OPEN, OrderStatus.PARTIAL])
        need = still_open.aggregate(need=Sum((F("quantity") - F("filled_quantity")) * F("price")))["need"]
        assert exchange.balance("owner", "USDT")[1] == need
    audit(exchange)
