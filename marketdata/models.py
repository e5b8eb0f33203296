"""Candles that are added up already, so that nobody has to read a day of trades to know what the day was.

They can be made anew from the trades at any time (`rebuild_candles`); nothing else is kept in them.
"""

from django.db import models
from django.db.models import Q

from ledger.models import AmountField
from matching.models import Market


class StoredInterval(models.IntegerChoices):
    """Seconds of the intervals that are stored; all others are put together from them.

    Seconds and minutes are committed with their trades. Hours are rolled up from minutes when they are over; whoever
    reads hours takes the minutes of those that are not rolled up yet. Seconds are dropped after
    `settings.SECOND_CANDLES_DAYS`.
    """

    SECOND = 1, "1s"
    MINUTE = 60, "1m"
    HOUR = 3600, "1h"


class StoredCandle(models.Model):
    """What the trades of one interval add up to. No trade, no row."""

    market = models.ForeignKey(Market, on_delete=models.CASCADE, db_index=False, related_name="+")
    seconds = models.PositiveIntegerField(choices=StoredInterval)
    opened_at = models.DateTimeField()
    """A multiple of the interval since the Unix epoch."""
    open = AmountField()
    high = AmountField()
    low = AmountField()
    close = AmountField()
    """Quote units per base unit."""
    volume = AmountField()
    """Base units."""
    quote_volume = AmountField()
    trades = models.BigIntegerField()
    house_volume = AmountField()
    house_quote_volume = AmountField()
    house_trades = models.BigIntegerField()
    """The parts of the three above that house accounts traded with each other."""
    first_number = models.BigIntegerField()
    """Of the interval's first trade; by it a trade is found by its number."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "seconds", "opened_at"], name="candle_of_market_and_time"),
            models.CheckConstraint(
                condition=Q(house_volume__lte=models.F("volume"), house_trades__lte=models.F("trades")),
                name="house_is_a_part_of_the_candle",
            ),
        ]
        indexes = [
            models.Index(
                fields=["market", "first_number"],
                name="minute_of_trade_number",
                condition=Q(seconds=StoredInterval.MINUTE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.market_id} {StoredInterval(self.seconds).label} {self.opened_at:%Y-%m-%d %H:%M:%S}"
