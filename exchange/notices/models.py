"""What the exchange has to say to everybody: incidents, maintenance, news.

Halts have no row here. They are told from the state of the market itself, so they are right by construction.
"""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone

from ledger.models import Asset
from matching.models import Market

MAX_TEXT = 2000


class NoticeKind(models.TextChoices):
    INCIDENT = "INCIDENT"
    MAINTENANCE = "MAINTENANCE"
    HALT = "HALT"
    """A market does not trade; made from its state, never by hand."""
    INFO = "INFO", "information"


class NoticeSeverity(models.TextChoices):
    INFO = "INFO", "information"
    WARNING = "WARNING"
    CRITICAL = "CRITICAL"


class Notice(models.Model):
    """A draft until it is published; from then on everybody reads it until it ends or is withdrawn."""

    kind = models.CharField(max_length=11, choices=NoticeKind)
    severity = models.CharField(max_length=8, choices=NoticeSeverity, default=NoticeSeverity.INFO)
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=MAX_TEXT, validators=[MaxLengthValidator(MAX_TEXT)], blank=True)
    markets = models.ManyToManyField(Market, blank=True, related_name="+")
    assets = models.ManyToManyField(Asset, blank=True, related_name="+")
    """What it is about; with neither markets nor assets it is about the whole exchange."""
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    """Null: until further notice."""
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="notice_ends_after_it_starts",
                violation_error_message="A notice ends later than it starts.",
            ),
            models.CheckConstraint(condition=~models.Q(kind=NoticeKind.HALT), name="notice_is_no_halt"),
        ]
        indexes = [
            models.Index(
                fields=["ends_at"],
                name="notice_published",
                condition=models.Q(published_at__isnull=False, withdrawn_at__isnull=True),
            )
        ]
        permissions = [("publish_notice", "Can write, publish and withdraw notices")]

    def __str__(self) -> str:
        return self.title
