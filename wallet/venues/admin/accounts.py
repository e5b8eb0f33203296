"""Exchange accounts on the staff pages: how each stands, without its keys, and having it synced now."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display

from storage.admin.display import NOTHING
from storage.admin.reasons import ask_and_act, selected
from wallet.admin.asking import AskingAdmin, person_of
from wallet.venues.admin.base import OwnedHistoryAdmin, without_keys
from wallet.venues.models import ExchangeAccount, SupportedExchange
from wallet.venues.services.exchange_switches import switch_exchange
from wallet.venues.services.syncing import force_sync

SYNC_RIGHT = "venues.sync_exchangeaccount"
STATUS_LABELS = {
    "never": "info",
    "queued": "info",
    "running": "info",
    "ok": "success",
    "partial": "warning",
    "failed": "danger",
    "blocked": "danger",
}
_EXPLANATION = "Every currency is asked for at the exchange, in the background. The reason is kept with your name."


@admin.register(ExchangeAccount)
class ExchangeAccountAdmin(AskingAdmin, OwnedHistoryAdmin):
    ordering = ("-created_at", "-id")
    list_display = ("name", "user", "exchange", "kind", "key_hint", "standing", "is_active", "last_sync_at", "failures")
    list_filter = ("exchange", "sync_status", "is_active", "is_sandbox", "kind")
    list_select_related = ("user", "exchange")
    text_columns = ("name",)
    search_help_text = "An id or the name of an account; or user name or e-mail, or the beginning of it."
    actions = ("sync_selected",)
    actions_detail = ("sync_now",)
    fieldsets = (
        (None, {"fields": (("user", "exchange"), ("name", "kind"), ("is_active", "is_sandbox"), "created_at")}),
        ("Key", {"fields": (("key_hint", "rights"), ("keys_changed_at", "keys_expire_at"))}),
        (
            "Syncs",
            {
                "fields": (
                    ("standing", "failures"),
                    ("last_sync_at", "last_full_sync_at", "next_sync_at"),
                    ("error_code", "error_message"),
                    "deleted_at",
                )
            },
        ),
    )
    readonly_fields = ("standing", "rights", "key_hint")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ExchangeAccount]:
        return without_keys(super().get_queryset(request))

    def has_sync_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(SYNC_RIGHT)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        account = self.get_object(request, str(object_id))
        is_there = account is not None and account.deleted_at is None
        return self.shown_actions(request, object_id, {"sync_now"} if is_there else set())

    @display(description="sync", ordering="sync_status", label=STATUS_LABELS)
    def standing(self, account: ExchangeAccount) -> str:
        return account.sync_status

    @display(description="the key may")
    def rights(self, account: ExchangeAccount) -> str:
        words = {True: "yes", False: "no", None: "unknown"}
        known = account.permissions
        return ", ".join(f"{name}: {words.get(may, 'unknown')}" for name, may in known.items()) or NOTHING

    @action(description="Sync now", permissions=["sync"], icon="sync")
    def sync_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(account: ExchangeAccount, fields: dict[str, Any]) -> str:
            force_sync(staff=person_of(request), account_ids=[account.pk], reason=fields["reason"])
            return "The sync has been asked for. How it goes stands among the syncs."

        return self.ask_about(request, object_id, title="Sync now", explanation=_EXPLANATION, act=act)

    @admin.action(description="Sync selected accounts now", permissions=["sync"])
    def sync_selected(self, request: HttpRequest, queryset: QuerySet[ExchangeAccount]) -> HttpResponse:
        accounts = list(queryset)

        def act(fields: dict[str, Any]) -> str:
            ids = [account.pk for account in accounts]
            syncs = force_sync(staff=person_of(request), account_ids=ids, reason=fields["reason"])
            for account in accounts:
                self.log_change(request, account, f"sync now: {fields['reason']}")
            return f"{len(syncs)} syncs have been asked for."

        return ask_and_act(
            self,
            request,
            title="Sync selected accounts now",
            explanation=_EXPLANATION,
            button="Sync now",
            act=act,
            back=reverse("admin:venues_exchangeaccount_changelist"),
            rows=[f"{account} ({account.user})" for account in accounts],
            resend=selected(request),
        )


@admin.register(SupportedExchange)
class SupportedExchangeAdmin(AskingAdmin):
    list_display = (
        "name",
        "ccxt_id",
        "is_active",
        "has_addresses",
        "needs_passphrase",
        "has_sandbox",
        "has_futures",
        "rate_limit_ms",
        "known",
        "currencies_at",
    )
    list_filter = ("is_active", "has_addresses", "has_sandbox")
    search_fields = ("id", "name", "ccxt_id")
    ordering = ("name",)
    actions_detail = ("switch_off", "switch_on")
    fields = (
        ("id", "name", "ccxt_id"),
        ("is_active", "has_addresses"),
        ("needs_passphrase", "has_sandbox", "has_futures"),
        ("rate_limit_ms", "known", "currencies_at"),
        "links",
        "metadata",
    )
    readonly_fields = ("known",)

    def has_switch_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(SYNC_RIGHT)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        exchange = self.get_object(request, str(object_id))
        possible = set() if exchange is None else {"switch_off"} if exchange.is_active else {"switch_on"}
        return self.shown_actions(request, object_id, possible)

    @display(description="currencies")
    def known(self, exchange: SupportedExchange) -> int:
        return len(exchange.currencies)

    @action(description="Switch off", permissions=["switch"], icon="power_settings_new", variant="danger")
    def switch_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._switch(request, object_id, is_active=False)

    @action(description="Switch on", permissions=["switch"], icon="play_arrow", variant="success")
    def switch_on(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._switch(request, object_id, is_active=True)

    def _switch(self, request: HttpRequest, object_id: str, *, is_active: bool) -> HttpResponse:
        def act(exchange: SupportedExchange, fields: dict[str, Any]) -> str:
            switch_exchange(
                exchange_id=exchange.pk, is_active=is_active, by=person_of(request), reason=fields["reason"]
            )
            return f"{exchange} is switched {'on' if is_active else 'off'}."

        return self.ask_about(
            request,
            object_id,
            title="Switch on" if is_active else "Switch off",
            explanation="Its accounts are synced again, and new ones can be connected."
            if is_active
            else "None of its accounts is asked for anything, and none can be connected. What is known stays.",
            act=act,
            is_dangerous=not is_active,
        )
