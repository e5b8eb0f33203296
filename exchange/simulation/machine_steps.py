"""What the processes of the exchange and its far end do, each under faults of its own."""

from django.conf import settings

from exchange.simulation.far_end import LONGEST_WAY_SECONDS
from exchange.simulation.stage import RAIL
from exchange.simulation.world import World
from matching.worker.failpoints import Failpoint
from wallet.core.decoding import read_message
from wallet.core.operations import OperationKind
from wallet.deposits.sweeping import sweep_rail
from wallet.deposits.watching import recheck_rail, watch_rail
from wallet.models import BalanceOperation
from wallet.processor.failpoints import FundsFailpoint
from wallet.processor.running import process_pending
from wallet.services.operations import request_operation
from wallet.services.payouts import PayoutFailpoint, send_payouts_of
from wallet.simchain import faults
from wallet.simchain.chain import DROPPED
from wallet.waking import redis_client, take_wake_up

REDIS_AWAY = "unix:///nowhere/bourse-simulation.sock"
DEEP_SHARE = 0.1
_FUNDS_FAILPOINTS = [str(failpoint) for failpoint in FundsFailpoint]
_PAYOUT_FAILPOINTS = [str(failpoint) for failpoint in PayoutFailpoint]
_MATCHING_FAILPOINTS = [str(failpoint) for failpoint in Failpoint]


def process(world: World) -> None:
    """The balance processor takes what is pending."""

    def work() -> None:
        take_wake_up()
        process_pending(world.processor())

    world.run_process("balance processor", work, _FUNDS_FAILPOINTS)


def match(world: World) -> None:
    """The matching worker takes what is pending."""

    def work() -> None:
        worker = world.worker()
        while worker.run_once():
            pass

    world.run_process("matching worker", work, _MATCHING_FAILPOINTS)


def watch(world: World) -> None:
    """Walk along the chain."""
    _disturb_far_end(world, "blocks")
    world.run_process("watcher", lambda: watch_rail(rail_code=RAIL))


def recheck(world: World) -> None:
    """Ask after deposits in no block."""
    _disturb_far_end(world, "look_up")
    world.run_process("recheck", lambda: recheck_rail(rail_code=RAIL))


def sweep(world: World) -> None:
    """Move deposits to the wallet that pays."""
    _disturb_far_end(world, "send", "balance", "new_address")
    world.run_process("sweep", lambda: sweep_rail(rail_code=RAIL))


def pay(world: World) -> None:
    """A round of payouts."""
    _disturb_far_end(world, "send", "send", "send", "look_up", "balance")
    world.run_process("payouts", lambda: send_payouts_of(world.rail(), world.adapter()), _PAYOUT_FAILPOINTS)


def mine(world: World) -> None:
    """The chain goes on."""
    count = world.rng.choice([1, 1, 1, 2, 3, 8])
    world.far_end.chain.mine(blocks=count)
    world.note(f"{count} blocks")


def reorganise(world: World) -> None:
    """The chain takes blocks back, mostly few; some of what was in them is dropped, or waits for a later block."""
    rng, store = world.rng, world.far_end.chain.store
    tip = int(store.value("SELECT max(number) FROM blocks WHERE is_active"))
    if tip < 1:
        return
    depth = rng.randint(1, tip) if rng.random() < DEEP_SHARE else rng.randint(1, min(4, tip))
    inside = store.rows(
        "SELECT t.id FROM chain_transactions t LEFT JOIN blocks b ON b.sequence = t.block_sequence "
        "WHERE t.state = 'pending' OR b.number > ? ORDER BY t.sequence",
        tip - depth,
    )
    share = rng.choice([0, 0, 0.2, 0.6])
    dropped = frozenset(row["id"] for row in inside if rng.random() < share)
    world.far_end.chain.reorganise(depth=depth, drop=dropped, is_mined_again=rng.random() < 0.6)
    world.note(f"reorganisation of {depth} blocks, {len(dropped)} of {len(inside)} dropped")


def bring_back(world: World) -> None:
    """Somebody tells the chain again what it has dropped."""
    chain = world.far_end.chain
    rows = chain.store.rows("SELECT id FROM chain_transactions WHERE state = ? ORDER BY sequence", DROPPED)
    if rows:
        chain.broadcast_again(chain_transaction_id=world.rng.choice(rows)["id"])
        world.note("a dropped chain transaction is back")


def change_fee(world: World) -> None:
    """The network gets dearer or cheaper."""
    fee = world.rng.randint(500, 40_000)
    world.far_end.chain.set_fee(asset="BTC", fee=fee)
    world.note(f"fee {fee}")


def deliver_again(world: World) -> None:
    """A message that was delivered before comes once more: as it was, or as if it were new."""
    rng = world.rng
    operations = list(BalanceOperation.objects.filter(origin=f"rail:{RAIL}").order_by("pk"))
    if not operations:
        return
    operation = rng.choice(operations[-30:])
    # A move between our own wallets is asked for by its row alone, and so always under the same id.
    is_same = rng.random() < 0.5 or operation.kind == OperationKind.SWEEP
    request_id = operation.request_id if is_same else f"again:{world.next_request()}"
    message = read_message(request_id, operation.message)
    world.run_process(
        f"operation of kind {operation.kind} again", lambda: request_operation(origin=operation.origin, message=message)
    )


def switch_redis(world: World) -> None:
    """Redis goes, or comes back. What was to be woken or told meanwhile is not."""
    away = settings.REDIS_URL == REDIS_AWAY
    use_redis(world.redis_url if away else REDIS_AWAY)
    world.note("Redis is back" if away else "Redis is away")


def use_redis(url: str) -> None:
    settings.REDIS_URL = url
    redis_client.cache_clear()


def _disturb_far_end(world: World, *operations: str) -> None:
    """Sometimes: nobody answers, an answer is lost or never comes, a refusal, a payout that arrives late."""
    rng, far_end = world.rng, world.far_end
    faults.forget(far_end.chain.store)
    far_end.is_away, far_end.delays = False, []
    if world.is_calm or rng.random() > 0.35:
        return
    kind = rng.choice(["away", "late", *faults.KINDS, faults.TIMEOUT_AFTER_DOING])
    operation = rng.choice(operations)
    if kind == "away":
        far_end.is_away = True
    elif kind == "late":
        far_end.delays = [rng.randint(1, LONGEST_WAY_SECONDS)]
    else:
        faults.plan(far_end.chain.store, operation=operation, kind=kind, times=rng.choice([1, 1, 2, 5]))
    world.note(f"far end: {kind}, {operation}")
    world.counts[f"far end {kind}"] += 1
