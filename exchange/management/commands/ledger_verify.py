"""Proves the books while trading goes on."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.proving import all_checks
from ledger.verification import verify_ledger


class Command(BaseCommand):
    help = (
        "Recompute every rule of the books on one snapshot: postings = balances, sum per asset = 0, hash chains "
        "unbroken and as signed, locked = open orders and withdrawals, fills = trades, deposits credited once, numbers "
        "gapless. "
        "Exit code 1 if anything is found. It only tells: what stops payouts and alarms staff are the checks in the "
        "background, every minute and every night."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")
        parser.add_argument("--record", action="store_true", help="keep the result in the database")

    def handle(self, *args: Any, **options: Any) -> None:
        result = verify_ledger(extra_checks=all_checks(), record=options["record"])
        if options["json"]:
            self.stdout.write(
                json.dumps({"consistent": result.is_consistent, "entries": result.entries, "findings": result.findings})
            )
        else:
            for finding in result.findings:
                self.stdout.write(self.style.ERROR(finding))
            verdict = "consistent" if result.is_consistent else f"{len(result.findings)} findings"
            self.stdout.write(f"{result.entries} entries: {verdict}")
        if not result.is_consistent:
            raise CommandError("the books are not consistent", returncode=1)
