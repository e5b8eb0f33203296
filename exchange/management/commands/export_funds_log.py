"""Writes the log of funds to a file that anybody can check and replay without the exchange."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from wallet.proofs.funds_log import read_funds_log


class Command(BaseCommand):
    help = "Write all applied operations of the funds, with their hash chain, as JSON lines for verify_funds_log.py."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("output", type=Path, nargs="?", help="the file; standard output if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["output"] is None:
            for line in read_funds_log():
                sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()
            return
        with options["output"].open("wb") as file:
            file.writelines(line + b"\n" for line in read_funds_log())
