"""The log of funds: what was asked of the balance processor, what became of it, and the chain that binds both."""

from django.db import models

from ledger.models import Account, AmountField, Asset, Writer
from matching.models.commands import ClockNow, CurrentTransactionNumber, NextId
from storage.models import AppendOnlyModel
from wallet.core.operations import OperationKind

KINDS = [(int(kind), kind.name) for kind in OperationKind]


class BalanceOperation(AppendOnlyModel):
    """One message to the processor. Its INSERT, committed, is its acceptance; it is pending while it has no outcome.

    The id is that of the journal entry it causes. `origin` says who asked ("user:17", "rail:sim", "staff:3", "system")
    and keeps the request ids of one from those of another.
    """

    id = models.BigIntegerField(primary_key=True, db_default=NextId())
    origin = models.CharField(max_length=40)
    request_id = models.CharField(max_length=200)
    input_hash = models.BinaryField()
    kind = models.PositiveSmallIntegerField(choices=KINDS)
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, db_constraint=False, null=True, db_index=False, related_name="+"
    )
    """The user's account it is about; null where it is about the exchange's own."""
    asset = models.ForeignKey(Asset, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    amount = AmountField()
    message = models.TextField()
    """Canonical text (`wallet.core.operations`); text and not JSON, because it is hashed."""
    xact_number = models.BigIntegerField(db_default=CurrentTransactionNumber(), editable=False)
    accepted_at = models.DateTimeField(db_default=ClockNow(), editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["origin", "request_id"], name="operation_requested_once")]
        indexes = [
            models.Index(fields=["xact_number", "id"], name="operation_pending_scan"),
            models.Index(fields=["account", "-id"], name="operation_of_account"),
        ]

    def __str__(self) -> str:
        return f"operation {self.pk}"


class OperationOutcome(AppendOnlyModel):
    """What became of an operation, written in the database transaction that did it."""

    operation_id = models.BigIntegerField(primary_key=True)
    applied_sequence = models.BigIntegerField(unique=True)
    """Gapless, from 1: the order in which operations were applied."""
    code = models.CharField(max_length=40, blank=True)
    """Empty: done. Else why it was refused; then no balance changed."""
    detail = models.JSONField(default=dict, blank=True)
    applied_at = models.DateTimeField()

    class Meta:
        ordering = ["-applied_sequence"]

    def __str__(self) -> str:
        return self.code or "done"


class OperationLink(AppendOnlyModel):
    """A batch of operations, or a part of one, bound to all before it and to the journal link written with it."""

    first_sequence = models.BigIntegerField(primary_key=True)
    last_sequence = models.BigIntegerField()
    journal_hash = models.BinaryField()
    """Head of the funds writer's journal chain after them."""
    hash = models.BinaryField()

    class Meta:
        ordering = ["first_sequence"]

    def __str__(self) -> str:
        return f"operations {self.first_sequence} to {self.last_sequence}"


class FundsProcessor(models.Model):
    """Where the balance processor stands. One row; holding its lock is being the processor."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    writer = models.OneToOneField(Writer, on_delete=models.PROTECT, related_name="+")
    applied_sequence = models.BigIntegerField(default=0)
    chain_hash = models.BinaryField(default=bytes)
    scan_from_xact = models.BigIntegerField(default=0)
    scan_after_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="funds_processor_is_one")]

    def __str__(self) -> str:
        return f"funds processor at {self.applied_sequence}"
