"""The process of one simulation: `python -m exchange.simulation --seed N --steps M` on services of its own.

`./bourse manage simulate_funds` starts it, without the addresses of the exchange.
"""

import argparse
import os
import sys
import time

import django

from exchange.simulation.scratch import Scratch, SimulationImpossible, scratch

PROGRESS_EVERY = 100


def main() -> int:
    """0: all was right, 1: something was not, 2: it could not be run."""
    parser = argparse.ArgumentParser(prog="python -m exchange.simulation")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    try:
        with scratch() as services:
            return run(options, services)
    except SimulationImpossible as problem:
        print(problem, file=sys.stderr)
        return 2


def run(options: argparse.Namespace, services: Scratch) -> int:
    """Run the simulation and tell what came of it."""
    os.environ.update(services.environment)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
    django.setup()
    # It needs Django's models.
    from exchange.simulation.run import Report, simulate

    started, told = time.monotonic(), 0

    def progress(step: int, lines: list[str]) -> None:
        nonlocal told
        if options.verbose:
            print(*(f"{step}: {line}" for line in lines[told:]), sep="\n", flush=True)
            told = len(lines)
        elif step % PROGRESS_EVERY == 0:
            print(f"step {step} of {options.steps}, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)

    report: Report = simulate(
        seed=options.seed, steps=options.steps, progress=progress, restart_server=services.restart_server
    )
    if options.verbose:
        print(*report.lines[told:], sep="\n")
    faults = sum(report.counts.values())
    print(f"seed {report.seed}, {report.steps} steps, {faults} faults in {time.monotonic() - started:.0f} s")
    print(f"at the end: {report.states}")
    print(f"digest {report.digest}")
    if report.violation:
        print(f"VIOLATION at {report.violation}", file=sys.stderr)
        print("The last steps:", *report.lines[-20:], sep="\n  ", file=sys.stderr)
        return 1
    print("Nothing was lost, nothing was done twice.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
