"""One simulation: steps by chance, questions in between, and at the end everything comes to rest and is asked again."""

import logging
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from unittest.mock import patch

from django.conf import settings
from django.db import connection

from exchange.simulation import machine_steps, staff_steps, user_steps
from exchange.simulation.audit import (
    balances_of_users,
    check_all,
    check_at_rest,
    check_reconciliation,
    is_at_rest,
    states_now,
)
from exchange.simulation.clock import SimulatedClock
from exchange.simulation.far_end import FarEnd, FarEndRail
from exchange.simulation.stage import set_up
from exchange.simulation.world import Violation, World
from wallet.services import transfers, withdrawals

CHECK_EVERY = 50
ROUNDS_TO_REST = 80
CAREFUL_SHARE = 0.35
"""Of the seeds: with a rail that cannot be asked for a payout twice."""
SHARE_OF_STEPS_THAT_SET_THE_CLOCK = 0.05
Step = Callable[[World], None]

STEPS: dict[Step, int] = {
    user_steps.deposit: 10,
    user_steps.ask: 18,
    user_steps.verify: 3,
    user_steps.stop: 2,
    user_steps.send_to_user: 4,
    user_steps.trade: 6,
    user_steps.grow_impatient: 1,
    machine_steps.process: 16,
    machine_steps.match: 7,
    machine_steps.watch: 12,
    machine_steps.recheck: 2,
    machine_steps.sweep: 8,
    machine_steps.pay: 14,
    machine_steps.mine: 12,
    machine_steps.reorganise: 4,
    machine_steps.bring_back: 2,
    machine_steps.change_fee: 1,
    machine_steps.deliver_again: 4,
    machine_steps.switch_redis: 1,
    staff_steps.review: 4,
    staff_steps.resolve: 3,
    staff_steps.find_out: 3,
    staff_steps.move: 1,
    staff_steps.switch: 2,
    staff_steps.tidy: 2,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What a simulation found. `violation` is empty where all was right."""

    seed: int
    steps: int
    digest: str
    violation: str
    lines: list[str]
    counts: Counter[str]
    states: str


def simulate(
    *,
    seed: int,
    steps: int,
    progress: Callable[[int, list[str]], None] = lambda step, lines: None,
    restart_server: Callable[[], None] | None = None,
) -> Report:
    """Run one simulation on the empty database that Django is connected to, with a chain of its own.

    The same seed and steps give the same run and the same digest, with `restart_server` another than without it.
    Raises SimulationImpossible on a database with users.
    """
    clock = SimulatedClock()
    far_end = FarEnd(seed=seed, clock=clock)
    step = 0
    violation = ""
    with _surroundings(clock, far_end) as redis_url:
        world = World(
            rng=Random(seed),
            clock=clock,
            far_end=far_end,
            actors=set_up(),
            redis_url=redis_url,
            restart_server=restart_server,
        )
        try:
            world.is_careful = world.rng.random() < CAREFUL_SHARE
            user_steps.begin(world)
            for step in range(1, steps + 1):
                _one_step(world)
                if step % CHECK_EVERY == 0:
                    _check(world)
                progress(step, world.lines)
            come_to_rest(world)
        except Exception as error:
            # Also what nobody expected: no step that was left alone may fail.
            problem = str(error) if isinstance(error, Violation) else "".join(traceback.format_exception(error))
            violation = f"seed {seed}, step {step}: {problem}"
        report = Report(seed, step, world.digest(), violation, world.lines, world.counts, states_now())
        world.end_processes()
    far_end.close()
    return report


def come_to_rest(world: World) -> None:
    """No faults any more: whatever was begun comes to its end, and the questions are asked again."""
    world.is_calm = True
    world.clock.fall_behind(0)
    chain = world.far_end.chain
    machine_steps.use_redis(world.redis_url)
    for _ in range(ROUNDS_TO_REST):
        world.clock.advance(400)
        world.far_end.deliver()
        for row in chain.store.rows("SELECT id FROM chain_transactions WHERE state = 'dropped' AND wallet IS NOT NULL"):
            chain.broadcast_again(chain_transaction_id=row["id"])
        chain.mine(blocks=3)
        staff_steps.tidy(world)
        staff_steps.resume_everything(world)
        for step in (
            machine_steps.match,
            machine_steps.watch,
            machine_steps.recheck,
            machine_steps.process,
            staff_steps.review,
            staff_steps.find_out,
            machine_steps.pay,
            machine_steps.sweep,
            user_steps.grow_impatient,
            machine_steps.process,
        ):
            step(world)
        # What is not in a block now cannot be paid.
        chain.mine()
        if is_at_rest(world):
            break
    else:
        raise Violation(f"it does not come to rest: {states_now()}")
    _check(world)
    check_at_rest(world)
    world.note("reconciled" if check_reconciliation(world) else "not reconciled: the chain has lost something")


def _one_step(world: World) -> None:
    rng = world.rng
    if rng.random() < SHARE_OF_STEPS_THAT_SET_THE_CLOCK:
        # Nothing passes meanwhile, so what happens next happens earlier than what was before it.
        seconds = rng.choice([0, 1, 2])
        world.clock.fall_behind(seconds)
        world.note(f"the clock is {seconds} s behind")
    else:
        world.clock.advance(rng.randint(600, 4_000) if rng.random() < 0.03 else rng.randint(1, 60))
    late = world.far_end.deliver()
    if late:
        world.note(f"{late} late calls arrive at the far end")
    (step,) = rng.choices(list(STEPS), weights=list(STEPS.values()))
    world.note(step.__name__)
    step(world)


def _check(world: World) -> None:
    check_all(world)
    for line in balances_of_users(world):
        world.note(line)
    world.note(states_now())


@contextmanager
def _surroundings(clock: SimulatedClock, far_end: FarEnd) -> Iterator[str]:
    """The clock, the far end and quiet logs; nobody waits for processes that run in other steps. Yields Redis's URL."""
    redis_url = settings.REDIS_URL
    adapters = {**settings.RAIL_ADAPTERS, "simulated_chain": f"{FarEndRail.__module__}.{FarEndRail.__name__}"}
    disabled_before = logging.root.manager.disable
    FarEndRail.far_end = far_end
    logging.disable(logging.CRITICAL)
    try:
        with (
            clock.in_force(),
            patch.object(settings, "RAIL_ADAPTERS", adapters),
            patch.object(settings, "EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend"),
            patch.object(withdrawals, "WAIT_SECONDS", 0),
            patch.object(transfers, "WAIT_SECONDS", 0),
        ):
            yield redis_url
    finally:
        logging.disable(disabled_before)
        machine_steps.use_redis(redis_url)
        FarEndRail.far_end = None
        connection.close()
