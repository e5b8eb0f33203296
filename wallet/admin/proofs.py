"""Proofs of liabilities, for staff: what was published. Leaves have no page: their salts are their owners' alone."""

from django.contrib import admin
from unfold.decorators import display

from storage.admin.base import HistoryAdmin, ReadOnlyInline
from wallet.models import LiabilitySnapshot, LiabilityTree


class LiabilityTreeInline(ReadOnlyInline):
    model = LiabilityTree
    fields = ("asset", "total", "leaf_count", "depth", "root_hash")
    readonly_fields = fields

    @display(description="root")
    def root_hash(self, tree: LiabilityTree) -> str:
        return bytes(tree.root).hex()


@admin.register(LiabilitySnapshot)
class LiabilitySnapshotAdmin(HistoryAdmin):
    list_display = ("id", "taken_at", "commitment")
    fields = ("taken_at", "commitment", "document")
    inlines = (LiabilityTreeInline,)
