"""Every kind of command at once, by leaps of time: the books, the money and the log agree after each batch."""

import random
import signal
import time
from typing import Any, cast

import pytest

from matching.engine.book import Book
from matching.engine.commands import Tick
from matching.engine.events import Event
from matching.models import Command, CommandKind, Order, Shard, Trade
from matching.worker.checkpoints import take_checkpoints
from matching.worker.failpoints import Failpoint
from matching.worker.isolation import run_clocks_isolated, run_isolated
from matching.worker.recovery import load_shard
from matching.worker.replay import replay_log
from tests.simulation.test_contention import Drain
from tests.support.audit import audit, state_hashes
from tests.support.exchange import Exchange
from tests.support.full_flow import Clock, FullFlow, put_safeguards_on
from tests.support.worker_process import WorkerProcess


def rebuilt_hashes() -> dict[int, bytes]:
    """The books as a worker would build them that starts now."""
    memory = load_shard(Shard.objects.get())
    return {market_id: market.book.state_hash() for market_id, market in memory.markets.items()}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rebuilt_books_equal_live_ones_after_every_batch(exchange: Exchange, seed: int) -> None:
    rng = random.Random(seed)
    put_safeguards_on()
    clock = Clock()
    worker = exchange.worker(clock_us=clock)
    flow = FullFlow(exchange, seed)
    for part in range(6):
        flow.log(60, now_us=clock.now_us)
        worker.batch_limit = rng.randint(5, 40)
        while worker.run_once():
            assert rebuilt_hashes() == state_hashes(exchange)
        if part == 3:
            take_checkpoints(worker)
        clock.leap(rng.choice([0.5, 4, 15, 60]))
    while worker.run_once():
        pass
    audit(exchange)
    assert Trade.objects.count() > 20
    assert Command.objects.filter(kind=CommandKind.TICK).exists()
    assert Order.objects.filter(is_waiting=True).exists()
    assert Order.objects.filter(triggered_at__isnull=False).exists()
    assert replay_log(shard=Shard.objects.get(), from_checkpoint=True).findings == []


@pytest.mark.parametrize("failpoint", list(Failpoint))
def test_killed_at(exchange: Exchange, failpoint: Failpoint) -> None:
    """While halts end, orders expire and countdowns run out; the next worker makes up for the time."""
    put_safeguards_on(halt_seconds=1)
    flow = FullFlow(exchange, seed=list(Failpoint).index(failpoint))
    flow.log(80, now_us=time.time_ns() // 1_000)
    with WorkerProcess(exchange.database, failpoint=f"{failpoint}:kill@3", batch_limit=20) as worker:
        assert worker.wait() == -signal.SIGKILL
    flow.log(20, now_us=time.time_ns() // 1_000)
    exchange.run()
    audit(exchange)
    assert Trade.objects.count() > 5


def test_withdrawals_race_every_batch(exchange: Exchange) -> None:
    put_safeguards_on()
    clock = Clock()
    worker = exchange.worker(clock_us=clock, batch_limit=10)
    flow = FullFlow(exchange, seed=5)
    drain = Drain(exchange)
    drain.start()
    try:
        for _ in range(10):
            flow.log(100, now_us=clock.now_us)
            while worker.run_once():
                pass
            clock.leap(5)
            if worker.reruns and drain.moves > 5:
                break
    finally:
        drain.stopping.set()
        drain.join()
    assert drain.error is None
    assert worker.reruns > 0, "the race never hit; the test proves nothing"
    audit(exchange)


def test_a_batch_taken_back_logs_its_ticks_anew(exchange: Exchange) -> None:
    """The tick is logged in the batch that applies it: what is rolled back was never there."""
    clock = Clock()
    worker = exchange.worker(clock_us=clock)
    exchange.set_countdown("owner", 10)
    exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    clock.leap(20)

    def fail_once() -> None:
        worker.before_lock = None
        raise RuntimeError

    worker.before_lock = fail_once
    with pytest.raises(RuntimeError):
        worker.run_once()
    assert not Command.objects.filter(kind=CommandKind.TICK).exists()
    exchange.run()
    assert Command.objects.filter(kind=CommandKind.TICK).count() == 1
    assert Order.objects.get().reason == "COUNTDOWN"
    audit(exchange)


def test_a_clock_that_cannot_go_on_stops_its_market_alone(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    worker = exchange.worker(clock_us=clock)
    for symbol, price in (("BTC-USDT", "50000"), ("ETH-USDT", "2900")):
        exchange.place("owner", "BUY", price, "1", symbol=symbol)
        exchange.set_countdown("owner", 10, symbol=symbol)
    exchange.run()
    clock.leap(20)
    broken_market = exchange.market("BTC-USDT").pk
    apply = Book.apply

    def fail(book: Book, command: object, *arguments: Any) -> list[Event]:
        if isinstance(command, Tick) and book.market_id == broken_market:
            raise RuntimeError
        return apply(book, cast(Any, command), *arguments)

    with monkeypatch.context() as broken:
        broken.setattr(Book, "apply", fail)
        with pytest.raises(RuntimeError):
            worker.run_once()
        assert run_isolated(worker, worker.pending()) + run_clocks_isolated(worker) == 1
        assert worker.run_once() == 0
    assert dict(Order.objects.values_list("market__symbol", "reason")) == {"BTC-USDT": "", "ETH-USDT": "COUNTDOWN"}
    exchange.restart_worker()
    exchange.run()
    assert set(Order.objects.values_list("reason", flat=True)) == {"COUNTDOWN"}
    audit(exchange)


def test_rules_change_in_the_middle_of_a_day(exchange: Exchange) -> None:
    """Each order is judged by the rules of its place in the log, live and in a replay."""
    put_safeguards_on()
    clock = Clock()
    worker = exchange.worker(clock_us=clock, batch_limit=25)
    flow = FullFlow(exchange, seed=9)
    changes: list[dict[str, int]] = [
        {"tick_multiple": 10, "breaker_ppm": 3_000, "halt_seconds": 5},
        {"lot_multiple": 100, "protection_ppm": 0, "max_stop_orders": 5},
        {"tick_multiple": 1, "static_band_ppm": 2_000, "max_order_rate": 8, "auction_seconds": 0},
    ]
    for change in changes:
        flow.log(60, now_us=clock.now_us)
        exchange.set_rules(symbol="BTC-USDT", **change)
        flow.log(30, now_us=clock.now_us)
        while worker.run_once():
            pass
        clock.leap(12)
        take_checkpoints(worker)
    assert exchange.market("BTC-USDT").rules_version == 4
    audit(exchange)
    assert Order.objects.filter(reason="TICK_SIZE_CHANGED").exists()
