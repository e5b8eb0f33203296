"""Signing in to the staff pages: Django's own form, with a limit on attempts by address and by name, and a second
factor from everybody who has one.

Every attempt counts, right or wrong, before the password is looked at. Without Redis, which counts, nobody gets in:
sessions that exist go on.
"""

from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from accounts.addresses import UNKNOWN, client_address, counted_address
from accounts.admission import admit
from accounts.errors import RateLimited, ServiceUnavailable
from accounts.models import User
from accounts.second_factor.models import Purpose
from accounts.second_factor.selectors import has_second_factor
from accounts.second_factor.services import verify_second_factor
from kernel.errors import BourseError
from storage.admin.codes import CodeField

RATE_CLASS = "staff_sign_in"


class StaffLoginForm(AuthenticationForm):
    """Looks at no password of whoever has tried too often, and lets nobody in without their second factor."""

    second_factor_code = CodeField(
        required=False,
        label="Two-factor code",
        help_text="From your authenticator app, if you have activated it.",
    )

    def clean(self) -> dict[str, Any]:
        name = str(self.cleaned_data.get("username", "")).strip().lower()
        address = client_address(self.request) if self.request is not None else UNKNOWN
        try:
            admit(
                rate_class=RATE_CLASS,
                weight=1,
                is_write=True,
                address=counted_address(address),
                holder=name[:254] or UNKNOWN,
            )
        except RateLimited as error:
            minutes = -(-(error.retry_after or 60) // 60)
            raise ValidationError(f"Too many attempts. Try again in {minutes} minutes.", code="rate_limited") from error
        except ServiceUnavailable as error:
            raise ValidationError("Signing in is not possible at the moment.", code="unavailable") from error
        cleaned: dict[str, Any] = super().clean()
        self._check_second_factor()
        return cleaned

    def _check_second_factor(self) -> None:
        """After the password, so that strangers do not learn who has one."""
        user = self.get_user()
        if not isinstance(user, User) or not has_second_factor(user=user):
            return
        try:
            verify_second_factor(
                user=user, code=self.cleaned_data.get("second_factor_code", ""), purpose=Purpose.SIGN_IN
            )
        except BourseError as error:
            raise ValidationError(error.text, code="second_factor") from error
