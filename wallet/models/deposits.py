"""Money that comes in: where it is sent to, and each arrival."""

from django.db import models

from ledger.models import Account, AmountField, Asset
from matching.models.commands import NextId
from wallet.core.states import DepositState
from wallet.models.rails import Rail

STATES = [(str(state), state.name.lower()) for state in DepositState]


class ReceivingAddress(models.Model):
    """An address, or an address and a tag, or a bank reference, under which a user's deposits arrive."""

    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, related_name="receiving_addresses")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="receiving_addresses")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """Null: one address for all assets of the rail."""
    address = models.CharField(max_length=128)
    tag = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rail", "address", "tag", "asset"], name="receiving_address_once", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["rail", "account", "asset"], name="one_address_for_account", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return self.address


class Deposit(models.Model):
    """One arrival: one output of one external transaction. Only the processor credits it; see `DepositState`."""

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    # Deposits come in fast. The indexes below begin with rail and account, so these need none of their own; and as in
    # the ledger, what they point at is never deleted, so nothing is checked again for each row.
    rail = models.ForeignKey(Rail, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="deposits",
    )
    """Null while nobody knows whose it is."""
    external_tx_id = models.CharField(max_length=128)
    output_index = models.PositiveIntegerField(default=0)
    amount = AmountField()
    address = models.CharField(max_length=128, blank=True)
    tag = models.CharField(max_length=64, blank=True)
    source = models.JSONField(default=dict, blank=True)
    """A `wallet.core.operations.Party`."""
    state = models.CharField(max_length=8, choices=STATES, default=DepositState.PENDING)
    reason = models.CharField(max_length=200, blank=True)
    """Why it is in suspense, held or orphaned."""
    confirmations = models.PositiveIntegerField(default=0)
    required_confirmations = models.PositiveIntegerField(default=1)
    block_height = models.BigIntegerField(null=True, blank=True)
    block_hash = models.CharField(max_length=80, blank=True)
    operation_id = models.BigIntegerField(null=True, blank=True)
    """The operation that credited it, or took it into suspense."""
    held_amount = AmountField(default=0, db_default=0)
    """Of a held one: how much of it was still there, and is locked."""
    swept_operation_id = models.BigIntegerField(null=True, blank=True)
    seen_at = models.DateTimeField()
    credited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["rail", "external_tx_id", "output_index"], name="deposit_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="deposit_positive"),
            models.CheckConstraint(
                condition=models.Q(held_amount__gte=0)
                & (models.Q(state=DepositState.HELD) | models.Q(held_amount=0))
                & models.Q(held_amount__lte=models.F("amount")),
                name="deposit_holds_what_is_there",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DepositState.CREDITED)
                | models.Q(operation_id__isnull=False, credited_at__isnull=False, account__isnull=False),
                name="deposit_credited_by_an_operation",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="deposit_of_account"),
            models.Index(
                fields=["rail", "block_height"],
                name="deposit_unfinished",
                condition=models.Q(state__in=[DepositState.PENDING, DepositState.ORPHANED]),
            ),
            models.Index(fields=["account"], name="deposit_held", condition=models.Q(state=DepositState.HELD)),
            models.Index(
                fields=["rail", "asset"],
                name="deposit_to_sweep",
                condition=models.Q(state=DepositState.CREDITED, swept_operation_id__isnull=True)
                | models.Q(state__in=[DepositState.SUSPENSE, DepositState.HELD]),
            ),
        ]
        permissions = [("resolve_deposit", "Can decide about deposits in suspense")]

    def __str__(self) -> str:
        return f"deposit {self.pk}"
