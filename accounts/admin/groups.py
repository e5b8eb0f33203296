"""Staff groups: which rights somebody has. Superusers alone decide, each time with a reason and a second factor."""

from typing import Any

import django.contrib.auth.admin  # noqa: F401  registers Group, in whose place ours comes
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.admin.second_factor import CODE_FIELD, SecondFactorPage
from accounts.models import User
from accounts.staff import record_staff_action
from storage.admin.as_shown import AsShownForm
from storage.admin.codes import CodeField
from storage.admin.reasons import MAX_REASON_LENGTH

admin.site.unregister(Group)


class GroupForm(AsShownForm):
    reason = forms.CharField(max_length=MAX_REASON_LENGTH, widget=UnfoldAdminTextInputWidget())
    second_factor_code = CodeField(label="Two-factor code", help_text="A new one for each change.")

    class Meta:
        model = Group
        fields = ("name", "permissions")


@admin.register(Group)
class GroupAdmin(SecondFactorPage):
    form = GroupForm
    list_display = ("name", "member_count")
    filter_horizontal = ("permissions",)
    fields = ("name", "permissions", "reason", CODE_FIELD)
    ordering = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return _is_superuser(request)

    @admin.display(description="members")
    def member_count(self, group: Group) -> int:
        return group.user_set.count()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if _is_superuser(request) else ("name", "permissions")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """As Django's own: the name of every right names its model, which is one query, not one for each."""
        if db_field.name == "permissions":
            options["queryset"] = Permission.objects.select_related("content_type").order_by("content_type", "codename")
        return super().formfield_for_manytomany(db_field, request, **options)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The rights are written here by Django; what they were before is known only before it does."""
        group: Group = form.instance
        self.require_code(request)
        before = _rights(group) if change else []
        super().save_related(request, form, formsets, change)
        assert isinstance(request.user, User)
        record_staff_action(
            by=request.user,
            subject_kind="group",
            subject=group.name[:60],
            action="rights",
            old={"rights": ", ".join(before)},
            new={"rights": ", ".join(_rights(group))},
            reason=form.cleaned_data["reason"],
        )


def _rights(group: Group) -> list[str]:
    permissions = group.permissions.select_related("content_type").order_by("content_type__app_label", "codename")
    return [f"{permission.content_type.app_label}.{permission.codename}" for permission in permissions]


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)
