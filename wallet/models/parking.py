"""Operations that could not be processed. Nothing of them was applied; they wait for staff, and the others go on."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class ParkedOperation(models.Model):
    """An operation on which the processor failed by itself. Staff have the cause removed and release it."""

    operation_id = models.BigIntegerField(primary_key=True)
    is_held = models.BooleanField(default=True)
    """True keeps it from the processor."""
    error = models.TextField(default="", blank=True)
    parked_at = models.DateTimeField(default=timezone.now)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-operation_id"]
        permissions = [("release_operation", "Can give parked operations back to the processor")]

    def __str__(self) -> str:
        return f"operation {self.operation_id}"
