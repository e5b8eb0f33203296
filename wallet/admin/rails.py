"""Rails: what they are, what they do with each asset, their keys and grants, and holding them against the books."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminPasswordWidget

from accounts.admin.second_factor import CODE_FIELD, SecondFactorPage
from accounts.models import User
from accounts.services import NewApiKey
from storage.admin.as_shown import ReasonedRowForm
from storage.admin.base import ReadOnlyInline
from storage.admin.codes import CodeField
from storage.admin.display import amount
from storage.admin.reasons import ReasonForm, sentence_of
from wallet.admin.asking import AmountEntry, AskingAdmin, TextEntry, person_of
from wallet.errors import ControlInvalid
from wallet.models import IngestGrant, Rail, RailAsset, RailKind
from wallet.rails.protocol import RailUnavailable
from wallet.services.ingest_grants import grant_ingest
from wallet.services.rails import save_rail, save_rail_asset, set_rail_credential
from wallet.services.reconciliation import reconcile_rail

OPERATE = "wallet.operate_rail"


class _ReasonedForm(ReasonedRowForm):
    second_factor_code = CodeField(label="Two-factor code", help_text="A new one for each change.")


class _SavedByService(SecondFactorPage, AskingAdmin):
    """Rows that staff add and change by a form with a reason and a code; a service says whether they may be so.

    What they say decides where money goes and how much of it leaves without anybody looking.
    """

    form = _ReasonedForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"wallet.add_{self.opts.model_name}")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(f"wallet.change_{self.opts.model_name}")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        self.require_code(request)
        self.save_by_service(obj, is_new=not change, by=person_of(request), reason=form.cleaned_data["reason"])

    def save_by_service(self, row: Any, *, is_new: bool, by: User, reason: str) -> None:
        raise NotImplementedError


class CredentialForm(ReasonForm):
    api_key = TextEntry(label="API key")
    api_secret = forms.CharField(widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}), max_length=400)
    passphrase = forms.CharField(
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}), max_length=200, required=False
    )


class GrantForm(ReasonForm):
    user = TextEntry(max_length=40, label="User name", help_text="Of the machine that holds the key.")
    label = TextEntry(max_length=60)
    ip_ranges = TextEntry(required=False, label="Addresses", help_text="CIDR ranges, apart by spaces; empty: anywhere.")
    daily_cap = AmountEntry(help_text="In 24 hours.")
    four_eyes_above = AmountEntry(help_text="A deposit worth more waits for two of the staff.")


class RailAssetInline(ReadOnlyInline):
    model = RailAsset
    fields = ("asset", "network", "deposits_enabled", "withdrawals_enabled", "confirmations", "address_format")
    readonly_fields = fields


@admin.register(Rail)
class RailAdmin(_SavedByService):
    list_display = ("code", "name", "kind", "is_enabled", "payouts_frozen_reason", "seen_at", "last_error")
    list_filter = ("kind", "is_enabled")
    search_fields = ("code__istartswith", "name__icontains")
    inlines = (RailAssetInline,)
    actions_detail = ("reconcile", "set_keys", "grant")

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ("payouts_frozen_reason", "cursor_height", "cursor_hash", "seen_at", "last_error")
        return ("code", "kind", *shown) if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return (("code", "name"), ("kind", "is_enabled"), "settings", "reason", CODE_FIELD)
        shown = (
            ("code", "name"),
            ("kind", "is_enabled"),
            "settings",
            "cursor_height",
            "cursor_hash",
            "payouts_frozen_reason",
            ("seen_at", "last_error"),
        )
        return (*shown, "reason", CODE_FIELD) if self.has_change_permission(request, obj) else shown

    def save_by_service(self, row: Rail, *, is_new: bool, by: User, reason: str) -> None:
        save_rail(rail=row, is_new=is_new, by=by, reason=reason)

    def has_operate_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(OPERATE)

    def has_keys_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("wallet.change_rail")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        row = self.get_object(request, str(object_id))
        possible = {"reconcile", "grant"}
        if row is None or row.kind == RailKind.INTERNAL:
            possible = set()
        elif row.kind in (RailKind.CUSTODY, RailKind.PROCESSOR):
            possible.add("set_keys")
        return self.shown_actions(request, object_id, possible)

    @action(description="Reconcile", permissions=["operate"], icon="balance")
    def reconcile(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The rail is asked outside of a database transaction, so there is no form in between: it changes no money."""
        rail = self.get_object(request, object_id)
        if rail is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            try:
                made = reconcile_rail(rail=rail, by=person_of(request))
                told = "They agree." if made.is_even else "They do not agree; see the differences."
                self.message_user(request, told, level="SUCCESS" if made.is_even else "WARNING")
            except RailUnavailable as error:
                self.message_user(request, sentence_of(error), level="ERROR")
            return HttpResponseRedirect("../change/")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Reconcile: {rail}",
            "explanation": "The rail is asked what it holds and what has moved, and held against the books.",
            "button": "Reconcile",
            "form": forms.Form(),
            "rows": [rail.payouts_frozen_reason] if rail.payouts_frozen_reason else [],
            "resend": [],
            "back": "../change/",
            "is_dangerous": False,
        }
        return TemplateResponse(request, "admin/ask.html", context)

    @action(description="Set keys", permissions=["keys"], icon="key")
    def set_keys(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(rail: Rail, fields: dict[str, Any]) -> str:
            set_rail_credential(
                rail=rail,
                api_key=fields["api_key"],
                api_secret=fields["api_secret"],
                passphrase=fields["passphrase"],
                by=person_of(request),
                reason=fields["reason"],
            )
            return "The keys are kept, encrypted. Nobody can read them here."

        return self.ask_about(
            request,
            object_id,
            title="Set keys",
            explanation="They replace the ones kept now. Give them no more rights there than this rail needs.",
            act=act,
            form=CredentialForm,
            with_code=True,
            is_dangerous=True,
        )

    @action(description="Make an ingest key", permissions=["keys"], icon="vpn_key")
    def grant(self, request: HttpRequest, object_id: str) -> HttpResponse:
        made: list[NewApiKey] = []

        def act(rail: Rail, fields: dict[str, Any]) -> str:
            user = User.objects.filter(username=fields["user"]).first()
            if user is None:
                raise ControlInvalid(details={"fields": {"user": "There is no such user."}})
            made.append(
                grant_ingest(
                    rail=rail,
                    user=user,
                    label=fields["label"],
                    ip_ranges=fields["ip_ranges"].split(),
                    daily_cap=fields["daily_cap"],
                    four_eyes_above=fields["four_eyes_above"],
                    by=person_of(request),
                    reason=fields["reason"],
                )
            )
            return "The key is made."

        answer = self.ask_about(
            request,
            object_id,
            title="Make an ingest key",
            explanation="Whoever holds it can report deposits of this rail, within the cap and what the rail holds. "
            "Amounts are in the reference asset.",
            act=act,
            form=GrantForm,
            with_code=True,
            is_dangerous=True,
        )
        return self._shown_once(request, made[0]) if made else answer

    def _shown_once(self, request: HttpRequest, made: NewApiKey) -> HttpResponse:
        """The secret goes to this one page; a message would be kept with the session until it was read."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "The key",
            "explanation": "The secret is shown this once. Hand it over by a way that nobody reads along.",
            "rows": [f"Key: {made.api_key.key}", f"Secret: {made.secret}"],
        }
        return TemplateResponse(request, "admin/told.html", context, headers={"Cache-Control": "no-store"})


@admin.register(RailAsset)
class RailAssetAdmin(_SavedByService):
    list_display = ("asset", "network", "rail", "deposits_enabled", "withdrawals_enabled", "confirmations", "fee")
    list_filter = ("rail", "asset", "deposits_enabled", "withdrawals_enabled")
    list_select_related = ("asset", "rail")
    search_fields = ("asset__symbol__istartswith", "network__istartswith")

    def fee(self, terms: RailAsset) -> str:
        return amount(terms.withdrawal_fee)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("rail", "asset") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = (
            ("rail", "asset", "network"),
            ("deposits_enabled", "withdrawals_enabled", "needs_tag"),
            ("address_format", "confirmations", "send_decimals"),
            ("min_deposit", "min_withdrawal", "withdrawal_fee"),
            ("auto_approve_limit", "hot_limit", "hot_target"),
        )
        may_change = self.has_add_permission(request) if obj is None else self.has_change_permission(request, obj)
        return (*shown, "reason", CODE_FIELD) if may_change else shown

    def save_by_service(self, row: RailAsset, *, is_new: bool, by: User, reason: str) -> None:
        save_rail_asset(terms=row, is_new=is_new, by=by, reason=reason)


@admin.register(IngestGrant)
class IngestGrantAdmin(AskingAdmin):
    list_display = ("rail", "label", "cap", "threshold", "is_revoked")
    list_filter = ("rail",)
    list_select_related = ("rail", "api_key")
    fields = ("rail", "label", "cap", "threshold", "is_revoked")
    readonly_fields = fields

    def label(self, grant: IngestGrant) -> str:
        return str(grant.api_key)

    def cap(self, grant: IngestGrant) -> str:
        return amount(grant.daily_cap)

    def threshold(self, grant: IngestGrant) -> str:
        return amount(grant.four_eyes_above)

    def is_revoked(self, grant: IngestGrant) -> bool:
        return grant.api_key.revoked_at is not None

    is_revoked.boolean = True  # type: ignore[attr-defined]
