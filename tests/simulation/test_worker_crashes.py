"""kill -9 of the matching worker at every step of a batch: nothing is lost, nothing is done twice."""

import signal
from decimal import Decimal

import pytest
from django.db import connection

from matching.models import Outcome, Shard, Trade
from matching.worker.failpoints import Failpoint
from tests.support.audit import audit
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow
from tests.support.worker_process import WorkerProcess, eventually


@pytest.mark.parametrize("failpoint", list(Failpoint))
def test_kill_at(exchange: Exchange, failpoint: Failpoint) -> None:
    log_flow(exchange, 60, seed=11)
    with WorkerProcess(exchange.database, failpoint=f"{failpoint}:kill@2", batch_limit=20) as worker:
        assert worker.wait() == -signal.SIGKILL
    assert 20 <= Outcome.objects.count() <= 40
    log_flow(exchange, 20, seed=12)
    exchange.run()
    audit(exchange)
    assert Trade.objects.count() > 5


def test_accepted_but_not_matched_orders_survive_a_restart_of_the_matcher(exchange: Exchange) -> None:
    """Another exchange filled such orders twice, from the database and from the queue, and minted money."""
    exchange.place("owner", "SELL", "60000", "1")
    with WorkerProcess(exchange.database) as worker:
        eventually(Outcome.objects.exists)
        worker.kill()
        buy = exchange.place("colleague", "BUY", "60000", "0.4")
        assert not Outcome.objects.filter(pk=buy).exists()
    with WorkerProcess(exchange.database) as worker:
        eventually(Outcome.objects.filter(pk=buy).exists)
        worker.kill()
    with WorkerProcess(exchange.database):
        last = exchange.place("colleague", "BUY", "60000", "0.1")
        eventually(Outcome.objects.filter(pk=last).exists)
    assert list(Trade.objects.order_by("number").values_list("quantity", flat=True)) == [
        Decimal("0.4"),
        Decimal("0.1"),
    ]
    audit(exchange)
    assert exchange.balance("owner", "BTC") == (99, Decimal("0.5"))


def test_a_second_worker_waits_and_takes_over(exchange: Exchange) -> None:
    with WorkerProcess(exchange.database) as first:
        eventually(lambda: Shard.objects.get().epoch == 1)
        with WorkerProcess(exchange.database):
            order = exchange.place("owner", "SELL", "60000", "1")
            eventually(Outcome.objects.filter(pk=order).exists)
            assert Shard.objects.get().epoch == 1
            first.kill()
            order = exchange.place("colleague", "BUY", "60000", "1")
            eventually(Outcome.objects.filter(pk=order).exists)
            assert Shard.objects.get().epoch == 2
    audit(exchange)


def test_a_worker_stopped_past_its_lock_writes_nothing_when_woken(exchange: Exchange) -> None:
    with WorkerProcess(exchange.database) as stopped:
        eventually(lambda: Shard.objects.get().epoch == 1)
        stopped.send(signal.SIGSTOP)
        # The server ends an idle session after ten seconds; the test does not wait for it.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d ON d.oid = database "
                "WHERE locktype = 'advisory' AND datname = current_database() AND granted"
            )
        with WorkerProcess(exchange.database) as second:
            log_flow(exchange, 20, seed=3)
            eventually(lambda: Outcome.objects.count() == 20)
            assert Shard.objects.get().epoch == 2
            stopped.send(signal.SIGCONT)
            log_flow(exchange, 20, seed=4)
            eventually(lambda: Outcome.objects.count() == 40)
            assert Shard.objects.get().epoch == 2, "the woken worker found itself replaced and waits"
            second.send(signal.SIGTERM)
            assert second.wait() == 0
    audit(exchange)
