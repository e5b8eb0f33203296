"""Groups of users who do not trade with each other; who is in one is said on the user's page."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.models import SelfTradeGroup, User
from accounts.staff import record_staff_action
from storage.admin.base import StaffAdmin
from storage.admin.reasons import MAX_REASON_LENGTH

RIGHT = "accounts.set_account_state"


class SelfTradeGroupForm(ModelForm):
    reason = forms.CharField(max_length=MAX_REASON_LENGTH, widget=UnfoldAdminTextInputWidget())

    class Meta:
        model = SelfTradeGroup
        fields = ("name",)


@admin.register(SelfTradeGroup)
class SelfTradeGroupAdmin(StaffAdmin):
    form = SelfTradeGroupForm
    list_display = ("name", "member_count")
    search_fields = ("name__icontains",)
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SelfTradeGroup]:
        return super().get_queryset(request).annotate(members=Count("users"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("name", "member_names") if obj else ("name", "reason")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("name", "member_names") if obj else ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("accounts.view_user")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(RIGHT)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        assert isinstance(request.user, User)
        obj.save(force_insert=True)
        record_staff_action(
            by=request.user,
            subject_kind="self-trade group",
            subject=obj.name,
            action="added",
            reason=form.cleaned_data["reason"],
        )

    @display(description="members")
    def member_count(self, group: Any) -> int:
        return int(group.members)

    @display(description="members")
    def member_names(self, group: SelfTradeGroup) -> str:
        return ", ".join(group.users.order_by("username").values_list("username", flat=True)[:200]) or "nobody"
