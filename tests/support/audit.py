"""The questions asked after every fault: is anything lost, done twice, or wrong?"""

from ledger.verification import verify_ledger
from matching.models import Command, Outcome, Shard
from matching.verification import CHECKS
from matching.worker.replay import replay_log
from tests.support.exchange import Exchange


def state_hashes(exchange: Exchange) -> dict[int, bytes]:
    """Market to the hash of its whole engine state."""
    return {market_id: book.state_hash() for market_id, book in exchange.worker().books.items()}


def audit(exchange: Exchange) -> None:
    """Everything accepted has exactly one outcome, the books are right, a replay and a restart give the same state."""
    commands = set(Command.objects.values_list("pk", flat=True))
    outcomes = list(Outcome.objects.values_list("pk", flat=True))
    assert len(outcomes) == len(set(outcomes)), "a command was applied twice"
    assert set(outcomes) == commands, "an accepted command has no outcome"
    assert verify_ledger(extra_checks=CHECKS).findings == []
    assert replay_log(shard=Shard.objects.get()).findings == []
    for book in exchange.worker().books.values():
        book.check_invariants()
    live = state_hashes(exchange)
    exchange.restart_worker()
    assert state_hashes(exchange) == live, "a restarted worker has other books"
