"""Where the books stand: what a backup is compared with after it was restored."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from exchange.standing import read_standing


class Command(BaseCommand):
    help = "Say where the exchange stands: the last command and entry of each writer, open orders, what is pending."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        standing = read_standing()
        if options["json"]:
            self.stdout.write(json.dumps(standing))
            return
        for name, value in standing.items():
            self.stdout.write(f"{name}: {json.dumps(value)}")
