"""What rails and payment processors reported over the API."""

from django.db import models
from django.utils import timezone

from ledger.models import AmountField
from storage.models import AppendOnlyModel
from wallet.models.deposits import Deposit
from wallet.models.rails import IngestGrant


class IngestReport(AppendOnlyModel):
    """One accepted report under a grant. A repeat finds it by its request id; the daily cap is a sum of values."""

    grant = models.ForeignKey(IngestGrant, on_delete=models.PROTECT, related_name="reports")
    request_id = models.CharField(max_length=100)
    input_hash = models.BinaryField()
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="+")
    value = AmountField(default=0)
    """What this report adds to what was reported in a day, in the reference asset; a confirmation adds nothing."""
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["grant", "request_id"], name="ingest_reported_once")]
        indexes = [models.Index(fields=["grant", "at"], name="ingest_of_a_day")]

    def __str__(self) -> str:
        return self.request_id
