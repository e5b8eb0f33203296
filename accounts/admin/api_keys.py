"""API keys, by label and the first characters of the key. The secret is not even read from the database."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.decorators import action, display

from accounts.models import ApiKey, User
from accounts.services import revoke_api_key
from storage.admin.base import StaffAdmin
from storage.admin.reasons import ask_and_act, selected

SHOWN_CHARACTERS = 8


class RevokedFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("valid", "Valid"), ("revoked", "Revoked")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
        if self.value() == "valid":
            return queryset.filter(revoked_at=None)
        return queryset.exclude(revoked_at=None) if self.value() == "revoked" else queryset


@admin.register(ApiKey)
class ApiKeyAdmin(StaffAdmin):
    list_display = ("label", "masked_key", "user", "scope_names", "from_where", "created_at", "revoked_at")
    list_filter = (RevokedFilter,)
    list_select_related = ("user",)
    search_fields = ("user__username__istartswith", "user__email__istartswith", "label__istartswith")
    search_help_text = "User name, e-mail or label."
    fields = ("user", "label", "masked_key", "scope_names", "from_where", "created_at", "revoked_at")
    readonly_fields = fields
    actions = ("revoke_selected",)
    actions_detail = ("revoke",)
    sortable_by = ("created_at", "revoked_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        return super().get_queryset(request).defer("secret")

    def has_revoke_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("accounts.revoke_apikey")

    @display(description="key")
    def masked_key(self, api_key: ApiKey) -> str:
        return f"{api_key.key[:SHOWN_CHARACTERS]}…"

    @display(description="may")
    def scope_names(self, api_key: ApiKey) -> str:
        return ", ".join(api_key.scopes)

    @display(description="from")
    def from_where(self, api_key: ApiKey) -> str:
        return ", ".join(api_key.ip_ranges) or "anywhere"

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> HttpResponse:
        keys = list(queryset.select_related("user"))
        back = reverse("admin:accounts_apikey_changelist")
        return self._ask(request, keys, back=back, resend=selected(request))

    @action(description="Revoke", permissions=["revoke"], icon="key_off")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = self.get_object(request, object_id)
        if key is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self._ask(request, [key], back=reverse("admin:accounts_apikey_change", args=[key.pk]))

    def _ask(
        self, request: HttpRequest, keys: list[ApiKey], *, back: str, resend: list[tuple[str, str]] | None = None
    ) -> HttpResponse:
        by = request.user
        assert isinstance(by, User)

        def act(fields: dict[str, Any]) -> str:
            for key in keys:
                revoke_api_key(user=key.user, api_key_id=key.pk, by=by, reason=fields["reason"])
                self.log_change(request, key, f"revoked: {fields['reason']}")
            return f"{len(keys)} API keys are revoked." if len(keys) > 1 else "The API key is revoked."

        return ask_and_act(
            self,
            request,
            title="Revoke API keys" if len(keys) > 1 else "Revoke an API key",
            explanation="A revoked key signs nothing any more, at once and for good. Open orders stay.",
            button="Revoke",
            act=act,
            back=back,
            rows=[f"{key.user}: {key}" for key in keys],
            resend=resend or (),
            is_dangerous=True,
        )
