"""Who trades: the user, and the API keys that sign for one."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.second_factor.models import EmailCode as EmailCode
from accounts.second_factor.models import SecondFactorAttempt as SecondFactorAttempt
from storage.encryption import EncryptedSecretField
from storage.models import AppendOnlyModel


class KycStatus(models.TextChoices):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class AccountState(models.TextChoices):
    """What the user may do with money. Reading is always allowed."""

    ACTIVE = "active"
    TRADE_FROZEN = "trade_frozen", "trading frozen"
    WITHDRAW_FROZEN = "withdraw_frozen", "withdrawals frozen"
    CLOSED = "closed"


class Scope(models.TextChoices):
    """What an API key may do."""

    READ = "read"
    TRADE = "trade"
    WITHDRAW = "withdraw"
    EXCHANGES = "exchanges", "manage exchange accounts and deposit addresses"
    INGEST = "funds:ingest", "report deposits of a rail"


class SelfTradeGroup(models.Model):
    """Users whose orders are kept from trading with each other."""

    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), username=username, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, username, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person, or a machine that acts for one. Signs in by e-mail."""

    email = models.EmailField(unique=True)
    username = models.CharField(max_length=40, unique=True, validators=[UnicodeUsernameValidator()])
    kyc_status = models.CharField(max_length=8, choices=KycStatus, default=KycStatus.PENDING)
    kyc_level = models.PositiveSmallIntegerField(db_default=0, default=0)
    """How well the identity is known; markets may ask for a level."""
    self_trade_prevention = models.PositiveSmallIntegerField(db_default=1, default=1)
    """A `SelfTradePrevention`, for orders that name none."""
    self_trade_group = models.ForeignKey(
        SelfTradeGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="users"
    )
    """Null: the user's own account is the group."""
    fee_tier = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(5)])
    state = models.CharField(max_length=15, choices=AccountState, default=AccountState.ACTIVE)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_house = models.BooleanField(default=False)
    """Trades for the exchange itself. A trade between two house accounts can be left out of volumes."""
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["username"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.UniqueConstraint(Lower("username"), name="user_username_any_case"),
            models.CheckConstraint(condition=models.Q(fee_tier__range=(1, 5)), name="user_fee_tier_1_to_5"),
        ]
        permissions = [
            ("decide_kyc", "Can approve and reject identities"),
            ("set_fee_tier", "Can change fee tiers"),
            ("set_account_state", "Can freeze, close and reopen accounts"),
            ("mark_house", "Can mark accounts as house accounts"),
            ("reset_second_factor", "Can reset the second factor of others"),
        ]

    def __str__(self) -> str:
        return self.username


class ApiKey(models.Model):
    """A key that signs requests for its user. The secret is shown once, when the key is made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    label = models.CharField(max_length=60)
    key = models.CharField(max_length=48, unique=True, editable=False)
    secret = EncryptedSecretField(editable=False)
    scopes = ArrayField(models.CharField(max_length=12, choices=Scope), default=list)
    ip_ranges = ArrayField(models.CharField(max_length=49), default=list, blank=True)
    """CIDR ranges the key may be used from; empty means anywhere."""
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["user", "-created_at"], name="api_key_of_user")]
        permissions = [("revoke_apikey", "Can revoke API keys")]

    def __str__(self) -> str:
        return f"{self.label} ({self.key[:8]}…)"


class AccountChange(AppendOnlyModel):
    """Somebody changed what an account is or may do. Written with the change, never altered."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="changes")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    """Who did it; null where the system did it by itself."""
    field = models.CharField(max_length=40)
    old = models.CharField(max_length=100, blank=True)
    new = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "-id"], name="change_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.field}: {self.old} → {self.new}"


class StaffAction(AppendOnlyModel):
    """Staff did something to the exchange itself: to a market, an asset, a command. Accounts have `AccountChange`."""

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=60)
    """What it was done to, by the name people use: BTC-USDT."""
    action = models.CharField(max_length=40)
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)
    reason = models.CharField(max_length=200)
    command_id = models.BigIntegerField(null=True)
    """The command in the log that carries it out, if it takes one."""
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject_kind", "subject", "-id"], name="action_on_subject")]
        permissions = [("verify_ledger", "Can have the books checked")]

    def __str__(self) -> str:
        return f"{self.subject}: {self.action}"
