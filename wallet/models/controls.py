"""What staff set: limits by KYC level, prices to fall back on, and switches that stop payouts."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from ledger.models import AmountField, Asset


class WithdrawalLimit(models.Model):
    """What a user of a KYC level may take out. Amounts in the reference asset (`settings.FEE_VOLUME_ASSET`)."""

    kyc_level = models.PositiveSmallIntegerField(primary_key=True)
    daily = AmountField()
    """In any 24 hours."""
    monthly = AmountField()
    """In any 30 days."""
    hourly_count = models.PositiveSmallIntegerField(default=3)
    """Withdrawals in any 60 minutes."""
    review_above = AmountField()
    """A single one worth more is looked at by staff, however little the hot wallet would mind."""

    class Meta:
        ordering = ["kyc_level"]

    def __str__(self) -> str:
        return f"level {self.kyc_level}"


class ReferencePrice(models.Model):
    """What staff say an asset is worth where its own markets are too thin or too quiet to be believed."""

    asset = models.OneToOneField(Asset, on_delete=models.PROTECT, primary_key=True, related_name="reference_price")
    price = AmountField()
    """One unit, in the reference asset."""
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.asset_id} at {self.price}"


class KillSwitch(models.Model):
    """Stops payouts of everything, of a rail, or of an asset. `scope` is "all", "rail:<code>" or "asset:<symbol>"."""

    scope = models.CharField(max_length=40, primary_key=True)
    is_on = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """Null: the exchange itself, as when the books do not prove right."""
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["scope"]
        permissions = [("switch_payouts", "Can stop payouts and let them go on")]

    def __str__(self) -> str:
        return f"{self.scope}: {'stopped' if self.is_on else 'open'}"
