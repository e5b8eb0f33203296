"""What was traded, summed up by the hour, so that nobody has to add up a month of trades to see a figure."""

from django.db import models

from ledger.models import AmountField
from matching.models.markets import Market


class TradingHour(models.Model):
    """One market's trades of one hour. Can be made anew from the trades at any time."""

    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    """Full hour, UTC."""
    is_house = models.BooleanField()
    """Whether both sides of these trades were house accounts when they were summed up."""
    trades = models.BigIntegerField(default=0)
    quantity = AmountField(default=0)
    quote_amount = AmountField(default=0)
    base_fees = AmountField(default=0)
    quote_fees = AmountField(default=0)

    class Meta:
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(fields=["started_at", "market", "is_house"], name="trading_hour_of_market")
        ]

    def __str__(self) -> str:
        return f"{self.market_id} from {self.started_at}"


class SummedTrades(models.Model):
    """How far the hours of a market reach: every trade up to this id is in one of them."""

    market = models.OneToOneField(Market, on_delete=models.PROTECT, primary_key=True, related_name="+")
    last_trade_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.market_id} up to {self.last_trade_id}"
