"""How deposits without an owner find one: claims of users, and what two of the staff decide."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ledger.models import Account, Asset
from wallet.models.deposits import Deposit
from wallet.models.rails import Rail


class SuspenseResolution(models.Model):
    """What becomes of a deposit in suspense or held: one person of the staff proposes it, another one agrees."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="resolutions")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Who is credited; null: the money goes back to where it came from, or is written off."""
    reason = models.CharField(max_length=200)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=200, blank=True)
    is_approved = models.BooleanField(null=True, blank=True)
    operation_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["deposit"], condition=Q(is_approved__isnull=True), name="resolution_proposed_once"
            ),
            models.CheckConstraint(
                condition=Q(is_approved__isnull=True) | Q(is_approved=False) | ~Q(decided_by=F("requested_by")),
                name="resolution_needs_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"resolution {self.pk}"


class ClaimState(models.TextChoices):
    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    """The deposit was proposed to be credited to who claims it. Where that is turned down the claim is open again."""
    REJECTED = "REJECTED"


class DepositClaim(models.Model):
    """A user says that a transaction to an address shared by several users was theirs; staff decide."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="deposit_claims")
    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    external_tx_id = models.CharField(max_length=128)
    note = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=100)
    input_hash = models.BinaryField()
    state = models.CharField(max_length=8, choices=ClaimState, default=ClaimState.OPEN)
    claimed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, null=True, blank=True, related_name="claims")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "request_id"], name="claim_requested_once"),
            models.UniqueConstraint(
                fields=["account", "rail", "external_tx_id"],
                condition=Q(state=ClaimState.OPEN),
                name="claim_open_once",
            ),
        ]
        permissions = [("decide_claim", "Can accept and reject claims of deposits")]

    def __str__(self) -> str:
        return f"claim {self.pk}"
