"""The fee table."""

from django.contrib import admin
from unfold.decorators import display

from matching.models import FeeTier
from storage.admin.base import StaffAdmin
from storage.admin.display import rate_text


@admin.register(FeeTier)
class FeeTierAdmin(StaffAdmin):
    list_display = ("tier", "maker", "taker")
    fields = ("tier", "maker", "taker")
    readonly_fields = ("maker", "taker")
    ordering = ("tier",)

    @display(description="maker fee")
    def maker(self, tier: FeeTier) -> str:
        return rate_text(tier.maker_ppm)

    @display(description="taker fee")
    def taker(self, tier: FeeTier) -> str:
        return rate_text(tier.taker_ppm)
