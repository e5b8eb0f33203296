"""Codes by e-mail: six digits, kept as a keyed hash, for one purpose and one thing."""

import hmac
import math
import secrets
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils.crypto import salted_hmac

from accounts.models import User
from accounts.second_factor.errors import EmailCodeTooSoon
from accounts.second_factor.models import EmailCode, Purpose

LIFETIME = timedelta(minutes=10)
PAUSE = timedelta(seconds=60)
MAX_SENT = 5
SENT_WINDOW = timedelta(hours=1)
DIGITS = 6


def make_email_code(*, user: User, purpose: Purpose, subject_id: str, at: datetime) -> tuple[EmailCode, str]:
    """A new code and its row; older ones for the same thing end. The caller holds the user's lock.

    Raises EmailCodeTooSoon.
    """
    of_user = EmailCode.objects.filter(user=user)
    of_user.filter(sent_at__lte=at - SENT_WINDOW, expires_at__lt=at).delete()
    sent = list(of_user.order_by("-sent_at").values_list("sent_at", flat=True)[:MAX_SENT])
    free_at = at
    if sent:
        free_at = sent[0] + PAUSE
    if len(sent) == MAX_SENT:
        free_at = max(free_at, sent[-1] + SENT_WINDOW)
    if free_at > at:
        raise EmailCodeTooSoon(retry_after=math.ceil((free_at - at).total_seconds()))
    of_user.filter(purpose=purpose, subject_id=subject_id, used_at=None).update(used_at=at)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    row = EmailCode(id=uuid4(), user=user, purpose=purpose, subject_id=subject_id, sent_at=at, expires_at=at + LIFETIME)
    row.code_hash = _hash(row, code)
    row.save(force_insert=True)
    return row, code


def find_email_code(*, user: User, purpose: Purpose, subject_id: str, code: str, at: datetime) -> EmailCode | None:
    """The row of a right code that may still be used."""
    row = EmailCode.objects.filter(
        user=user, purpose=purpose, subject_id=subject_id, used_at=None, expires_at__gt=at
    ).first()
    if row is None or not hmac.compare_digest(row.code_hash, _hash(row, code)):
        return None
    return row


def _hash(row: EmailCode, code: str) -> str:
    bound_to = f"{row.pk}:{row.user_id}:{row.purpose}:{row.subject_id}:{code}"
    return salted_hmac("accounts.second_factor.email_codes", bound_to, algorithm="sha256").hexdigest()
