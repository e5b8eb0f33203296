"""What can be traded, under which rules, for which fee."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from kernel.units import PPM
from ledger.models import AmountField, Asset


class Market(models.Model):
    """A pair of assets with its steps and limits. The engine runs it under the rules of `rules_version`."""

    symbol = models.CharField(max_length=25, unique=True, validators=[RegexValidator(r"^[A-Z0-9]+-[A-Z0-9]+$")])
    base = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    quote = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    shard = models.ForeignKey("matching.Shard", on_delete=models.PROTECT, related_name="markets")
    rules_version = models.PositiveIntegerField(default=1)

    tick_size = AmountField()
    """Quote units per base unit: prices are counted in it."""
    lot_size = AmountField()
    """Base units: quantities are counted in it."""
    tick_multiple = models.PositiveIntegerField(db_default=1, default=1, validators=[MinValueValidator(1)])
    """Prices of orders are multiples of so many ticks. The tick itself never changes: old orders are counted in it."""
    lot_multiple = models.PositiveIntegerField(db_default=1, default=1, validators=[MinValueValidator(1)])
    """Quantities of orders are multiples of so many lots."""
    min_quantity = AmountField(default=0)
    max_quantity = AmountField(default=0)
    """Base units; 0 means no limit, here and below."""
    min_notional = AmountField(default=0)
    max_order_value = AmountField(default=0)
    """Quote units."""
    price_band_ppm = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(PPM)])
    """How far from the last price an order may be placed or a market order may trade."""
    max_open_orders = models.PositiveIntegerField(default=0)
    """Per account."""
    initial_price = AmountField(default=0)
    """The reference of the price bands until the first trade."""
    static_band_ppm = models.PositiveIntegerField(db_default=0, default=0, validators=[MaxValueValidator(PPM)])
    """How far from the last auction's price, or the initial one."""
    protection_ppm = models.PositiveIntegerField(db_default=0, default=0, validators=[MaxValueValidator(PPM)])
    """How far from the best price a market order may trade."""
    breaker_ppm = models.PositiveIntegerField(db_default=0, default=0, validators=[MaxValueValidator(PPM)])
    """A move beyond this within the window halts the market."""
    breaker_window_seconds = models.PositiveIntegerField(db_default=0, default=0)
    halt_seconds = models.PositiveIntegerField(db_default=0, default=0)
    """How long the circuit breaker halts the market."""
    auction_seconds = models.PositiveIntegerField(db_default=0, default=0)
    """How long the auction after such a halt collects orders."""
    max_stop_orders = models.PositiveIntegerField(db_default=0, default=0)
    """Waiting orders per account."""
    max_order_rate = models.PositiveIntegerField(db_default=0, default=0)
    """Orders per account in 10 seconds."""
    min_kyc_level = models.PositiveSmallIntegerField(db_default=0, default=0)
    """Whose identity is known less well may not trade here."""

    class Meta:
        ordering = ["symbol"]
        constraints = [
            models.CheckConstraint(condition=~Q(base=F("quote")), name="market_of_two_assets"),
            models.CheckConstraint(condition=Q(tick_size__gt=0, lot_size__gt=0), name="market_steps_positive"),
        ]
        permissions = [("control_market", "Can halt, close and open markets")]

    def __str__(self) -> str:
        return self.symbol


class FeeTier(models.Model):
    """What a user of this tier pays, in parts per million of what a trade brings, and who is in it."""

    tier = models.PositiveSmallIntegerField(primary_key=True, validators=[MinValueValidator(1), MaxValueValidator(5)])
    maker_ppm = models.PositiveIntegerField(validators=[MaxValueValidator(PPM)])
    taker_ppm = models.PositiveIntegerField(validators=[MaxValueValidator(PPM)])
    min_volume = AmountField(default=0)
    """What a user has to trade in 30 days to be in this tier, in units of `settings.FEE_VOLUME_ASSET`."""

    class Meta:
        ordering = ["tier"]
        constraints = [
            models.CheckConstraint(condition=Q(maker_ppm__lte=PPM, taker_ppm__lte=PPM), name="fee_at_most_everything"),
            models.CheckConstraint(condition=Q(min_volume__gte=0), name="fee_tier_volume_not_negative"),
        ]

    def __str__(self) -> str:
        return f"tier {self.tier}"
