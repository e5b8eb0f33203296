"""Money that goes out: addresses users keep, withdrawals, how they changed state, and what staff decided."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.models import Account, AmountField, Asset
from matching.models.commands import NextId
from storage.models import AppendOnlyModel
from wallet.core.states import LOCKED_STATES, WithdrawalState
from wallet.models.rails import Rail

STATES = [(str(state), state.name.lower()) for state in WithdrawalState]


class SavedAddress(models.Model):
    """An entry of a user's address book. A new one can be used after a cooling-off."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="saved_addresses")
    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=60)
    address = models.CharField(max_length=128)
    """Or the IBAN."""
    tag = models.CharField(max_length=64, blank=True)
    beneficiary = models.JSONField(default=dict, blank=True)
    """Travel Rule: name, institution, whether it is the user's own."""
    created_at = models.DateTimeField(default=timezone.now)
    usable_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["label"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "rail", "address", "tag"],
                condition=Q(deleted_at__isnull=True),
                name="saved_address_once",
            )
        ]

    def __str__(self) -> str:
        return self.label


class Withdrawal(models.Model):
    """One payout that a user asked for. `amount` arrives; `amount + fee` is what the user pays. See `WithdrawalState`.

    The state changes in `wallet.services.transitions` alone; where money moves with it, in the processor's commit.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="withdrawals")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, related_name="+")
    request_id = models.CharField(max_length=100)
    input_hash = models.BinaryField()
    amount = AmountField()
    fee = AmountField(default=0)
    address = models.CharField(max_length=128)
    tag = models.CharField(max_length=64, blank=True)
    destination = models.JSONField(default=dict)
    """A `wallet.core.operations.Party`."""
    reference_value = AmountField(null=True, blank=True)
    """What it was worth when it was requested, in the reference asset; null where no price was good enough."""
    travel_rule = models.JSONField(default=dict, blank=True)
    """originator, beneficiary, purpose; needed above a threshold."""
    screening = models.JSONField(default=dict, blank=True)
    """What the address screening said."""
    state = models.CharField(max_length=9, choices=STATES, default=WithdrawalState.REQUESTED)
    reason = models.CharField(max_length=200, blank=True)
    review_reasons = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    """Codes: why staff have to look at it."""
    waits_for = models.CharField(max_length=40, blank=True)
    """Code: what keeps an approved one from going out, e.g. HOT_WALLET_LOW, KILL_SWITCH."""
    external_tx_id = models.CharField(max_length=128, blank=True)
    confirmations = models.PositiveIntegerField(default=0)
    network_fee = AmountField(null=True, blank=True)
    """What the rail took from us beside the amount."""
    requested_at = models.DateTimeField(default=timezone.now)
    verified_at = models.DateTimeField(null=True, blank=True)
    sending_at = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    """When the last call to the rail was begun that may still be carried out; see `wallet.services.payout_calls`."""
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "request_id"], name="withdrawal_requested_once"),
            models.CheckConstraint(condition=Q(amount__gt=0, fee__gte=0), name="withdrawal_positive"),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="withdrawal_of_account"),
            models.Index(
                fields=["state", "id"],
                name="withdrawal_locked",
                condition=Q(state__in=sorted(LOCKED_STATES)),
            ),
        ]
        permissions = [
            ("approve_withdrawal", "Can approve and reject withdrawals"),
            ("settle_unknown_payout", "Can say what became of a payout whose result is unknown"),
        ]

    def __str__(self) -> str:
        return f"withdrawal {self.pk}"

    @property
    def payout_id(self) -> str:
        """Our id at the rail. One withdrawal has one, whatever happens."""
        return f"w{self.pk}"


class WithdrawalTransition(AppendOnlyModel):
    """One change of a withdrawal's state."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="transitions")
    old = models.CharField(max_length=9)
    new = models.CharField(max_length=9)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """Null: the exchange itself."""
    operation_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["at"], name="withdrawal_approved_at", condition=Q(new=str(WithdrawalState.APPROVED)))
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class WithdrawalDecision(AppendOnlyModel):
    """What one person of the staff said about a withdrawal in review. Two different ones must approve.

    One that came back into review is decided about anew, by the same people or others.
    """

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="decisions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    review = models.PositiveSmallIntegerField(default=1)
    """Which time in review it was about, from 1; 0 where it was turned down without ever having been there."""
    is_approval = models.BooleanField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["withdrawal", "review", "by"], name="withdrawal_decided_once_a_review")
        ]

    def __str__(self) -> str:
        return "approved" if self.is_approval else "rejected"


class PayoutStatement(AppendOnlyModel):
    """What one person of the staff found out about a payout whose result was unknown. Two must say the same.

    About one that is unknown again people say anew what they know.
    """

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="statements")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    period = models.PositiveSmallIntegerField(default=1)
    """Which time of being unknown it was about, from 1; 0 where it was not: a restore had brought it back."""
    was_sent = models.BooleanField()
    external_tx_id = models.CharField(max_length=128, blank=True)
    network_fee = AmountField(default=0)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"sent as {self.external_tx_id}" if self.was_sent else "never sent"
