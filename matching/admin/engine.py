"""How the workers stand: their shards, their commits, their checkpoints."""

from django.contrib import admin
from unfold.decorators import display

from matching.models import Batch, Checkpoint, Shard
from storage.admin.base import HistoryAdmin, PeriodFilter, StaffAdmin


@admin.register(Shard)
class ShardAdmin(StaffAdmin):
    list_display = ("name", "writer", "epoch", "applied_sequence", "heartbeat_at")
    list_select_related = ("writer",)
    ordering = ("name",)
    fields = ("name", "writer", "epoch", "applied_sequence", "applied_at_us", "heartbeat_at")


@admin.register(Batch)
class BatchAdmin(HistoryAdmin):
    list_display = ("id", "shard", "first_sequence", "last_sequence", "size", "epoch")
    list_filter = (PeriodFilter, "shard")
    list_select_related = ("shard",)
    fields = ("id", "shard", "epoch", "first_sequence", "last_sequence", "event_hashes")

    @display(description="commands")
    def size(self, batch: Batch) -> int:
        return batch.last_sequence - batch.first_sequence + 1


@admin.register(Checkpoint)
class CheckpointAdmin(HistoryAdmin):
    list_display = ("id", "market", "applied_sequence", "engine_version", "rules_version")
    list_filter = (PeriodFilter, "market")
    list_select_related = ("market",)
    fields = ("id", "market", "applied_sequence", "engine_version", "rules_version", "digest")
    readonly_fields = ("digest",)

    def get_queryset(self, request: object) -> object:
        """Without the books themselves, which may be large."""
        return super().get_queryset(request).defer("snapshot")

    @display(description="state hash")
    def digest(self, checkpoint: Checkpoint) -> str:
        return bytes(checkpoint.state_hash).hex()
