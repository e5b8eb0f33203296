"""Proofs of liabilities, for staff: what was published. Leaves have no page: their salts are their owners' alone."""

import json
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from storage.admin.base import HistoryAdmin, ReadOnlyInline
from storage.admin.display import amount, count_text
from wallet.models import LiabilitySnapshot, LiabilityTree

_ROOT_DIGITS = 16
"""Enough to see that it is another one; the whole root is in what is published."""


class LiabilityTreeInline(ReadOnlyInline):
    model = LiabilityTree
    verbose_name_plural = "what was owed, beside what was held"
    hide_title = True
    fields = ("asset", "owed", "suspense", "reserves", "accounts", "root_hash")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("asset", "snapshot").order_by("asset__symbol")

    @display(description="owed to users")
    def owed(self, tree: LiabilityTree) -> str:
        return amount(tree.total)

    @display(description="in suspense")
    def suspense(self, tree: LiabilityTree) -> str:
        entries = _published(tree)["assets"]
        return amount(
            next((Decimal(entry["suspense"]) for entry in entries if entry["asset"] == tree.asset.symbol), None)
        )

    @display(description="reported by rails")
    def reserves(self, tree: LiabilityTree) -> str:
        amounts = [
            Decimal(entry["amount"]) for entry in _published(tree)["reserves"] if entry["asset"] == tree.asset.symbol
        ]
        return amount(sum(amounts, Decimal(0)) if amounts else None)

    def accounts(self, tree: LiabilityTree) -> str:
        return count_text(tree.leaf_count)

    @display(description="root")
    def root_hash(self, tree: LiabilityTree) -> str:
        return f"{bytes(tree.root).hex()[:_ROOT_DIGITS]}…"


@admin.register(LiabilitySnapshot)
class LiabilitySnapshotAdmin(HistoryAdmin):
    list_display = ("id", "taken_at", "commitment")
    fields = ("taken_at", "commitment")
    inlines = (LiabilityTreeInline,)


def _published(tree: LiabilityTree) -> dict[str, Any]:
    published: dict[str, Any] = json.loads(tree.snapshot.document)
    return published
