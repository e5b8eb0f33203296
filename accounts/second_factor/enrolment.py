"""Activating, deactivating and resetting the second factor; each leaves an `AccountChange`, and the user gets a mail.

All but the first activation of a newcomer hold the account's withdrawals (`selectors.withdrawals_held_until`). What
users do for themselves raises RuntimeError inside a database transaction: its mail follows its commit.
"""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.utils import timezone

from accounts.errors import ReasonMissing
from accounts.models import AccountChange, User
from accounts.second_factor.attempts import lock_user, was_step_used, write_accepted
from accounts.second_factor.errors import (
    EmailNotConfirmed,
    SecondFactorActive,
    SecondFactorInvalid,
    SecondFactorNotActive,
)
from accounts.second_factor.mails import send_user_mail
from accounts.second_factor.models import Method, Purpose
from accounts.second_factor.selectors import (
    SECOND_FACTOR,
    find_totp,
    has_second_factor,
    may_activate,
    withdrawals_held_until,
)
from accounts.second_factor.services import verify_second_factor
from accounts.second_factor.totp import matching_step


def activate_second_factor(*, user: User, secret: str, code: str) -> list[str]:
    """Bind an authenticator app that shows it has the secret; the recovery codes, which nobody gets to see again.

    The code counts as used. Wrong ones are not counted: whoever has the secret need not guess.
    Raises SecondFactorActive, EmailNotConfirmed, SecondFactorInvalid.
    """
    at = timezone.now()
    with transaction.atomic(durable=True):
        lock_user(user)
        if has_second_factor(user=user):
            raise SecondFactorActive
        if not may_activate(user=user):
            raise EmailNotConfirmed
        step = matching_step(secret, code.replace(" ", ""), at=at)
        if step is None or was_step_used(user, step):
            raise SecondFactorInvalid(was_used=step is not None)
        write_accepted(user, Purpose.ACTIVATION, Method.TOTP, at, step)
        TOTP.activate(user, secret)
        codes = _new_recovery_codes(user)
        _note(user=user, by=user, old="", new="totp", reason="activated")
    send_user_mail(user=user, name="activated", context={"held_until": withdrawals_held_until(user)})
    return codes


def deactivate_second_factor(*, user: User, code: str) -> None:
    """Take the second factor away, with a last code of it. Raises as `verify_second_factor`."""
    verify_second_factor(user=user, code=code, purpose=Purpose.DEACTIVATION)
    with transaction.atomic(durable=True):
        lock_user(user)
        _remove(user=user, by=user, reason="deactivated")
    send_user_mail(user=user, name="deactivated")


def renew_recovery_codes(*, user: User, code: str) -> list[str]:
    """New recovery codes in place of the old ones; nobody gets to see them again. Raises as `verify_second_factor`,
    and SecondFactorNotActive where it was deactivated at the same time."""
    verify_second_factor(user=user, code=code, purpose=Purpose.RECOVERY_CODES)
    with transaction.atomic(durable=True):
        lock_user(user)
        if find_totp(user=user) is None:
            raise SecondFactorNotActive
        codes = _new_recovery_codes(user)
        _note(user=user, by=user, old="totp", new="totp", reason="new recovery codes")
    send_user_mail(user=user, name="recovery_codes")
    return codes


def reset_second_factor(*, user: User, by: User | None, reason: str) -> None:
    """Take the second factor away from somebody who has lost it; `by` is None at the console.

    Raises ReasonMissing, SecondFactorNotActive.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        lock_user(user)
        _remove(user=user, by=by, reason=reason.strip())
        transaction.on_commit(lambda: send_user_mail(user=user, name="reset"))


def _remove(*, user: User, by: User | None, reason: str) -> None:
    removed, _ = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise SecondFactorNotActive
    _note(user=user, by=by, old="totp", new="", reason=reason)


def _new_recovery_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes = RecoveryCodes.activate(user)
    codes.mark_as_viewed()
    return list(codes.generate_codes())


def _note(*, user: User, by: User | None, old: str, new: str, reason: str) -> None:
    AccountChange.objects.create(user=user, by=by, field=SECOND_FACTOR, old=old, new=new, reason=reason[:200])
