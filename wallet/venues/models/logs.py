"""What was asked of other exchanges, and what was done with accounts and addresses by whom."""

import uuid

from django.conf import settings
from django.db import models

from storage.models import AppendOnlyModel
from wallet.venues.models.accounts import ExchangeAccount
from wallet.venues.models.addresses import DepositAddress


class SyncType(models.TextChoices):
    FULL = "full"
    INCREMENTAL = "incremental"
    """Currencies that have addresses already."""
    SINGLE_CURRENCY = "single_currency", "single currency"


class SyncTrigger(models.TextChoices):
    SCHEDULE = "schedule"
    USER = "user"
    STAFF = "staff"


class SyncOutcome(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    PARTIAL = "partial"
    FAILED = "failed"


class AddressSyncLog(models.Model):
    """One sync of one account: what was asked for, how far it is, and how it ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(ExchangeAccount, on_delete=models.PROTECT, related_name="syncs")
    type = models.CharField(max_length=16, choices=SyncType)
    trigger = models.CharField(max_length=8, choices=SyncTrigger)
    currencies = models.JSONField(default=list)
    """Codes; empty until it is known which."""
    total = models.PositiveIntegerField(default=0)
    """Currencies to ask for."""
    done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    """Addresses that came in place of others: a part of `added`."""
    status = models.CharField(max_length=8, choices=SyncOutcome, default=SyncOutcome.QUEUED)
    errors = models.JSONField(default=dict, blank=True)
    """Currency, or "" for all → {"code", "message"}."""
    started_at = models.DateTimeField()
    expected_end_at = models.DateTimeField(null=True, blank=True)
    """While it runs, and it is known how much there is to ask for: when it will have been asked, by our reckoning."""
    finished_at = models.DateTimeField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["account", "-started_at"], name="syncs_of_account"),
            models.Index(fields=["status", "-started_at"], name="syncs_by_status"),
            models.Index(fields=["-started_at", "-id"], name="syncs_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.type} sync {self.status}"


class Activity(models.TextChoices):
    """What was done; the first word is whose."""

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_UPDATED = "account.updated"
    ACCOUNT_KEYS_CHANGED = "account.keys_changed"
    ACCOUNT_TESTED = "account.tested"
    ACCOUNT_SYNCED = "account.synced"
    ACCOUNT_BLOCKED = "account.blocked"
    ACCOUNT_DELETED = "account.deleted"
    ADDRESS_ADDED = "address.added"
    ADDRESS_CHANGED = "address.changed"
    ADDRESS_REPLACED = "address.replaced"
    ADDRESS_CONFIRMED = "address.confirmed"
    ADDRESS_UPDATED = "address.updated"
    ADDRESS_MARKED = "address.marked"
    ADDRESS_VERIFIED = "address.verified"
    ADDRESS_GONE = "address.gone"
    ADDRESS_DELETED = "address.deleted"
    ADDRESS_RESTORED = "address.restored"


class AddressActivityLog(AppendOnlyModel):
    """One thing that was done to an account or an address. No key is ever in it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    """Whose account it is."""
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """Who did it; empty: the exchange itself, in a sync."""
    account = models.ForeignKey(ExchangeAccount, on_delete=models.PROTECT, related_name="activities")
    address = models.ForeignKey(
        DepositAddress, on_delete=models.PROTECT, null=True, blank=True, related_name="activities"
    )
    action = models.CharField(max_length=24, choices=Activity)
    old_values = models.JSONField(default=dict, blank=True)
    new_values = models.JSONField(default=dict, blank=True)
    ip_address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["address", "-at"], name="activities_of_address"),
            models.Index(fields=["account", "-at"], name="activities_of_account"),
            models.Index(fields=["user", "-at"], name="activities_of_user"),
            models.Index(fields=["-at", "-id"], name="activities_newest"),
        ]

    def __str__(self) -> str:
        return str(self.action)
