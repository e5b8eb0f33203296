"""Puts everybody into the fee tier of their volume, now instead of at night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from matching.fees.exceptions import end_expired_fee_exceptions
from matching.fees.tiers import recompute_fee_tiers
from matching.fees.volumes import forget_days


class Command(BaseCommand):
    help = (
        "Add up the trades of the last 30 full days (UTC) as far as that is still to be done, and put every user into "
        "the fee tier that the volume reaches. Users whom staff hold in a tier stay there. May be repeated."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="Drop the sums and add up all 30 days again, with today's house marks.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        end_expired_fee_exceptions(now=now)
        if options["rebuild"]:
            forget_days()
        done = recompute_fee_tiers(now=now)
        self.stdout.write(f"{done.days} days added up, {done.traders} users traded, {done.moved} changed their tier")
