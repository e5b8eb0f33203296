"""How many commands a second the pure book applies, with events, undo journal and hashes on.

    ./bourse bench engine [--json]

Two mixes of 1,000 accounts (bench/flow.py), made before the clock starts: the full one with every kind of order and
change (`commands_per_second`), and the plain one with 60 % limit orders, 20 % market orders and 20 % cancels
(`plain_commands_per_second`). All pre-trade checks are on, funds are always there. As in the worker, the undo journal
is forgotten every 500 commands. Each figure is the median of three runs, each on a new book.

The engine makes no reference cycles, so a process around it may let the garbage collector look at young objects
seldom. `commands_per_second` is measured with a first threshold of 50,000 allocations, and
`default_collector_commands_per_second` with Python's own setting. The prepared commands are frozen out of both.
"""

import argparse
import collections
import gc
import json
import os
import platform
import statistics
import time
from typing import Any

from bench.flow import FULL_MIX, PLAIN_MIX, RULES, commands
from exchange.compiled import cores_run_as
from matching.engine.book import Book
from matching.engine.commands import Command, Place
from matching.engine.events import (
    ChangeRejected,
    Event,
    OrderOpened,
    OrderRejected,
    OrderTriggered,
    OrderWaiting,
    Traded,
)

NEEDS_SERVICES = False

RUNS = 3
BATCH = 500
YOUNG_ALLOCATIONS = 50_000
TARGET_PER_SECOND = 150_000
PLAIN_TARGET_PER_SECOND = 200_000


def run(commands_count: int = 200_000, seed: int = 1) -> dict[str, Any]:
    """Measure; `commands_per_second` is the figure, the rest says what was measured."""
    full = list(commands(commands_count, seed, FULL_MIX))
    plain = list(commands(commands_count, seed, PLAIN_MIX))
    default_thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    try:
        default_seconds = [_one_run(full)[0] for _ in range(RUNS)]
        gc.set_threshold(YOUNG_ALLOCATIONS, *default_thresholds[1:])
        runs = [_one_run(full) for _ in range(RUNS)]
        plain_runs = [_one_run(plain) for _ in range(RUNS)]
    finally:
        gc.set_threshold(*default_thresholds)
        gc.unfreeze()
    seconds, plain_seconds = [elapsed for elapsed, _ in runs], [elapsed for elapsed, _ in plain_runs]
    for of_one_mix in (runs, plain_runs):
        if len({book.state_hash() for _, book in of_one_mix}) != 1:
            raise RuntimeError("the same commands gave different books")
    book = runs[0][1]
    bids, asks = book.depth(commands_count)
    return {
        "commands_per_second": int(commands_count / statistics.median(seconds)),
        "target_per_second": TARGET_PER_SECOND,
        "plain_commands_per_second": int(commands_count / statistics.median(plain_seconds)),
        "plain_target_per_second": PLAIN_TARGET_PER_SECOND,
        "default_collector_commands_per_second": int(commands_count / statistics.median(default_seconds)),
        "commands": commands_count,
        "runs_per_second": [int(commands_count / elapsed) for elapsed in seconds],
        "plain_runs_per_second": [int(commands_count / elapsed) for elapsed in plain_seconds],
        "mix": _mix(full),
        **_effects(full),
        "resting_orders_at_the_end": len(book.orders),
        "waiting_orders_at_the_end": len(book.stops),
        "price_levels_at_the_end": len(bids) + len(asks),
        "state_hash": book.state_hash().hex(),
        "plain_state_hash": plain_runs[0][1].state_hash().hex(),
        "undo_forgotten_every": BATCH,
        "garbage_collector": f"on, first threshold {YOUNG_ALLOCATIONS:,} (Python's own: {default_thresholds[0]})",
        "seed": seed,
        "python": platform.python_version(),
        "engine": cores_run_as(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
    }


def _one_run(prepared: list[Command]) -> tuple[float, Book]:
    book = Book(1, RULES)
    started = time.perf_counter()
    at_us = 0
    for first in range(0, len(prepared), BATCH):
        batch_events: list[Event] = []
        for command in prepared[first : first + BATCH]:
            at_us += 1
            batch_events += book.apply(command, at_us, _always_lockable)
        book.forget_undo()
    return time.perf_counter() - started, book


def _always_lockable(need: int) -> bool:
    return True


def _mix(prepared: list[Command]) -> dict[str, int]:
    kinds = collections.Counter(
        command.order_type.name if isinstance(command, Place) else type(command).__name__ for command in prepared
    )
    return dict(kinds.most_common())


def _effects(prepared: list[Command]) -> dict[str, int]:
    """What the commands caused, counted in a run of its own so that counting costs the measured ones
    nothing."""
    book = Book(1, RULES)
    kinds: collections.Counter[type] = collections.Counter()
    for at_us, command in enumerate(prepared, start=1):
        kinds.update(map(type, book.apply(command, at_us, _always_lockable)))
        book.forget_undo()
    return {
        "trades": kinds[Traded],
        "orders_rested": kinds[OrderOpened],
        "orders_waited": kinds[OrderWaiting],
        "orders_triggered": kinds[OrderTriggered],
        "orders_refused": kinds[OrderRejected],
        "changes_refused": kinds[ChangeRejected],
        "events": kinds.total(),
    }


def main() -> None:
    """Print the figures for people, and with --json one object for programs as the last line."""
    parser = argparse.ArgumentParser(prog="bench engine", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--commands", type=int, default=200_000, help="how many a run (default 200,000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    options = parser.parse_args()
    result = run(options.commands, options.seed)
    print(f"{result['commands_per_second']:,} commands/s of the full mix (target {TARGET_PER_SECOND:,})")
    print(f"{result['plain_commands_per_second']:,} of the plain mix (target {PLAIN_TARGET_PER_SECOND:,})")
    for name, value in result.items():
        print(f"  {name.replace('_', ' ')}: {f'{value:,}' if isinstance(value, int) else value}")
    if options.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
