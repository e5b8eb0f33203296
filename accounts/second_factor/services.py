"""Whether a code is right. Called before the database transaction of what it is for, never inside of one.

What these functions write is committed when they return or raise, so it is neither undone with the caller's work nor
repeatable by a caller that fails. Called inside a transaction they raise RuntimeError at once.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.errors import ServiceUnavailable
from accounts.models import User
from accounts.second_factor.attempts import (
    count_wrong,
    lock_user,
    locked_seconds,
    was_step_used,
    write_accepted,
)
from accounts.second_factor.email_codes import LIFETIME, find_email_code, make_email_code
from accounts.second_factor.errors import (
    EmailCodeInvalid,
    EmailCodeRequired,
    SecondFactorInvalid,
    SecondFactorLocked,
    SecondFactorRequired,
)
from accounts.second_factor.mails import send_user_mail
from accounts.second_factor.models import EmailCode, Method, Purpose
from accounts.second_factor.selectors import find_recovery_codes, find_totp, needs_email_code, secret_of
from accounts.second_factor.totp import DIGITS, matching_step
from kernel.errors import BourseError

MAX_ENTRY = 40
"""Characters of an entry that is looked at; no code is longer."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question: is this code right?"""

    user: User
    purpose: Purpose
    at: datetime


@dataclass(slots=True)
class _Verdict:
    """What is raised once all is committed; None: the code is right."""

    refusal: BourseError | None = None
    has_locked: bool = False


def verify_second_factor(
    *, user: User, code: str, purpose: Purpose, email_code: str = "", subject_id: str = ""
) -> None:
    """Accept a code of the user's authenticator app, or a recovery code, this once.

    `email_code` is looked at where one was given, and needed where `settings.EMAIL_CODE_PURPOSES` has the purpose; it
    was sent for `subject_id` by `send_email_code`. Nothing is used up unless both are right. After five wrong codes in
    15 minutes, for whatever purposes, no code is looked at.
    Raises SecondFactorRequired, SecondFactorInvalid, SecondFactorLocked, EmailCodeRequired, EmailCodeInvalid; and
    RuntimeError inside a database transaction.
    """
    asked = _Asked(user=user, purpose=Purpose(purpose), at=timezone.now())
    with transaction.atomic(durable=True):
        lock_user(user)
        verdict = _judge(asked, _plain(code), _plain(email_code), subject_id)
    _conclude(asked, verdict)


def require_fresh_second_factor(*, user: User, code: str) -> None:
    """Accept a code for one action of staff. Each action asks for its own; raises as `verify_second_factor`."""
    verify_second_factor(user=user, code=code, purpose=Purpose.STAFF_ACTION)


def send_email_code(*, user: User, purpose: Purpose, subject_id: str, what: str = "") -> datetime:
    """Send six digits to the user's address, good for ten minutes, once, and for this alone; when they expire.

    `what` says in the mail what they are for; by default the purpose. An older code for the same thing ends. One a
    minute and five an hour.
    Raises EmailCodeTooSoon, ServiceUnavailable where the mail server is away; and RuntimeError inside a database
    transaction: mails are sent when the code is committed.
    """
    with transaction.atomic(durable=True):
        lock_user(user)
        row, code = make_email_code(user=user, purpose=Purpose(purpose), subject_id=subject_id, at=timezone.now())
    context = {
        "code": code,
        "minutes": int(LIFETIME.total_seconds() // 60),
        "what": what or row.get_purpose_display(),
    }
    if not send_user_mail(user=user, name="code", context=context):
        row.delete()
        raise ServiceUnavailable
    return row.expires_at


def verify_email_code(*, user: User, code: str, purpose: Purpose, subject_id: str) -> None:
    """Accept a code sent by `send_email_code`, this once. Wrong ones count with all others of the user.

    Raises EmailCodeInvalid, SecondFactorLocked; and RuntimeError inside a database transaction.
    """
    asked = _Asked(user=user, purpose=Purpose(purpose), at=timezone.now())
    with transaction.atomic(durable=True):
        lock_user(user)
        verdict = _locked(asked)
        if verdict is None:
            row = _email_code(asked, _plain(code), subject_id)
            verdict = _wrong(asked, Method.EMAIL, EmailCodeInvalid()) if row is None else _use_up(asked, row)
    _conclude(asked, verdict)


def _judge(asked: _Asked, code: str, email_code: str, subject_id: str) -> _Verdict:
    """Look at both codes and, if both are right, use them up."""
    totp = find_totp(user=asked.user)
    if totp is None or not code:
        return _Verdict(SecondFactorRequired(is_active=totp is not None))
    if not email_code and needs_email_code(asked.purpose):
        return _Verdict(EmailCodeRequired())
    if (locked := _locked(asked)) is not None:
        return locked
    email_row = _email_code(asked, email_code, subject_id) if email_code else None
    if email_code and email_row is None:
        return _wrong(asked, Method.EMAIL, EmailCodeInvalid())
    if len(code) == DIGITS:
        step = matching_step(secret_of(totp), code, at=asked.at)
        if step is None:
            return _wrong(asked, Method.TOTP, SecondFactorInvalid())
        if was_step_used(asked.user, step):
            # No guess: only who has seen the code knows it. Somebody may simply have been quick.
            return _Verdict(SecondFactorInvalid(was_used=True))
        write_accepted(asked.user, asked.purpose, Method.TOTP, asked.at, step)
    else:
        recovery_codes = find_recovery_codes(user=asked.user)
        if recovery_codes is None or not recovery_codes.wrap().validate_code(code):
            return _wrong(asked, Method.RECOVERY_CODE, SecondFactorInvalid())
        write_accepted(asked.user, asked.purpose, Method.RECOVERY_CODE, asked.at)
    totp.record_usage()
    return _Verdict() if email_row is None else _use_up(asked, email_row)


def _locked(asked: _Asked) -> _Verdict | None:
    seconds = locked_seconds(asked.user, asked.at)
    return _Verdict(SecondFactorLocked(retry_after=seconds)) if seconds else None


def _wrong(asked: _Asked, method: Method, refusal: BourseError) -> _Verdict:
    return _Verdict(refusal, has_locked=count_wrong(asked.user, asked.purpose, method, asked.at))


def _email_code(asked: _Asked, code: str, subject_id: str) -> EmailCode | None:
    return find_email_code(user=asked.user, purpose=asked.purpose, subject_id=subject_id, code=code, at=asked.at)


def _use_up(asked: _Asked, row: EmailCode) -> _Verdict:
    row.used_at = asked.at
    row.save(update_fields=["used_at"])
    write_accepted(asked.user, asked.purpose, Method.EMAIL, asked.at)
    return _Verdict()


def _conclude(asked: _Asked, verdict: _Verdict) -> None:
    if verdict.has_locked:
        send_user_mail(user=asked.user, name="locked", context={"what": asked.purpose.label})
    if verdict.refusal is not None:
        raise verdict.refusal


def _plain(code: str) -> str:
    """A code as it is computed: people type spaces and dashes where they read them."""
    return "".join(character for character in code[:MAX_ENTRY] if character not in " -\u00a0\t\r\n")
