"""The forms of a user's page, and which service writes which field."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.db.models import Model
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from accounts.models import User
from accounts.services import (
    change_account_state,
    change_house_mark,
    change_kyc_level,
    change_kyc_status,
    change_self_trade_group,
)
from accounts.staff import lock_superusers
from storage.admin.as_shown import AsShownForm
from storage.admin.codes import CodeField
from storage.admin.reasons import MAX_REASON_LENGTH

STANDING: dict[str, tuple[str, Callable[..., User]]] = {
    "kyc_status": ("accounts.decide_kyc", change_kyc_status),
    "kyc_level": ("accounts.decide_kyc", change_kyc_level),
    "state": ("accounts.set_account_state", change_account_state),
    "is_house": ("accounts.mark_house", change_house_mark),
    "self_trade_group": ("accounts.set_account_state", change_self_trade_group),
}
"""Field to the right that changing it needs, and the service that does it."""

ACCESS_FIELDS = ("is_active", "is_staff", "is_superuser", "groups")
"""Superusers alone change these: whoever decides who is staff can have every other right."""


class UserForm(AsShownForm):
    """What changes needs a reason; a page that is saved unchanged needs none."""

    reason = forms.CharField(
        max_length=MAX_REASON_LENGTH,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text="Needed for every change. Kept with your name for as long as the exchange exists.",
    )

    second_factor_code = CodeField(
        required=False,
        label="Two-factor code",
        help_text="Needed to change who may sign in and who is staff. A new one each time.",
    )

    class Meta:
        model = User
        fields = (*STANDING, *ACCESS_FIELDS)
        labels = {
            "kyc_status": "Identity check",
            "kyc_level": "KYC level",
            "is_house": "House account",
            "is_active": "May sign in",
            "is_staff": "Staff",
            "is_superuser": "Superuser",
        }
        help_texts = {
            "kyc_level": "How well the identity is known; markets may ask for a level.",
            "self_trade_group": "Members do not trade with each other. None: the user alone.",
            "is_superuser": "Has every right.",
            "groups": "What staff may see and do.",
        }

    def clean(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().clean() or self.cleaned_data
        if set(self.changed_data) - {"reason", "second_factor_code"} and not fields.get("reason", "").strip():
            self.add_error("reason", "Say why.")
        return fields

    def lock_row(self) -> Model:
        """Where staff are made and unmade, all superusers first, as `change_staff_access` does."""
        if "is_superuser" in self.fields:
            lock_superusers()
        return super().lock_row()


class StaffPasswordForm(SetPasswordForm):
    """Django's own form for a new password, asking for a reason as well."""

    reason = forms.CharField(max_length=MAX_REASON_LENGTH, widget=UnfoldAdminTextInputWidget())

    def __init__(self, user: User, *arguments: Any, **options: Any) -> None:
        super().__init__(user, *arguments, **options)
        for name in ("new_password1", "new_password2"):
            self.fields[name].widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
