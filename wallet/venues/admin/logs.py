"""Syncs, and what was done with accounts and addresses, on the staff pages."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from storage.admin.display import NOTHING
from wallet.venues.admin.base import OwnedHistoryAdmin, related_without_keys
from wallet.venues.models import AddressActivityLog, AddressSyncLog

OUTCOME_LABELS = {
    "queued": "info",
    "running": "info",
    "success": "success",
    "partial": "warning",
    "failed": "danger",
}


@admin.register(AddressSyncLog)
class AddressSyncLogAdmin(OwnedHistoryAdmin):
    ordering = ("-started_at", "-id")
    list_display = ("started_at", "account", "user", "type", "trigger", "standing", "progress", "found", "took")
    list_filter = ("status", "type", "trigger", "account__exchange")
    list_select_related = ("account__user", "account__exchange")
    id_columns = ("pk", "account_id")
    owner_column = "account__user"
    search_help_text = "The id of a sync or of an account; or user name or e-mail, or the beginning of it."
    fields = (
        ("account", "user"),
        ("type", "trigger", "standing"),
        ("started_at", "finished_at", "took"),
        ("progress", "found"),
        "reasons",
        "currencies",
    )
    readonly_fields = ("user", "standing", "progress", "found", "took", "reasons")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AddressSyncLog]:
        rows = super().get_queryset(request).select_related("account__user", "account__exchange")
        return related_without_keys(rows)

    @display(description="user")
    def user(self, sync: AddressSyncLog) -> str:
        return str(sync.account.user)

    @display(description="status", label=OUTCOME_LABELS)
    def standing(self, sync: AddressSyncLog) -> str:
        return sync.status

    @display(description="currencies asked for")
    def progress(self, sync: AddressSyncLog) -> str:
        return f"{sync.done} of {sync.total}"

    @display(description="addresses")
    def found(self, sync: AddressSyncLog) -> str:
        return f"+{sync.added} ({sync.changed} changed), {sync.updated} seen again, {sync.removed} gone"

    @display(description="took")
    def took(self, sync: AddressSyncLog) -> str:
        return NOTHING if sync.duration_ms is None else f"{sync.duration_ms} ms"

    @display(description="errors")
    def reasons(self, sync: AddressSyncLog) -> str:
        told = [f"{currency or 'all'}: {error.get('code', '')}" for currency, error in sorted(sync.errors.items())]
        return ", ".join(told) or NOTHING


@admin.register(AddressActivityLog)
class AddressActivityLogAdmin(OwnedHistoryAdmin):
    ordering = ("-at", "-id")
    list_display = ("at", "action", "user", "account", "address", "who", "ip_address")
    list_filter = ("action",)
    list_select_related = ("user", "account", "address", "actor")
    id_columns = ("pk", "account_id", "address_id")
    search_help_text = "The id of an account or an address; or user name or e-mail, or the beginning of it."
    fields = (
        ("at", "action"),
        ("user", "account", "address"),
        ("who", "ip_address", "user_agent"),
        ("old_values", "new_values"),
    )
    readonly_fields = ("who",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AddressActivityLog]:
        rows = super().get_queryset(request).select_related("user", "account", "address", "actor")
        return related_without_keys(rows)

    @display(description="by")
    def who(self, activity: AddressActivityLog) -> str:
        return str(activity.actor) if activity.actor_id else "the exchange"
