"""Loads the demo exchange and tells the demo logins."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from exchange.demo import load_demo
from storage.partitions import ensure_partitions


class Command(BaseCommand):
    help = "Load demo assets, markets, fee tiers, users and money; repeat it as often as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the logins as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_partitions(months_ahead=2)
        users = load_demo()
        if options["json"]:
            self.stdout.write(json.dumps({"users": [asdict(user) for user in users]}))
        else:
            for user in users:
                self.stdout.write(f"{user.email}  {user.password}{'  (staff)' if user.is_staff else ''}")
