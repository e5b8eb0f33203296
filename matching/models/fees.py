"""Who pays other fees than the table says, and what accounts traded a day, by which the table is applied."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from kernel.units import PPM
from ledger.models import Account, AmountField
from matching.models.markets import Market

_IN_FORCE = Q(ended_at__isnull=True)
_RATES = Q(tier__isnull=True, maker_ppm__lte=PPM, taker_ppm__lte=PPM, maker_ppm__isnull=False, taker_ppm__isnull=False)
_TIER = Q(tier__range=(1, 5), maker_ppm__isnull=True, taker_ppm__isnull=True)


class FeeException(models.Model):
    """Staff's word on what somebody pays: other rates for a user, a market, or a user in a market, or a fixed tier.

    Of rates the narrowest holds: user and market, then user, then market, then the rates of the user's tier. Nothing
    but the end of an exception is ever written into its row; another one is made instead.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    """Whose orders; null: everybody's."""
    market = models.ForeignKey(
        Market, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    """Where; null: in all markets."""
    tier = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    """The tier the user is held in whatever the volume; null: it is the rates that are excepted."""
    maker_ppm = models.PositiveIntegerField(null=True, blank=True, validators=[MaxValueValidator(PPM)])
    taker_ppm = models.PositiveIntegerField(null=True, blank=True, validators=[MaxValueValidator(PPM)])
    reason = models.CharField(max_length=200)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """Null where it is not known any more who put the user in that tier."""
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    """From then on it does not hold; null: until somebody ends it."""
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Null where it ended by itself."""
    end_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=(_RATES & (Q(user__isnull=False) | Q(market__isnull=False)))
                | (_TIER & Q(user__isnull=False, market__isnull=True)),
                name="fee_exception_of_rates_or_tier",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("created_at")),
                name="fee_exception_expires_later",
            ),
            # These are also what the worker finds the rates of an order by.
            models.UniqueConstraint(
                fields=["user", "market"],
                condition=_IN_FORCE & Q(tier__isnull=True),
                nulls_distinct=False,
                name="fee_exception_in_force",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=_IN_FORCE & Q(tier__isnull=False), name="fixed_fee_tier_in_force"
            ),
        ]
        indexes = [models.Index(fields=["user", "-id"], name="fee_exception_of_user")]

    def __str__(self) -> str:
        return " in ".join(str(scope) for scope in (self.user or "everybody", self.market) if scope is not None)


class AccountTradingDay(models.Model):
    """What one account traded in one market on one day, as the volume for its fee tier counts it.

    Trades between two house accounts and trades of an account with itself are left out. Can be made anew from the
    trades at any time.
    """

    day = models.DateField()
    """UTC."""
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, db_index=False, related_name="+")
    maker_quote = AmountField(default=0)
    taker_quote = AmountField(default=0)
    """Quote units of the trades in which the account was that side."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "day", "market"], name="trading_day_of_account"),
        ]
        indexes = [models.Index(fields=["day"], name="trading_day")]

    def __str__(self) -> str:
        return f"{self.account_id} on {self.day}"


class SummedTradingDay(models.Model):
    """A day whose trades are all in `AccountTradingDay`."""

    day = models.DateField(primary_key=True)
    summed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.day}"
