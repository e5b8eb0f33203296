"""What users are told about their money: numbers of their events, and mails that wait to be sent."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from ledger.models import Account


class FundsEventCounter(models.Model):
    """The number of an account's last event of the funds writer. Raised in the commit that writes the event."""

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, db_constraint=False, primary_key=True, related_name="+"
    )
    last_sequence = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last_sequence)


MOST_ATTEMPTS = 16
"""To send a mail, within about two days; afterwards it stays unsent, and the log says so."""


class FundsMail(models.Model):
    """A mail about somebody's own money, written with the change it tells of and sent after its commit.

    The database does not check the user again for each of a batch's mails: that took 16 µs a row.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    template = models.CharField(max_length=40)
    context = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now, db_default=Now())
    """When to send it, or to try again."""

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="funds_mail_due",
                condition=models.Q(sent_at__isnull=True, attempts__lt=MOST_ATTEMPTS),
            )
        ]

    def __str__(self) -> str:
        return self.template
