"""The fee table."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display

from accounts.models import User
from matching.admin.fee_forms import TermsForm
from matching.fees.tiers import change_fee_table
from matching.models import FeeTier
from storage.admin.base import StaffAdmin
from storage.admin.display import amount_text, count_text, rate_text
from storage.admin.reasons import ask_and_act, is_confirmed

RIGHT = "accounts.set_fee_tier"
"""Whoever has it decides about fees: the table, and the exceptions from it."""


@admin.register(FeeTier)
class FeeTierAdmin(StaffAdmin):
    list_display = ("tier", "maker", "taker", "begins_at", "users")
    fields = ("tier", ("maker", "taker"), ("begins_at", "users"))
    readonly_fields = ("maker", "taker", "begins_at", "users")
    ordering = ("tier",)
    actions_detail = ("change_terms",)

    def has_set_fees_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(RIGHT)

    @action(description="Change terms", permissions=["set_fees"], icon="tune")
    def change_terms(self, request: HttpRequest, object_id: str) -> HttpResponse:
        tier = self.get_object(request, object_id)
        if tier is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = request.user
        assert isinstance(by, User)

        def act(fields: dict[str, Any]) -> str:
            change_fee_table(
                tier=tier.tier,
                maker_ppm=fields["maker_ppm"],
                taker_ppm=fields["taker_ppm"],
                min_volume=fields["min_volume"],
                by=by,
                reason=fields["reason"],
            )
            self.log_change(request, tier, f"terms changed: {fields['reason']}")
            return f"The new terms of tier {tier.tier} are in force."

        return ask_and_act(
            self,
            request,
            title=f"Change the terms of tier {tier.tier}",
            explanation=(
                "The rates hold for every order that the engine takes from now on; orders in the book keep theirs. "
                f"The volume, in {settings.FEE_VOLUME_ASSET}, decides from the next night on."
            ),
            button="Change terms",
            act=act,
            back=reverse("admin:matching_feetier_change", args=[tier.pk]),
            form=TermsForm(request.POST) if is_confirmed(request) else TermsForm.of(tier),
        )

    @display(description="maker fee")
    def maker(self, tier: FeeTier) -> str:
        return rate_text(tier.maker_ppm)

    @display(description="taker fee")
    def taker(self, tier: FeeTier) -> str:
        return rate_text(tier.taker_ppm)

    @display(description="from a 30-day volume of")
    def begins_at(self, tier: FeeTier) -> str:
        return f"{amount_text(tier.min_volume)} {settings.FEE_VOLUME_ASSET}"

    @display(description="users")
    def users(self, tier: FeeTier) -> str:
        return count_text(User.objects.filter(fee_tier=tier.tier).count())
