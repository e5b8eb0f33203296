"""Users: what they may do, changed by services only, each change with a reason and a name.

Personal data is shown and never altered here; passwords are set for staff only; nobody changes their own standing.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from unfold.decorators import action, display

from accounts.admin.history import AccountChangeInline
from accounts.admin.second_factor import CODE_FIELD, SecondFactorPage, ask_with_second_factor
from accounts.admin.user_forms import ACCESS_FIELDS, STANDING, StaffPasswordForm, UserForm
from accounts.models import AccountState, KycStatus, User
from accounts.second_factor.enrolment import reset_second_factor
from accounts.second_factor.selectors import find_totp, has_second_factor
from accounts.services import change_kyc_status
from accounts.staff import change_staff_access, set_staff_password
from storage.admin.reasons import ask_and_act, is_confirmed, selected

KYC_LABELS = {KycStatus.PENDING: "warning", KycStatus.APPROVED: "success", KycStatus.REJECTED: "danger"}
STATE_LABELS = {
    AccountState.ACTIVE: "success",
    AccountState.TRADE_FROZEN: "warning",
    AccountState.WITHDRAW_FROZEN: "warning",
    AccountState.CLOSED: "danger",
}
RIGHT_OF_ACTION = "accounts.decide_kyc"
RIGHT_TO_RESET = "accounts.reset_second_factor"


@admin.register(User)
class UserAdmin(SecondFactorPage):
    form = UserForm
    list_display = ("username", "email", "kyc", "fee_tier", "account_state", "role", "joined_at")
    list_filter = ("kyc_status", "state", "fee_tier", "is_staff", "is_house", "is_active")
    search_fields = ("username__icontains", "email__icontains", "=id")
    search_help_text = "User name or e-mail, or a part of it."
    ordering = ("-id",)
    inlines = (AccountChangeInline,)
    actions = ("approve_kyc",)
    actions_detail = ("set_password", "reset_second_factor")
    change_form_outer_before_template = "admin/accounts/user_links.html"
    fieldsets = (
        (None, {"fields": (("username", "email"), ("joined_at", "last_login"))}),
        (
            "What the account may do",
            {"fields": (("kyc_status", "kyc_level"), ("state", "fee_tier"), ("is_house", "self_trade_group"))},
        ),
        ("Signing in, and staff", {"fields": (("is_active", "is_staff", "is_superuser"), "groups", "second_factor")}),
        ("Why", {"fields": ("reason",)}),
    )
    always_readonly = ("username", "email", "joined_at", "last_login", "fee_tier", "second_factor")
    autocomplete_fields = ()

    # --- who may do what -----------------------------------------------------------------------------------------

    def editable_fields(self, request: HttpRequest, user: User | None) -> set[str]:
        """Which of the fields this person may change on that user's page."""
        by = request.user
        if user is None or not by.is_active:
            return set()
        own = user.pk == by.pk
        editable = {field for field, (right, _) in STANDING.items() if by.has_perm(right) and not own}
        return editable | set(ACCESS_FIELDS) if by.is_superuser else editable

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("accounts.view_user")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request) and bool(self.editable_fields(request, obj))

    def has_decide_kyc_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(RIGHT_OF_ACTION)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        editable = self.editable_fields(request, obj)
        return (*self.always_readonly, *(name for name in (*STANDING, *ACCESS_FIELDS) if name not in editable))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if not self.has_change_permission(request, obj):
            return fieldsets[:-1]
        if request.user.is_superuser:
            title, _ = fieldsets[-1]
            return (*fieldsets[:-1], (title, {"fields": ("reason", CODE_FIELD)}))
        return fieldsets

    # --- changing ------------------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Each changed field goes through the service that knows its rules; the form itself saves nothing."""
        by, fields = request.user, form.cleaned_data
        assert isinstance(by, User)
        changed = set(form.changed_data) & self.editable_fields(request, obj)
        for name in [name for name in STANDING if name in changed]:
            service = STANDING[name][1]
            service(user=User.objects.get(pk=obj.pk), by=by, reason=fields["reason"], **{name: fields[name]})
        if changed & set(ACCESS_FIELDS):
            self.require_code(request)
            change_staff_access(
                user=obj,
                **{name: fields[name] for name in ACCESS_FIELDS},
                by=by,
                reason=fields["reason"],
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Groups are part of `change_staff_access`, and the history is read-only: nothing is left to save."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return super().construct_change_message(request, form, [], add)

    @admin.action(description="Approve identity", permissions=["decide_kyc"])
    def approve_kyc(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        by = request.user
        assert isinstance(by, User)
        users = list(queryset.exclude(pk=by.pk).exclude(kyc_status=KycStatus.APPROVED))

        def act(fields: dict[str, Any]) -> str:
            for user in users:
                change_kyc_status(user=user, kyc_status=KycStatus.APPROVED, by=by, reason=fields["reason"])
                self.log_change(request, user, f"identity approved: {fields['reason']}")
            return f"{len(users)} identities are approved."

        return ask_and_act(
            self,
            request,
            title="Approve identities",
            explanation="These identities count as checked. Whoever is approved already, or is yourself, is left out.",
            button=f"Approve {len(users)}",
            act=act,
            back=reverse("admin:accounts_user_changelist"),
            rows=[f"{user} ({user.email}), {user.kyc_status}" for user in users],
            resend=selected(request),
        )

    @method_decorator(sensitive_post_parameters("new_password1", "new_password2"))
    @action(description="Set password", permissions=["superuser"], icon="password")
    def set_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self.get_object(request, object_id)
        if user is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = request.user
        assert isinstance(by, User)

        def act(fields: dict[str, Any]) -> str:
            set_staff_password(user=user, password=fields["new_password1"], by=by, reason=fields["reason"])
            self.log_change(request, user, "password set")
            return f"{user} has a new password."

        return ask_with_second_factor(
            self,
            request,
            title=f"Set the password of {user}",
            explanation="Only staff get a password from staff. All sessions of this person end.",
            button="Set password",
            act=act,
            back=reverse("admin:accounts_user_change", args=[user.pk]),
            form=StaffPasswordForm(user, request.POST if is_confirmed(request) else None),
        )

    @action(description="Reset second factor", permissions=["reset_second_factor"], icon="phonelink_erase")
    def reset_second_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = self.get_object(request, object_id)
        if user is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        by = request.user
        assert isinstance(by, User)

        def act(fields: dict[str, Any]) -> str:
            reset_second_factor(user=user, by=by, reason=fields["reason"])
            self.log_change(request, user, f"second factor reset: {fields['reason']}")
            return f"{user} signs in with the password alone until a new app is activated."

        return ask_with_second_factor(
            self,
            request,
            title=f"Reset the second factor of {user}",
            explanation=(
                "For somebody who has lost the app and the recovery codes, and whose identity you have checked. "
                "They get a mail, and their withdrawals wait for 48 hours."
            ),
            button="Reset second factor",
            act=act,
            back=reverse("admin:accounts_user_change", args=[user.pk]),
            rows=[f"{user} ({user.email})"],
            is_dangerous=True,
        )

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Customers have no button for their password, and nobody one for a second factor that they have not."""
        user = self.get_object(request, str(object_id))
        left_out = set()
        if user is None or not user.is_staff:
            left_out.add("set_password")
        if user is None or not has_second_factor(user=user):
            left_out.add("reset_second_factor")
        actions = super().get_actions_detail(request, object_id)
        return [found for found in actions if not any(found.action_name.endswith(name) for name in left_out)]

    def has_reset_second_factor_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm(RIGHT_TO_RESET)

    def has_superuser_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    # --- showing -------------------------------------------------------------------------------------------------

    @display(description="KYC", ordering="kyc_status", label=KYC_LABELS)
    def kyc(self, user: User) -> str:
        return user.kyc_status

    @display(description="second factor")
    def second_factor(self, user: User) -> str:
        totp = find_totp(user=user)
        return "none" if totp is None else f"active since {totp.created_at:%Y-%m-%d}"

    @display(description="role", label={"house": "info", "staff": "primary", "superuser": "primary"})
    def role(self, user: User) -> str | None:
        if user.is_superuser:
            return "superuser"
        return "staff" if user.is_staff else "house" if user.is_house else None

    @display(description="state", ordering="state", label=STATE_LABELS)
    def account_state(self, user: User) -> tuple[str, str]:
        return user.state, user.get_state_display()
