"""Publishes what is owed to users, as roots and totals that each of them can check."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from wallet.proofs.publishing import publish_liabilities


class Command(BaseCommand):
    help = (
        "Ask the rails what they hold, where that was not done within the hour; then take a snapshot of all users' "
        "balances, build the trees of liabilities and publish their roots and totals."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, help="also write what is published to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        snapshot = publish_liabilities()
        if options["output"]:
            options["output"].write_text(snapshot.document + "\n")
        self.stdout.write(f"snapshot {snapshot.pk}, commitment {snapshot.commitment}")
