"""Makes all balances anew from the journal and compares them with the live ones."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger.rebuilding import rebuild_balances


class Command(BaseCommand):
    help = "Compute every balance anew from the journal; with --apply, write what differs (trading waits meanwhile)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="correct the balances that differ")

    def handle(self, *args: Any, **options: Any) -> None:
        differences = rebuild_balances(apply=options["apply"])
        for difference in differences:
            self.stdout.write(str(difference))
        self.stdout.write(f"{len(differences)} balances differ from the journal")
        if differences and not options["apply"]:
            raise CommandError("nothing was changed; repeat with --apply to correct them", returncode=1)
