"""Makes the figures of the staff's overview anew from the trades."""

from typing import Any

from django.core.management.base import BaseCommand

from matching.figures import forget_sums, sum_up_trades


class Command(BaseCommand):
    help = (
        "Drop the sums by the hour that the overview shows and add up all trades again, with today's house marks. "
        "Trading goes on meanwhile; the overview is short of figures until it is done."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        forget_sums()
        self.stdout.write(f"{sum_up_trades()} trades added up")
