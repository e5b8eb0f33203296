"""All that a simulation has in its hands, and how its processes begin and end."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from django.conf import settings
from django.db import connection

from accounts.models import User
from accounts.second_factor.totp import STEP_SECONDS, code_of_step, step_at
from exchange.simulation.clock import SimulatedClock
from exchange.simulation.far_end import CarefulRail, FarEnd, FarEndRail
from exchange.simulation.faults import LOST, ProcessKilled, Unforeseen, draw_fault
from exchange.simulation.stage import RAIL, SECRET, STAFF, Actor
from kernel.errors import BourseError, InvariantViolated
from matching.worker.batch_writers import configured_batch_writers
from matching.worker.publishing import Publisher
from matching.worker.worker import MatchingWorker
from wallet.models import Rail
from wallet.processor.processor import BalanceProcessor

TAKE_OVER_SECONDS = 20


class Violation(Exception):
    """Something that must never be."""


@dataclass
class World:
    """One simulated exchange. Whatever is decided by chance is decided by `rng`, in the order of the steps."""

    rng: Random
    clock: SimulatedClock
    far_end: FarEnd
    actors: list[Actor]
    redis_url: str
    """Where Redis answers while it is there."""
    restart_server: Callable[[], None] | None = None
    """Ends PostgreSQL as a crash does and starts it again; None where the server is not the simulation's own."""
    lines: list[str] = field(default_factory=list)
    """What happened, without anything that another run has otherwise: ids, the time of day."""
    counts: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    """How many requests users made: each has an id of its own."""
    deposit_states: dict[int, str] = field(default_factory=dict)
    """As they were seen last."""
    is_careful: bool = False
    """Payouts go over a rail that may be asked for each only once."""
    is_calm: bool = False
    """No faults any more."""
    _processor: BalanceProcessor | None = None
    _worker: MatchingWorker | None = None
    _session_of_worker: object = None
    _last_codes: dict[int, int] = field(default_factory=dict)

    def note(self, text: str) -> None:
        self.lines.append(f"{self.clock.seconds} {text}")

    def digest(self) -> str:
        return hashlib.blake2b("\n".join(self.lines).encode(), digest_size=16).hexdigest()

    def next_request(self) -> str:
        self.requests += 1
        return f"r{self.requests}"

    def rail(self) -> Rail:
        return Rail.objects.get(pk=RAIL)

    def adapter(self) -> FarEndRail:
        """What payouts speak to."""
        return (CarefulRail if self.is_careful else FarEndRail)(self.rail())

    def staff(self) -> list[User]:
        return [User.objects.get(username=name) for name in STAFF]

    def code(self, actor: Actor) -> str:
        """The next free code of the actor's authenticator app; who has used this one waits for the next."""
        if self._last_codes.get(actor.account_id, 0) >= step_at(self.clock.now()):
            self.clock.advance(STEP_SECONDS)
        step = step_at(self.clock.now())
        self._last_codes[actor.account_id] = step
        return code_of_step(SECRET, step)

    # --- processes -----------------------------------------------------------------------------------------------

    def run_process(self, name: str, work: Callable[[], object], failpoints: Sequence[str] = ()) -> str:
        """Let a process do its work under a fault or none; what became of it."""
        fault = None if self.is_calm else draw_fault(self.rng, failpoints, self.restart_server)
        result = "done"
        try:
            if fault is None:
                work()
            else:
                with fault.lurking():
                    work()
        except (ProcessKilled, Unforeseen, *LOST) as error:
            if fault is None or not fault.happened:
                raise
            # What the driver calls it depends on how far the server had come.
            result = "SessionLost" if isinstance(error, LOST) else type(error).__name__
        except InvariantViolated as broken:
            raise Violation(f"{name}: {broken} {dict(broken.details)}") from broken
        except BourseError as refusal:
            result = refusal.code
        if fault is not None and fault.happened:
            result = f"{result}, {fault.name} at {fault.place}"
            self.counts[f"{fault.name} at {fault.place}"] += 1
            if fault.name == "killed":
                self.end_processes()
            else:
                # The process goes on with what it has in memory, and with another session.
                connection.close()
        self.note(f"{name}: {result}")
        return result

    def end_processes(self) -> None:
        """Nothing in memory survives, and no session."""
        self._processor = None
        self._worker = None
        connection.close()

    def processor(self) -> BalanceProcessor:
        if self._processor is None:
            self._processor = BalanceProcessor(
                clock_us=self.clock.unix_us, batch_limit=self.rng.choice([1, 2, 5, 50, 2_000])
            )
        return self._processor

    def worker(self) -> MatchingWorker:
        """The matching worker; another one where its session has ended."""
        if self._worker is None or self._session_of_worker is not connection.connection:
            self._worker = MatchingWorker(
                shard_name=settings.MATCHING_SHARD,
                publisher=Publisher(None),
                batch_writers=configured_batch_writers(),
                clock_us=self.clock.unix_us,
                batch_limit=self.rng.choice([1, 5, 500]),
            )
            deadline = time.monotonic() + TAKE_OVER_SECONDS
            # The server may still be ending the session of the one before.
            while not self._worker.try_take_over():
                if time.monotonic() > deadline:
                    raise Violation("no matching worker can take over")
                time.sleep(0.01)
            self._session_of_worker = connection.connection
        return self._worker
