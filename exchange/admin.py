"""Models of other people's apps on the staff pages: restyled, or only to look at, or not there at all.

What an app registers by itself would bring its own forms: e-mail addresses, sessions or second factors could be changed
without a reason and without a trace. So nothing of it stays that is not named here.
"""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest
from django_celery_beat.admin import PeriodicTaskAdmin as BeatTaskAdmin
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from storage.admin.base import HistoryAdmin

FOREIGN_APPS = ("account", "usersessions", "mfa", "socialaccount")

for model in (PeriodicTask, IntervalSchedule, CrontabSchedule, ClockedSchedule, SolarSchedule):
    admin.site.unregister(model)
for label in FOREIGN_APPS:
    for model in apps.get_app_config(label).get_models() if label in apps.app_configs else ():
        if admin.site.is_registered(model):
            admin.site.unregister(model)


class _SuperusersChange(ModelAdmin):
    """A schedule can start any task, so only superusers touch it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(_SuperusersChange, BeatTaskAdmin):
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        form = super().get_form(request, obj, change, **options)
        for name, widget in (("regtask", UnfoldAdminSelectWidget), ("task", UnfoldAdminTextInputWidget)):
            if name in form.base_fields:
                field = form.base_fields[name]
                field.widget = widget(choices=field.choices) if name == "regtask" else widget()
        return form


@admin.register(IntervalSchedule)
class IntervalScheduleAdmin(_SuperusersChange):
    list_display = ("__str__", "every", "period")


@admin.register(CrontabSchedule)
class CrontabScheduleAdmin(_SuperusersChange):
    list_display = ("__str__", "human_readable")


@admin.register(LogEntry)
class LogEntryAdmin(HistoryAdmin):
    """What was done on these pages, as Django notes it."""

    list_display = ("action_time", "user", "content_type", "object_repr", "message")
    list_filter = ("action_flag",)
    list_select_related = ("user", "content_type")
    number_columns = ("pk", "user_id")
    search_help_text = "User name of whoever did it; or a number."
    fields = ("action_time", "user", "content_type", "object_id", "object_repr", "message")
    readonly_fields = ("message",)

    def find_by_name(self, queryset: Any, name: str) -> Any:
        return queryset.filter(user__username__iexact=name)

    @display(description="what")
    def message(self, entry: LogEntry) -> str:
        return entry.get_change_message()


__all__ = ["CrontabScheduleAdmin", "IntervalScheduleAdmin", "LogEntryAdmin", "PeriodicTaskAdmin"]
