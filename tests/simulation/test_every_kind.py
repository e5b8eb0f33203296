"""Every kind of command at once, by leaps of time: the books, the money and the log agree after each batch."""

import random

import pytest

from matching.models import Command, CommandKind, Order, Shard, Trade
from matching.worker.checkpoints import take_checkpoints
from matching.worker.recovery import load_shard
from matching.worker.replay import replay_log
from tests.support.audit import audit, state_hashes
from tests.support.exchange import Exchange
from tests.support.full_flow import Clock, FullFlow, put_safeguards_on


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
