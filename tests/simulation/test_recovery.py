"""A worker's memory and the database never disagree: after any batch, any lost answer, any order of commits."""

import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection, transaction

from matching.engine.book import Book
from matching.engine.types import MarketState
from matching.models import Checkpoint, Command, MarketEngineState, Outcome, QuarantinedCommand, Shard
from matching.rules import rules_of
from matching.worker.checkpoints import take_checkpoints
from matching.worker.failpoints import Failpoint
from matching.worker.leadership import SessionLost
from matching.worker.loop import MatchingLoop
from matching.worker.recovery import load_shard
from matching.worker.replay import replay_log
from matching.worker.worker import MatchingWorker
from tests.support import databases
from tests.support.audit import audit, state_hashes
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow
from tests.support.worker_process import WorkerProcess, eventually

SEEDS = (1, 2, 3, 4, 5, 6)
LOOP_SECONDS = 60
STANDSTILL_SECONDS = 120
"""The database ends such a session after at most 20 seconds."""


def rebuilt_hashes() -> dict[int, bytes]:
    """The books as a worker would build them that starts now."""
    memory = load_shard(Shard.objects.get())
    return {market_id: market.book.state_hash() for market_id, market in memory.markets.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_rebuilt_state_equals_live_state_after_every_batch(exchange: Exchange, seed: int) -> None:
    rng = random.Random(seed)
    worker = exchange.worker()
    for part in range(8):
        log_flow(exchange, 30, seed=100 * seed + part)
        worker.batch_limit = rng.randint(1, 12)
        while worker.run_once():
            assert rebuilt_hashes() == state_hashes(exchange)
        if rng.random() < 0.5:
            live = state_hashes(exchange)
            worker = exchange.restart_worker()
            assert state_hashes(exchange) == live
    audit(exchange)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_replay_from_any_checkpoint_ends_in_the_live_books(exchange: Exchange, seed: int) -> None:
    rng = random.Random(seed)
    worker = exchange.worker(batch_limit=7)
    log_flow(exchange, 120, seed=seed)
    taken_at: list[int] = []
    while worker.run_once():
        if rng.random() < 0.25:
            take_checkpoints(worker)
            taken_at.append(Shard.objects.get().applied_sequence)
            assert_restores(exchange)
        if taken_at:
            report = replay_log(shard=Shard.objects.get(), from_checkpoint=True)
            assert report.findings == []
            assert report.started_after == taken_at[-1]
    assert taken_at
    audit(exchange)


def assert_restores(exchange: Exchange) -> None:
    """The latest checkpoints, put back into memory, are the live books."""
    latest = Checkpoint.objects.filter(applied_sequence=Shard.objects.get().applied_sequence)
    restored = {row.market_id: Book.restore(row.snapshot, rules_of(row.market)).state_hash() for row in latest}
    assert restored == state_hashes(exchange)


# --- the database answers too late, or not at all --------------------------------------------------------------------


def end_own_session() -> None:
    """What a restart of the server, or a network that breaks, does to this thread's connection; raises its error."""
    raw = connection.connection
    assert raw is not None
    with psycopg.connect(databases.owner_url(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [raw.info.backend_pid])
    with connection.wrap_database_errors:
        raw.execute("SELECT")


def run_loop(worker: MatchingWorker, exchange: Exchange, *, until: Callable[[], bool]) -> None:
    """The loop as a process runs it, in this thread, until the condition holds."""
    loop = MatchingLoop(worker=worker, client=exchange.redis, checkpoint_every=0)
    in_time: list[bool] = []

    def watch() -> None:
        try:
            eventually(until, seconds=LOOP_SECONDS)
            in_time.append(True)
        except AssertionError:
            in_time.append(False)
        finally:
            loop.stop()
            connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        loop.run()
    finally:
        loop.stop()
        watcher.join()
    assert in_time == [True]


def all_applied() -> bool:
    return Outcome.objects.count() == Command.objects.count()


@contextmanager
def commits_whose_answer_is_lost(monkeypatch: pytest.MonkeyPatch, *, every: int) -> Iterator[list[int]]:
    """The server commits and the worker never learns of it; yields a list with an element for each time."""
    commit = connection.commit
    lost: list[int] = []
    passed = 0

    def commit_and_lose() -> None:
        nonlocal passed
        commit()
        passed += 1
        if passed % every == 0:
            lost.append(passed)
            end_own_session()

    with monkeypatch.context() as patch:
        patch.setattr(connection, "commit", commit_and_lose)
        yield lost


@pytest.mark.parametrize("every", [2, 3, 5])
def test_a_commit_whose_answer_was_lost_is_not_done_twice(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    log_flow(exchange, 100, seed=every)
    worker = MatchingWorker(shard_name="main", publisher=exchange.worker()._publisher, batch_limit=8)
    exchange.close()
    with commits_whose_answer_is_lost(monkeypatch, every=every) as lost:
        run_loop(worker, exchange, until=all_applied)
    assert len(lost) > 2
    assert not QuarantinedCommand.objects.filter(is_held=True).exists()
    exchange.restart_worker()
    audit(exchange)


def test_sessions_that_end_within_batches_hold_no_command_and_halt_no_market(exchange: Exchange) -> None:
    """An outage rejects nobody's order, however often it comes."""
    log_flow(exchange, 60, seed=8)
    worker = MatchingWorker(shard_name="main", publisher=exchange.worker()._publisher, batch_limit=20)
    exchange.close()
    left = 6

    def end_some() -> None:
        nonlocal left
        if left:
            left -= 1
            end_own_session()

    worker.before_lock = end_some
    run_loop(worker, exchange, until=all_applied)
    assert left == 0
    assert not QuarantinedCommand.objects.exists()
    assert set(MarketEngineState.objects.values_list("state", flat=True)) == {MarketState.TRADING}
    exchange.restart_worker()
    audit(exchange)


def test_a_session_that_django_replaced_is_not_used(exchange: Exchange) -> None:
    """Django reconnects by itself; the new session has no leader lock, and the books may be behind."""
    log_flow(exchange, 10, seed=5)
    worker = exchange.worker()
    connection.close()
    connection.ensure_connection()
    with pytest.raises(SessionLost):
        worker.run_once()
    with pytest.raises(SessionLost):
        worker.pending()
    assert not Outcome.objects.exists()
    assert worker.try_take_over()
    exchange.run()
    audit(exchange)


@pytest.mark.parametrize("failpoint", [Failpoint.COMMITTED, Failpoint.ANSWERED, Failpoint.PUBLISHED])
def test_an_error_after_the_commit_takes_nothing_back(exchange: Exchange, failpoint: Failpoint) -> None:
    log_flow(exchange, 60, seed=31)
    with WorkerProcess(exchange.database, failpoint=f"{failpoint}:raise@2", batch_limit=20):
        eventually(all_applied)
        log_flow(exchange, 60, seed=32)
        eventually(all_applied)
    audit(exchange)


# --- commands that commit late and out of order ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_commands_that_commit_late_and_out_of_order_are_applied_once(exchange: Exchange, seed: int) -> None:
    """Each thread keeps its commands in an open transaction for a while; the worker runs and restarts meanwhile."""
    writers = 6
    errors: list[Exception] = []

    def write(number: int) -> None:
        rng = random.Random(100 * seed + number)
        pause = threading.Event()
        try:
            for _ in range(8):
                with transaction.atomic():
                    for _ in range(rng.randint(1, 5)):
                        exchange.place(
                            rng.choice(["owner", "colleague", "outsider"]),
                            rng.choice(["BUY", "SELL"]),
                            str(60_000 + rng.randint(-20, 20)),
                            f"0.{rng.randint(1, 9)}",
                        )
                        pause.wait(rng.random() * 0.02)
                    if rng.random() < 0.2:
                        transaction.set_rollback(True)
                    pause.wait(rng.random() * 0.05)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    rng = random.Random(seed)
    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    worker = exchange.worker(batch_limit=5)
    while any(thread.is_alive() for thread in threads):
        worker.run_once()
        if rng.random() < 0.02:
            worker = exchange.restart_worker(batch_limit=rng.choice([1, 5, 50]))
    exchange.run()
    assert errors == []
    in_log_order = list(Command.objects.order_by("pk").values_list("pk", flat=True))
    in_applied_order = list(Outcome.objects.order_by("applied_sequence").values_list("pk", flat=True))
    assert sorted(in_applied_order) == in_log_order
    assert in_applied_order != in_log_order, "nothing committed late; this proves nothing"
    sequences = list(Outcome.objects.order_by("applied_sequence").values_list("applied_sequence", flat=True))
    assert sequences == list(range(1, len(sequences) + 1))
    audit(exchange)


@pytest.mark.parametrize("failpoint", [Failpoint.BALANCES_LOCKED, Failpoint.ORDERS_WRITTEN, Failpoint.STATE_WRITTEN])
def test_a_worker_that_stands_still_within_a_batch_is_replaced(exchange: Exchange, failpoint: Failpoint) -> None:
    """It holds the shard's row and balances; between statements of a pipeline the server does not call it idle."""
    log_flow(exchange, 30, seed=41)
    with WorkerProcess(exchange.database, failpoint=f"{failpoint}:stop@2", batch_limit=10) as stopped:
        eventually(lambda: Outcome.objects.count() == 10)
        with WorkerProcess(exchange.database) as second:
            eventually(all_applied, seconds=STANDSTILL_SECONDS)
            assert Shard.objects.get().epoch == 2
            stopped.send(signal.SIGCONT)
            log_flow(exchange, 10, seed=42)
            eventually(all_applied)
            assert Shard.objects.get().epoch == 2
            second.send(signal.SIGTERM)
            assert second.wait() == 0
    audit(exchange)
