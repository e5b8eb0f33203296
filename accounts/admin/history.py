"""Who changed what and why: to look at, never to alter."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from unfold.decorators import display

from accounts.models import AccountChange, StaffAction
from storage.admin.base import HistoryAdmin, ReadOnlyInline
from storage.admin.display import NOTHING


class AccountChangeInline(ReadOnlyInline):
    """The history of one account, on its page."""

    model = AccountChange
    fk_name = "user"
    fields = ("at", "by", "field", "old", "new", "reason")
    readonly_fields = fields
    verbose_name_plural = "changes"
    per_page = 20
    hide_title = True


@admin.register(AccountChange)
class AccountChangeAdmin(HistoryAdmin):
    list_display = ("at", "user", "field", "old", "new", "reason", "by")
    list_filter = ("field",)
    list_select_related = ("user", "by")
    number_columns = ("pk", "user_id", "by_id")
    search_help_text = "User name or e-mail, of whoever was changed or changed it; or a number."

    def find_by_name(self, queryset: QuerySet[Any], name: str) -> QuerySet[Any]:
        return queryset.filter(_person("user", name) | _person("by", name))


@admin.register(StaffAction)
class StaffActionAdmin(HistoryAdmin):
    list_display = ("at", "subject_kind", "subject", "action", "what", "reason", "by", "command_id")
    list_filter = ("subject_kind", "action")
    list_select_related = ("by",)
    number_columns = ("pk", "command_id", "by_id")
    search_help_text = "Market or asset, user name or e-mail of who did it; or a number."

    def find_by_name(self, queryset: QuerySet[Any], name: str) -> QuerySet[Any]:
        return queryset.filter(Q(subject__iexact=name) | _person("by", name))

    @display(description="change")
    def what(self, action: StaffAction) -> str:
        return describe_change(action)


def describe_change(action: StaffAction) -> str:
    """Old and new values in a line: `max_quantity: 10 → 5`."""
    if not action.new:
        return ""
    return ", ".join(
        f"{name.replace('_', ' ')}: {action.old.get(name, NOTHING)} → {new}" for name, new in action.new.items()
    )


def _person(column: str, name: str) -> Q:
    return Q(**{f"{column}__username__iexact": name}) | Q(**{f"{column}__email__iexact": name})
