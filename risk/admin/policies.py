"""What the exchange does by itself when a detector finds something. Off until somebody turns it on, with a reason."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from accounts.models import User
from risk.models import RiskPolicy, Severity
from risk.services import change_risk_policy
from storage.admin.as_shown import ReasonedRowForm
from storage.admin.base import StaffAdmin

CHANGE_RIGHT = "risk.change_riskpolicy"


class PolicyForm(ReasonedRowForm):
    class Meta:
        model = RiskPolicy
        fields = ("freezes_from",)
        labels = {"freezes_from": "Freezes trading from severity"}
        help_texts = {
            "freezes_from": "Of all accounts that an event names, house accounts left out. Empty: staff decide."
        }


@admin.register(RiskPolicy)
class RiskPolicyAdmin(StaffAdmin):
    form = PolicyForm
    list_display = ("__str__", "freezes")
    ordering = ("detector",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(CHANGE_RIGHT)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("freezes_from", "reason") if self.has_change_permission(request, obj) else ("freezes",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if self.has_change_permission(request, obj) else ("freezes",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        chosen = form.cleaned_data["freezes_from"]
        change_risk_policy(
            detector=obj.pk,
            freezes_from=None if chosen is None else Severity(chosen),
            by=request.user,
            reason=form.cleaned_data["reason"],
        )

    @display(description="freezes trading", label={"never": "info"})
    def freezes(self, policy: RiskPolicy) -> str:
        return "never" if policy.freezes_from is None else f"from {Severity(policy.freezes_from).label}"
