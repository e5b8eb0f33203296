"""What the books say against what a rail says, what was found to differ, and what staff did about it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from ledger.models import AmountField, Asset
from storage.models import AppendOnlyModel
from wallet.models.rails import Rail


class Reconciliation(AppendOnlyModel):
    """One comparison of a rail's balances and movements with the books."""

    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, related_name="reconciliations")
    at = models.DateTimeField(default=timezone.now)
    is_even = models.BooleanField()
    figures = models.JSONField(default=dict)
    """Asset to ledger, in flight, rail and difference, in units as text."""

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return "even" if self.is_even else "differs"


class ReconciliationDifference(models.Model):
    """Something that did not agree; it is closed when it agrees again or staff say what it was."""

    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, related_name="differences")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    """balance, missing_at_rail, missing_in_books, amount."""
    subject = models.CharField(max_length=200, blank=True)
    """The external id it is about; empty for a balance."""
    expected = AmountField()
    actual = AmountField()
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolution = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-last_seen_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["rail", "asset", "kind", "subject"],
                condition=Q(resolved_at__isnull=True),
                name="difference_open_once",
            )
        ]
        permissions = [("resolve_difference", "Can resolve differences of a reconciliation")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Adjustment(models.Model):
    """A correcting entry: one person asks, another agrees, the processor posts it."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    lines = models.JSONField()
    """[[account id, available, locked], ...] in units as text; they sum to zero."""
    reason = models.CharField(max_length=200)
    reverses_entry_id = models.BigIntegerField(null=True, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    is_approved = models.BooleanField(null=True, blank=True)
    operation_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_approved__isnull=True) | Q(is_approved=False) | ~Q(decided_by=F("requested_by")),
                name="adjustment_needs_four_eyes",
            ),
            models.UniqueConstraint(
                fields=["reverses_entry_id"],
                condition=Q(is_approved__isnull=True) | Q(is_approved=True),
                name="entry_reversed_once",
            ),
        ]
        permissions = [
            ("request_adjustment", "Can ask for correcting entries"),
            ("approve_adjustment", "Can agree to correcting entries somebody else asked for"),
        ]

    def __str__(self) -> str:
        return f"adjustment {self.pk}"


class SweepProposal(models.Model):
    """Money that should move between our own wallets of a rail; staff carry it out and name the transaction."""

    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    from_wallet = models.CharField(max_length=20)
    to_wallet = models.CharField(max_length=20)
    amount = AmountField()
    proposed_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    external_tx_id = models.CharField(max_length=128, blank=True)
    operation_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rail", "asset", "from_wallet"],
                condition=Q(done_at__isnull=True),
                name="sweep_proposed_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_wallet} → {self.to_wallet}"
