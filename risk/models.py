"""What looks wrong, who looks into it, and what was decided.

A `RiskEvent` is a question to staff, never a verdict. It is opened once for a fingerprint; the same thing seen again
while it is open makes it count more, and no second one. What staff say about it is kept in rows that are never altered.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from risk.core.surveillance import facts
from storage.models import AppendOnlyModel


class RiskEventType(models.TextChoices):
    WITHDRAWAL = "WITHDRAWAL", "withdrawal"
    DEPOSIT = "DEPOSIT", "deposit"
    TRADE = "TRADE", "trade"
    LOGIN = "LOGIN", "login"
    SUSPICIOUS_ACTIVITY = "SUSPICIOUS_ACTIVITY", "suspicious activity"


class Severity(models.IntegerChoices):
    """A higher number is worse, so that events sort by it."""

    LOW = facts.LOW, "LOW"
    MEDIUM = facts.MEDIUM, "MEDIUM"
    HIGH = facts.HIGH, "HIGH"
    CRITICAL = facts.CRITICAL, "CRITICAL"


class Detector(models.TextChoices):
    """Who noticed it; empty where it was no detector of trades."""

    WASH_TRADING = facts.WASH_TRADING, "wash trading"
    CIRCULAR_TRADING = facts.CIRCULAR_TRADING, "circular trading"
    SPOOFING = facts.SPOOFING, "spoofing"
    LAYERING = facts.LAYERING, "layering"
    QUOTE_STUFFING = facts.QUOTE_STUFFING, "quote stuffing"
    MOMENTUM_IGNITION = facts.MOMENTUM_IGNITION, "momentum ignition"
    QUIET_MOVE = facts.QUIET_MOVE, "price move without volume"


class RiskEvent(models.Model):
    """Something that a person should look at."""

    event_type = models.CharField("type", max_length=20, choices=RiskEventType)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    detector = models.CharField(max_length=40, choices=Detector, blank=True)
    description = models.CharField(max_length=200)
    metadata = models.JSONField(default=dict, blank=True)
    """Evidence: `figures` of the detector, ids of `trades` and `orders`."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="risk_events"
    )
    """Whom it is about; the first of them where it is about several."""
    accounts = ArrayField(models.BigIntegerField(), default=list, blank=True)
    """All ledger accounts it is about."""
    market = models.CharField(max_length=25, blank=True)
    asset = models.CharField(max_length=12, blank=True)
    """Symbols."""
    count = models.PositiveIntegerField(default=1)
    """How many times it was seen."""
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    fingerprint = models.CharField(max_length=200, editable=False)
    repetition = models.PositiveIntegerField(default=1, editable=False)
    """Grows where the same was seen again after it had been resolved."""

    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved = models.BooleanField(default=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=200, blank=True)
    restricted_at = models.DateTimeField(null=True, blank=True)
    """When a policy was carried out because of this event; it is carried out once."""

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["fingerprint", "repetition"], name="risk_event_once"),
            models.CheckConstraint(
                condition=Q(resolved=False, resolved_by__isnull=True, resolved_at__isnull=True)
                | (Q(resolved=True, resolved_by__isnull=False, resolved_at__isnull=False) & ~Q(resolution="")),
                name="risk_event_resolved_by_somebody",
            ),
            models.CheckConstraint(condition=Q(severity__range=(1, 4)), name="risk_event_severity_1_to_4"),
        ]
        indexes = [
            models.Index(fields=["-severity", "-id"], name="risk_event_open", condition=Q(resolved=False)),
            models.Index(fields=["user", "-id"], name="risk_event_of_user"),
            GinIndex(fields=["accounts"], name="risk_event_of_accounts"),
        ]
        permissions = [("review_riskevent", "Can assign, comment and resolve risk events")]

    def __str__(self) -> str:
        return f"risk event {self.pk}"


class RiskComment(AppendOnlyModel):
    """What somebody said about an event, or what the exchange did because of it."""

    event = models.ForeignKey(RiskEvent, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """Null where the exchange did it by itself."""
    at = models.DateTimeField(default=timezone.now)
    text = models.CharField(max_length=1000)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["event", "id"], name="comment_of_risk_event")]

    def __str__(self) -> str:
        return self.text


class RiskPolicy(models.Model):
    """Whether what a detector finds freezes the trading of the accounts it names. Off unless staff decide otherwise."""

    detector = models.CharField(max_length=40, choices=Detector, primary_key=True)
    freezes_from = models.PositiveSmallIntegerField(choices=Severity, null=True, blank=True)
    """The least severity of an event that freezes; null: none does."""

    class Meta:
        ordering = ["detector"]
        verbose_name_plural = "risk policies"

    def __str__(self) -> str:
        return self.get_detector_display()


class SurveillanceProgress(models.Model):
    """How far the detectors have looked at what a shard applied: everything up to this sequence."""

    shard = models.CharField(max_length=40, primary_key=True)
    applied_sequence = models.BigIntegerField(default=0)
    seen_until = models.DateTimeField(null=True)
    """When the last command that was looked at was applied."""

    class Meta:
        verbose_name_plural = "surveillance progress"

    def __str__(self) -> str:
        return f"{self.shard} up to {self.applied_sequence}"
