"""Signing in to the staff pages: Django's own form, with a limit on attempts by address and by name.

Every attempt counts, right or wrong, before the password is looked at. Without Redis, which counts, nobody gets in:
sessions that exist go on.
"""

from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from accounts.addresses import UNKNOWN, client_address, counted_address
from accounts.admission import admit
from accounts.errors import RateLimited, ServiceUnavailable

RATE_CLASS = "staff_sign_in"


class StaffLoginForm(AuthenticationForm):
    """Refuses to look at the password of whoever has tried too often."""

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
        return super().clean()
