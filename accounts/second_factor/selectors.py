"""Every read of second factors."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from accounts.models import AccountChange, User
from accounts.second_factor.adapter import STORED, unseal
from accounts.second_factor.models import Purpose
from accounts.selectors import is_newcomer

SECOND_FACTOR = "second_factor"
"""The `AccountChange.field` of second factors."""
PASSWORD = "password"
HOLD = timedelta(hours=48)
"""How long withdrawals wait after a change of what protects them."""
WITH_EMAIL_CODE = (Purpose.WITHDRAWAL,)
"""Purposes for which a code by e-mail can be asked: for others nobody could enter one. Transfers are withdrawals."""


def has_second_factor(*, user: User) -> bool:
    """Whether the user has an authenticator app; recovery codes are never alone."""
    return find_totp(user=user) is not None


def find_totp(*, user: User) -> Authenticator | None:
    """The user's authenticator app."""
    found: Authenticator | None = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return found


def secret_of(totp: Authenticator) -> str:
    """What the app computes its codes from. Raises SecretUnreadable."""
    return unseal(totp.data["secret"], STORED)


def find_recovery_codes(*, user: User) -> Authenticator | None:
    """The user's recovery codes."""
    found: Authenticator | None = Authenticator.objects.filter(
        user=user, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    return found


def count_recovery_codes(*, user: User) -> int:
    """How many recovery codes are left."""
    codes = find_recovery_codes(user=user)
    return 0 if codes is None else len(codes.wrap().get_unused_codes())


def may_activate(*, user: User) -> bool:
    """Whether the address is confirmed, or this is a demo, where nobody reads mails."""
    if settings.MFA_ALLOW_UNVERIFIED_EMAIL:
        return True
    return bool(EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists())


def needs_email_code(purpose: Purpose) -> bool:
    """Whether codes by e-mail are asked for as well; by `settings.EMAIL_CODE_PURPOSES`."""
    return purpose in settings.EMAIL_CODE_PURPOSES


def require_purposes_with_email_code(purposes: Iterable[str]) -> None:
    """Raises ImproperlyConfigured where one of these (`EMAIL_CODE_PURPOSES`) would protect nothing, or lock all out."""
    for purpose in purposes:
        if purpose not in WITH_EMAIL_CODE:
            raise ImproperlyConfigured(
                f"EMAIL_CODE_PURPOSES has '{purpose}', for which no code by e-mail can be asked. "
                f"It can have: {', '.join(WITH_EMAIL_CODE)}."
            )


def withdrawals_held_until(user: User) -> datetime | None:
    """Until when withdrawals wait because the password or the second factor was changed; None if they need not.

    Whoever took over an account would change these first, so the owner gets two days to notice. The first activation
    of a newcomer only adds protection and holds nothing; that of an older account may be a stranger's.
    """
    since = timezone.now() - HOLD
    of_user = AccountChange.objects.filter(user=user)
    newest = of_user.filter(field__in=(PASSWORD, SECOND_FACTOR), at__gt=since).order_by("-at")
    first = None
    for change in newest:
        if change.field == SECOND_FACTOR:
            if first is None:
                first = of_user.filter(field=SECOND_FACTOR).order_by("pk").values_list("pk", flat=True).first()
            if change.pk == first and is_newcomer(user, at=change.at):
                continue
        return change.at + HOLD
    return None
