"""Describes the exchanges that can be connected as ccxt does now, and asks them for their currencies."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kernel.errors import BourseError
from wallet.venues.models import SupportedExchange
from wallet.venues.services.catalogue import refresh_exchange, seed_exchanges


class Command(BaseCommand):
    help = (
        "Write down the exchanges whose accounts can be connected, from ccxt's own description (those of "
        "VENUE_EXTRA_EXCHANGES too), and ask each for its currencies. May be repeated; what is switched off stays off."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("exchanges", nargs="*", help="Ask these alone for their currencies.")
        parser.add_argument("--offline", action="store_true", help="Ask no exchange anything.")
        parser.add_argument("--sandbox", action="store_true", help="Ask the sandboxes instead of the exchanges.")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{seed_exchanges()} exchanges described")
        if options["offline"]:
            return
        exchanges = SupportedExchange.objects.filter(is_active=True, has_addresses=True)
        if options["exchanges"]:
            exchanges = exchanges.filter(pk__in=options["exchanges"])
        for exchange in exchanges:
            try:
                found = refresh_exchange(exchange.pk, is_sandbox=options["sandbox"])
            except BourseError as error:
                self.stderr.write(f"{exchange.pk}: {error.text} ({error.code})")
            else:
                self.stdout.write(f"{exchange.pk}: {len(found.currencies)} currencies")
