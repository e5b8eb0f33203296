"""Stop payouts over all rails until each has been reconciled: books that were restored may be older than the rails."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from wallet.services.reconciliation import freeze_payouts

RESTORED = "The books were restored from a backup."


class Command(BaseCommand):
    help = "Send nothing over any rail until its reconciliation has passed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", default=RESTORED)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        frozen = freeze_payouts(reason=options["reason"])
        self.stdout.write(json.dumps({"rails": frozen}) if options["json"] else f"{frozen} rails are frozen.")
