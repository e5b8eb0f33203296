"""Plays a plan: sends its steps in time, follows the worker, and says what became of them."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q

from exchange.replay.failure import ReplayImpossible
from exchange.replay.plan import Plan, Step
from exchange.replay.sending import Sender
from matching.answers import wake_worker
from matching.engine.codes import ORDER_NOT_FOUND
from matching.models import CommandKind, MarketEngineState, Trade
from matching.selectors.markets import MarketView
from matching.worker.leadership import LEADER_LOCK

CHUNK = 500
"""Commands in one insertion at the most."""
MOST_PENDING = 5_000
"""Commands that may wait for the worker: enough to keep it busy, too few for a market order to expire meanwhile."""
PATIENCE_SECONDS = 30.0
"""How long to wait for a worker that shows no sign of life."""
POLL_SECONDS = 0.02
FOLLOW_SECONDS = 0.1
"""How often to look how far the worker has come, while there is something to send."""

_LEADS = """
    SELECT EXISTS (
        SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted
          AND l.classid = %s AND l.objid = %s AND l.objsubid = 2)
"""
_FINISHED = """
    SELECT count(o.command_id), count(q.command_id)
    FROM unnest(%s::bigint[]) AS c(id)
    LEFT JOIN matching_outcome o ON o.command_id = c.id
    LEFT JOIN matching_quarantinedcommand q ON q.command_id = c.id AND q.is_held AND o.command_id IS NULL
"""
_OUTCOMES = """
    SELECT c.step, o.code FROM unnest(%s::bigint[]) WITH ORDINALITY AS c(id, step)
    JOIN matching_outcome o ON o.command_id = c.id ORDER BY c.step
"""

NO_WORKER = (
    "No matching worker is running. Start the exchange with ./bourse up, or replay with ./bourse replay, which starts "
    "what it needs."
)

Progress = Callable[[int, int], None]
"""Told how many steps were sent, and how many of them the worker has finished."""


@dataclass(slots=True)
class Tally:
    """What became of a plan's steps."""

    accepted: int = 0
    """Orders, takers among them, that the engine took."""
    cancelled: int = 0
    cancels_of_finished: int = 0
    trades: int = 0
    seconds: float = 0.0
    """From the first insertion to the last outcome."""
    refused: list[tuple[Step, str]] = field(default_factory=list)
    held: list[Step] = field(default_factory=list)
    """Steps the worker could not process; their market is halted until staff decide."""


def wait_for_worker(shard_id: int) -> None:
    """Return once a worker leads the shard. Raises ReplayImpossible after `PATIENCE_SECONDS`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _has_worker(shard_id):
        if time.monotonic() >= deadline:
            raise ReplayImpossible(f"{NO_WORKER} Nothing was sent.")
        time.sleep(FOLLOW_SECONDS)


def _has_worker(shard_id: int) -> bool:
    """The leader lock belongs to the worker's database session, so it is gone as soon as the worker is."""
    with connection.cursor() as cursor:
        cursor.execute(_LEADS, [LEADER_LOCK, shard_id])
        return bool(cursor.fetchone()[0])


def play(plan: Plan, market: MarketView, *, speed: float | None, progress: Progress) -> Tally:
    """Send everything and wait until the worker has finished it. `speed` 1 is real time; None is without a pause.

    Raises ReplayImpossible where the worker stops for `PATIENCE_SECONDS`; what was sent stays accepted.
    """
    performance = _Performance(plan, market, speed, progress)
    trades_before = MarketEngineState.objects.get(market_id=market.id).last_trade_number
    started = time.perf_counter()
    performance.run()
    tally = Tally(seconds=time.perf_counter() - started, cancels_of_finished=plan.cancels_of_refused)
    accounts = {step.account_id for step in plan.steps}
    tally.trades = Trade.objects.filter(
        Q(maker_account_id__in=accounts) | Q(taker_account_id__in=accounts),
        market_id=market.id,
        number__gt=trades_before,
    ).count()
    _count(tally, plan, performance.sender.ids)
    return tally


class _Performance:
    def __init__(self, plan: Plan, market: MarketView, speed: float | None, progress: Progress) -> None:
        self.sender = Sender(market)
        self._steps = plan.steps
        self._market = market
        self._speed = speed
        self._progress = progress
        self._unfinished: deque[list[int]] = deque()
        self._finished_chunks = 0
        self._finished = 0
        self._followed_at = 0.0
        self._moved_at = time.monotonic()

    def run(self) -> None:
        started = time.monotonic()
        sent = 0
        while sent < len(self._steps):
            due = self._due(sent, time.monotonic() - started)
            if due > sent and sent - self._finished < MOST_PENDING:
                if not self._unfinished:
                    self._moved_at = time.monotonic()
                self._unfinished.append(self.sender.send(self._steps[sent:due]))
                wake_worker(self._market.shard_name)
                sent = due
            else:
                time.sleep(POLL_SECONDS)
            if time.monotonic() - self._followed_at >= FOLLOW_SECONDS:
                self._follow(sent)
        while self._unfinished:
            time.sleep(POLL_SECONDS)
            self._follow(sent)

    def _due(self, sent: int, elapsed_seconds: float) -> int:
        """The step before which to stop sending for now."""
        limit = min(sent + CHUNK, len(self._steps))
        if self._speed is None:
            return limit
        now_ms = self._steps[0].at_ms + elapsed_seconds * 1000 * self._speed
        due = sent
        while due < limit and self._steps[due].at_ms <= now_ms:
            due += 1
        return due

    def _follow(self, sent: int) -> None:
        """See how far the worker is; it takes the chunks in order."""
        before = self._finished
        partly = 0
        while self._unfinished:
            with connection.cursor() as cursor:
                cursor.execute(_FINISHED, [self._unfinished[0]])
                partly = sum(cursor.fetchone())
            if partly < len(self._unfinished[0]):
                break
            self._finished_chunks += len(self._unfinished.popleft())
            partly = 0
        self._finished = self._finished_chunks + partly
        self._followed_at = time.monotonic()
        if self._finished > before:
            self._moved_at = self._followed_at
        elif self._unfinished and self._followed_at - self._moved_at > PATIENCE_SECONDS:
            raise ReplayImpossible(
                f"The matching worker has stopped: {sent - self._finished} accepted commands wait for it. {NO_WORKER}"
            )
        self._progress(sent, self._finished)


def _count(tally: Tally, plan: Plan, ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOMES, [ids])
        codes: dict[int, str | None] = {int(step) - 1: code for step, code in cursor.fetchall()}
    for index, step in enumerate(plan.steps):
        if index not in codes:
            tally.held.append(step)
            continue
        code = codes[index]
        if code is not None and code == ORDER_NOT_FOUND and step.kind is CommandKind.CANCEL:
            tally.cancels_of_finished += 1
        elif code is not None:
            tally.refused.append((step, code))
        elif step.kind is CommandKind.CANCEL:
            tally.cancelled += 1
        else:
            tally.accepted += 1
