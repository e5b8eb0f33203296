"""Whole books, stored from time to time: each is the live book, and a replay may start there."""

import psycopg

from matching.engine.book import Book
from matching.models import Checkpoint, Outcome, Shard
from matching.rules import rules_of
from matching.worker.checkpoints import take_checkpoints
from matching.worker.replay import replay_log
from tests.support import databases
from tests.support.audit import audit
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow
from tests.support.worker_process import WorkerProcess, eventually


def test_a_checkpoint_is_the_live_book(exchange: Exchange) -> None:
    log_flow(exchange, 60, seed=41)
    exchange.run()
    assert take_checkpoints(exchange.worker()) == 2
    for row in Checkpoint.objects.select_related("market__base", "market__quote"):
        live = exchange.worker().books[row.market_id]
        assert bytes(row.state_hash) == live.state_hash()
        restored = Book.restore(row.snapshot, rules_of(row.market))
        restored.check_invariants()
        assert restored.state_hash() == live.state_hash()


def test_the_same_moment_is_stored_once(exchange: Exchange) -> None:
    log_flow(exchange, 10, seed=42)
    exchange.run()
    assert [take_checkpoints(exchange.worker()) for _ in range(3)] == [2, 0, 0]
    exchange.place("owner", "BUY", "50000", "1")
    exchange.run()
    assert take_checkpoints(exchange.worker()) == 2


def test_a_replay_starts_at_the_latest(exchange: Exchange) -> None:
    log_flow(exchange, 40, seed=43)
    exchange.run()
    take_checkpoints(exchange.worker())
    log_flow(exchange, 40, seed=44)
    exchange.run()
    whole = replay_log(shard=Shard.objects.get())
    rest = replay_log(shard=Shard.objects.get(), from_checkpoint=True)
    assert (whole.started_after, whole.commands, whole.findings) == (0, 80, [])
    assert (rest.started_after, rest.commands, rest.findings) == (40, 40, [])
    assert 0 < rest.trades < whole.trades
    audit(exchange)


def test_what_another_engine_applied_is_left_to_it(exchange: Exchange) -> None:
    """After a change of the engine the worker takes checkpoints, and replays start there."""
    log_flow(exchange, 20, seed=1)
    exchange.run()
    exchange.close()
    with psycopg.connect(databases.owner_url(exchange.database), autocommit=True) as owner:
        owner.execute('UPDATE matching_batch SET engine_version = 1, event_hashes = \'{"1": "00"}\'')
    shard = Shard.objects.get()
    assert replay_log(shard=shard).findings != []
    with WorkerProcess(exchange.database):
        log_flow(exchange, 20, seed=2)
        eventually(lambda: Outcome.objects.count() == 40)
    for from_checkpoint in (False, True):
        report = replay_log(shard=shard, from_checkpoint=from_checkpoint)
        assert (report.findings, report.started_after, report.commands) == ([], 20, 20)
