"""A command that cannot be processed: it is set aside, its market halts, the others go on."""

import signal

import pytest

from matching.engine.types import MarketState
from matching.models import Command, MarketEngineState, Outcome, QuarantinedCommand
from matching.quarantine import NotHeld, release_command
from matching.worker.failpoints import Failpoint
from matching.worker.isolation import MAX_ATTEMPTS, run_isolated
from matching.worker.settlement import Settlement
from tests.support.audit import audit
from tests.support.exchange import Exchange
from tests.support.random_flow import log_flow
from tests.support.worker_process import WorkerProcess, eventually

NO_SUCH_SIDE = 7


def poison(exchange: Exchange) -> int:
    """A command no web process would log."""
    good = Command.objects.get(pk=exchange.place("owner", "BUY", "50000", "1"))
    fields = {field.attname: getattr(good, field.attname) for field in Command._meta.fields}
    for given_by_database in ("id", "xact_number", "accepted_at"):
        del fields[given_by_database]
    return Command.objects.create(**fields | {"side": NO_SUCH_SIDE}).pk


def assert_isolated(exchange: Exchange, guilty: int) -> None:
    held = QuarantinedCommand.objects.get(is_held=True)
    assert held.command_id == guilty
    assert not Outcome.objects.filter(pk=guilty).exists()
    assert Command.objects.count() == Outcome.objects.count() + 1
    states = dict(MarketEngineState.objects.values_list("market__symbol", "state"))
    assert states == {"BTC-USDT": MarketState.HALTED, "ETH-USDT": MarketState.TRADING}


def test_the_guilty_command_is_found_by_halving(exchange: Exchange) -> None:
    log_flow(exchange, 15, seed=1)
    guilty = poison(exchange)
    log_flow(exchange, 15, seed=2)
    worker = exchange.worker()
    run_isolated(worker, worker.pending())
    exchange.run()
    assert_isolated(exchange, guilty)


def test_staff_give_a_held_command_back_to_the_worker(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the fault was the program's: once it is mended, the command is processed."""
    order = exchange.place("owner", "BUY", "50000", "1")
    worker = exchange.worker()
    with monkeypatch.context() as broken:
        broken.setattr(Settlement, "_add_orders", lambda *_: 1 / 0)
        run_isolated(worker, worker.pending())
    log_flow(exchange, 10, seed=4)
    exchange.run()
    assert not Outcome.objects.filter(pk=order).exists()
    release_command(command_id=order)
    exchange.set_state(MarketState.TRADING)
    exchange.run()
    assert Outcome.objects.filter(pk=order).exists()
    with pytest.raises(NotHeld):
        release_command(command_id=order)
    audit(exchange)


def test_the_loop_isolates_by_itself_and_goes_on(exchange: Exchange) -> None:
    with WorkerProcess(exchange.database):
        first = exchange.place("owner", "BUY", "50000", "1")
        eventually(Outcome.objects.filter(pk=first).exists)
        guilty = poison(exchange)
        eventually(QuarantinedCommand.objects.filter(is_held=True).exists)
        later = exchange.place("owner", "BUY", "2900", "1", symbol="ETH-USDT")
        refused = exchange.place("owner", "BUY", "50000", "1")
        eventually(lambda: Outcome.objects.filter(pk__in=[later, refused]).count() == 2)
    assert Outcome.objects.get(pk=later).code is None
    assert Outcome.objects.get(pk=refused).code == "MARKET_HALTED"
    assert_isolated(exchange, guilty)


def test_a_command_that_kills_the_worker_again_and_again_is_set_aside_untried(exchange: Exchange) -> None:
    guilty = exchange.place("owner", "BUY", "50000", "1")
    for _ in range(MAX_ATTEMPTS):
        with WorkerProcess(exchange.database, failpoint=f"{Failpoint.APPLIED}:kill") as worker:
            assert worker.wait() == -signal.SIGKILL
    with WorkerProcess(exchange.database):
        eventually(QuarantinedCommand.objects.filter(is_held=True).exists)
        later = exchange.place("owner", "BUY", "2900", "1", symbol="ETH-USDT")
        eventually(Outcome.objects.filter(pk=later).exists)
    assert_isolated(exchange, guilty)


def test_nothing_is_held_when_all_is_well(exchange: Exchange) -> None:
    log_flow(exchange, 10, seed=9)
    with WorkerProcess(exchange.database):
        eventually(lambda: Outcome.objects.count() == 10)
        eventually(lambda: not QuarantinedCommand.objects.exists())
    audit(exchange)
