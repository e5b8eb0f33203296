"""What the matching worker and those who wait for it count. Per batch, never per command: a batch is what costs."""

from collections import Counter as CountOf
from collections.abc import Iterable, Sequence

from prometheus_client import Counter, Gauge, Histogram

BATCHES = Histogram(
    "bourse_batch_commands",
    "Commands in a committed batch.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000),
)
BATCH_SECONDS = Histogram(
    "bourse_batch_seconds",
    "Time from the first statement of a batch to its commit.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
)
REFUSALS = Counter("bourse_commands_refused", "Commands that the engine refused.", ["code"])
FILLS = Counter("bourse_fills", "Fills; a trade is two of them.", ["market"])
BATCH_RERUNS = Counter("bourse_batch_reruns", "Batches that ran again because somebody spent in between.")
COMMANDS_HELD = Counter("bourse_commands_held", "Commands that could not be processed and were set aside.")
DATABASE_FAILURES = Counter("bourse_worker_database_failures", "Batches tried again because the database failed.")
WAITING_REQUESTS = Gauge(
    "bourse_web_waiting_requests", "Requests that wait for the engine's answer.", multiprocess_mode="livesum"
)


def note_batch(*, seconds: float, codes: Sequence[str | None], symbols: Iterable[str]) -> None:
    """Count a committed batch: why each command was refused or None, and the market of each trade."""
    BATCHES.observe(len(codes))
    BATCH_SECONDS.observe(seconds)
    for code, count in CountOf(codes).items():
        if code is not None:
            REFUSALS.labels(code).inc(count)
    for symbol, count in CountOf(symbols).items():
        FILLS.labels(symbol).inc(2 * count)
