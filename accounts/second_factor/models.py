"""What was tried with second factors, and codes sent by e-mail. The secrets are allauth's rows, encrypted."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from storage.models import AppendOnlyModel


class Purpose(models.TextChoices):
    """What a code is asked for. A code by e-mail is good for the purpose it was sent for and no other."""

    SIGN_IN = "sign_in", "signing in"
    ACTIVATION = "activation", "activation"
    DEACTIVATION = "deactivation", "deactivation"
    RECOVERY_CODES = "recovery_codes", "new recovery codes"
    WITHDRAWAL = "withdrawal", "withdrawal"
    WITHDRAWAL_ADDRESS = "withdrawal_address", "withdrawal address"
    STAFF_ACTION = "staff_action", "staff action"


class Method(models.TextChoices):
    TOTP = "totp", "authenticator app"
    RECOVERY_CODE = "recovery_code", "recovery code"
    EMAIL = "email", "e-mail"


class SecondFactorAttempt(AppendOnlyModel):
    """A code that was accepted, or a guess that counts. Codes that come again and what a lock refuses leave no row."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose)
    method = models.CharField(max_length=13, choices=Method)
    is_accepted = models.BooleanField()
    time_step = models.BigIntegerField(null=True)
    """Of an accepted code of an app: 30-second steps since the Unix epoch. No step is accepted twice."""
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "time_step"], name="second_factor_step_once")]
        indexes = [models.Index(fields=["user", "-at"], name="second_factor_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.purpose}: {'accepted' if self.is_accepted else 'wrong'}"


class EmailCode(models.Model):
    """A code sent by e-mail: for one purpose and one thing, once, until it expires. Kept as a keyed hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=20, choices=Purpose)
    subject_id = models.CharField(max_length=128)
    """What it is for, and of which kind that is, e.g. `withdrawal:7`."""
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    """When it was accepted, or a newer one took its place."""

    class Meta:
        ordering = ["-sent_at"]
        indexes = [models.Index(fields=["user", "-sent_at"], name="email_code_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.purpose}"
