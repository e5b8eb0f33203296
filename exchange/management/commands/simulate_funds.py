"""Runs a seeded simulation of the funds on a PostgreSQL, a Redis and a chain of its own."""

import argparse
import os
import subprocess
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from exchange.simulation.scratch import CHECKOUT

MOST_STEPS = 1_000_000
OF_THE_EXCHANGE = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SIMCHAIN_URL")
"""Addresses that a simulation is not told."""


class Command(BaseCommand):
    help = (
        "Simulate deposits, withdrawals, transfers and trades under faults, on a PostgreSQL and a chain of "
        "their own that are gone afterwards; this exchange is not touched. The same seed and steps are the same run. "
        "Exit code 1 where anything was lost or done twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="what decides everything (default 1)")
        parser.add_argument("--steps", type=_count, default=1_000, help="how long it goes on (default 1000)")
        parser.add_argument("--verbose", action="store_true", help="tell every step")

    def handle(self, *args: Any, **options: Any) -> None:
        command = [sys.executable, "-m", "exchange.simulation"]
        command += ["--seed", str(options["seed"]), "--steps", str(options["steps"])]
        command += ["--verbose"] if options["verbose"] else []
        environment = {name: value for name, value in os.environ.items() if name not in OF_THE_EXCHANGE}
        code = subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode
        if code:
            sys.exit(code)


def _count(text: str) -> int:
    """A positive whole number; raises what argparse shows as a sentence."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_STEPS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {MOST_STEPS}")
    return int(text)
