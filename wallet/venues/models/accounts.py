"""Other exchanges, and the accounts that our users have there."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from storage.encryption import EncryptedSecretField


class AccountKind(models.TextChoices):
    """Which of a user's accounts at the exchange is meant."""

    SPOT = "spot"
    FUTURES = "futures"


class SyncStatus(models.TextChoices):
    """How an account stands with its exchange."""

    NEVER = "never", "not synced yet"
    QUEUED = "queued"
    RUNNING = "running"
    OK = "ok"
    PARTIAL = "partial", "some currencies failed"
    FAILED = "failed"
    BLOCKED = "blocked", "keys are refused"
    """The exchange refuses the keys: nothing is asked until the user gives others."""


class SupportedExchange(models.Model):
    """An exchange whose accounts can be connected. Seeded from ccxt's own description of it."""

    id = models.SlugField(max_length=40, primary_key=True)
    """Our public id, as in addresses of the API: `binance`."""
    name = models.CharField(max_length=60)
    ccxt_id = models.CharField(max_length=40, unique=True)
    links = models.JSONField(default=dict, blank=True)
    """`www`, `doc`, `fees` and the like, each a URL."""
    is_active = models.BooleanField(default=True)
    has_addresses = models.BooleanField(default=False)
    """Whether ccxt can fetch deposit addresses there."""
    rate_limit_ms = models.PositiveIntegerField(default=1000)
    """Between two requests of one user."""
    needs_passphrase = models.BooleanField(default=False)
    has_sandbox = models.BooleanField(default=False)
    has_futures = models.BooleanField(default=False)
    currencies = models.JSONField(default=dict, blank=True)
    """Code → {"name", "networks": {network: {"deposit": bool}}}, as the exchange said last."""
    currencies_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    """Versions, countries, what ccxt says it can do."""

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ExchangeAccount(models.Model):
    """A user's account at another exchange, and the keys with which it is asked. Keys are never shown again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exchange_accounts")
    exchange = models.ForeignKey(SupportedExchange, on_delete=models.PROTECT, related_name="accounts")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=AccountKind, default=AccountKind.SPOT)
    api_key = EncryptedSecretField(editable=False)
    api_secret = EncryptedSecretField(editable=False)
    passphrase = EncryptedSecretField(blank=True, default="", editable=False)
    key_hint = models.CharField(max_length=12, editable=False)
    """The key's first and last characters: enough to tell two keys apart, too little to use."""
    keys_changed_at = models.DateTimeField()
    keys_expire_at = models.DateTimeField(null=True, blank=True)
    """Where the user, or the exchange, says so; we warn before."""
    permissions = models.JSONField(default=dict, blank=True)
    """What the last test found: {"read": true, "trade": false, "withdraw": null}; null where nobody can know."""
    is_sandbox = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    last_sync_at = models.DateTimeField(null=True, blank=True)
    """The end of the last sync that learned something."""
    last_full_sync_at = models.DateTimeField(null=True, blank=True)
    next_sync_at = models.DateTimeField(null=True, blank=True)
    """Jittered, and farther away with each failure."""
    sync_status = models.CharField(max_length=8, choices=SyncStatus, default=SyncStatus.NEVER)
    failures = models.PositiveIntegerField(default=0)
    """Syncs that failed since the last that did not."""
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=200, blank=True)
    """In our own words; never the exchange's, which may repeat a key."""
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    """Keys are wiped with it; addresses and logs stay for the audit."""

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "exchange", "name"], condition=Q(deleted_at=None), name="exchange_account_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_sync_at"], condition=Q(is_active=True, deleted_at=None), name="exchange_account_due"
            ),
        ]
        permissions = [("sync_exchangeaccount", "Can force a sync of exchange accounts")]

    def __str__(self) -> str:
        return f"{self.name} at {self.exchange_id}"

    def __repr__(self) -> str:
        return f"<ExchangeAccount {self.pk}>"
